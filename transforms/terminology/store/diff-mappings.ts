import type { DatabaseHandle } from '../../../engine/index.ts';
import type { Json } from '../knowledge.ts';
import type { Change } from './change.ts';
import { type MappingDetail, partsOf } from './concept-map.ts';
import type { Side } from './diff-concepts.ts';
import { canonicalJson } from './seal.ts';
import { strengthOf } from './translate.ts';

type Row = {
  part: number;
  code: string;
  display: string | null;
  target_code: string | null;
  target_display: string | null;
  relationship: string | null;
  equivalence: string | null;
  comment: string | null;
  detail: string | null;
};

type Target = {
  readonly system: string;
  readonly code: string | null;
  readonly display: string | null;
  /** As the map writes it: a word of R4 or of R5. */
  readonly relationship: string | null;
  /** The same in R5's words; R4's are more, so two words of R4 are compared as they stand. */
  readonly inR5?: string | null;
  readonly comment: string | null;
  /** Conditions and the like, as canonical JSON. */
  readonly detail: string | null;
};

/**
 * Concept maps source by source. The same target on both sides is compared; of the others one
 * that went and one that came are one changed target.
 */
export function* diffMappings(db: DatabaseHandle, earlier: Side, later: Side): Iterable<Change> {
  const was = bySource(db, earlier);
  const now = bySource(db, later);
  let old = was.next();
  let young = now.next();
  while (!old.done || !young.done) {
    const order = old.done ? 1 : young.done ? -1 : compare(old.value[0], young.value[0]);
    const [key, targets, display] = (order <= 0 ? old.value : young.value) as Source;
    const source = { code: key.code, ...(key.system === '' ? {} : { system: key.system }) };
    if (order < 0) yield { change: 'removed', ...source, was: targets.map(shown) };
    else if (order > 0) yield { change: 'added', ...source, now: targets.map(shown) };
    else {
      const [, came, name] = young.value!;
      if (display !== name)
        yield { change: 'display', ...source, element: 'source', was: display, now: name };
      yield* diffTargets(source, targets, came);
    }
    if (order <= 0) old = was.next();
    if (order >= 0) young = now.next();
  }
}

type Source = [
  key: { readonly code: string; readonly system: string },
  targets: Target[],
  display: string | null,
];

/** The sources of a map in the order of their codes; rows of one source stand together. */
function* bySource(db: DatabaseHandle, { id, resource }: Side): Generator<Source, undefined> {
  const parts = partsOf(resource);
  const rows = db.prepare(
    `SELECT part, code, display, target_code, target_display, relationship,
       equivalence, comment, detail
     FROM mapping WHERE release = ? ORDER BY code, ord`,
  );
  let pending: Map<string, Pending> = new Map();
  let code = '';
  // Read whole: two cursors on one handle may not be left open while others write.
  for (const row of rows.all(id) as Row[]) {
    if (row.code !== code) yield* told(code, pending);
    if (row.code !== code) pending = new Map();
    code = row.code;
    const { source, target } = parts[row.part]!;
    const own = pending.get(source.system) ?? { targets: [], display: row.display };
    pending.set(source.system, own);
    const { detail, isNoMap } = readDetail(row.detail);
    const inR5 = isNoMap ? 'not-related-to' : row.relationship;
    own.targets.push({
      ...{ system: target.system, code: row.target_code, display: row.target_display },
      ...{ relationship: row.equivalence ?? inR5, inR5: row.equivalence === null ? null : inR5 },
      ...{ comment: row.comment, detail },
    });
  }
  yield* told(code, pending);
  return undefined;
}

type Pending = { readonly targets: Target[]; readonly display: string | null };

function* told(code: string, pending: ReadonlyMap<string, Pending>): Iterable<Source> {
  for (const system of [...pending.keys()].sort()) {
    const { targets, display } = pending.get(system)!;
    yield [{ code, system }, targets, display];
  }
}

/** What stands beside the columns; `noMap` is a relationship in all but its name. */
function readDetail(text: string | null): { detail: string | null; isNoMap: boolean } {
  if (text === null) return { detail: null, isNoMap: false };
  const { element = {}, target = {} } = JSON.parse(text) as MappingDetail;
  const { noMap, ...rest } = element;
  const all = { ...rest, ...target };
  const detail = Object.keys(all).length === 0 ? null : canonicalJson({ element: rest, target });
  return { detail, isNoMap: noMap === true };
}

/** As SQLite orders the codes: by their bytes. */
function compare(a: Source[0], b: Source[0]): number {
  const byCode = Buffer.compare(Buffer.from(a.code), Buffer.from(b.code));
  return byCode !== 0 ? byCode : a.system < b.system ? -1 : a.system > b.system ? 1 : 0;
}

/** What two releases say otherwise of one source. */
export function* diffTargets(
  source: { readonly code: string; readonly system?: string },
  was: readonly Target[],
  now: readonly Target[],
): Iterable<Change> {
  const came = [...now];
  const went: Target[] = [];
  for (const old of was) {
    const at = came.findIndex(
      ({ system, code, detail }) =>
        system === old.system && code === old.code && detail === old.detail,
    );
    if (at < 0) {
      went.push(old);
      continue;
    }
    const [young] = came.splice(at, 1);
    yield* diffTarget(source, old, young!);
  }
  for (let at = 0; at < Math.max(went.length, came.length); at += 1) {
    const [before, after] = [went[at], came[at]];
    yield {
      ...{ change: 'target', ...source },
      ...{ was: before ? shown(before) : null, now: after ? shown(after) : null },
    };
  }
}

function* diffTarget(
  source: { readonly code: string; readonly system?: string },
  was: Target,
  now: Target,
): Iterable<Change> {
  if (!saysSame(was, now)) {
    const weakened = strengthOf(now.relationship) < strengthOf(was.relationship);
    const words = { was: was.relationship, now: now.relationship };
    yield { change: 'relationship', ...source, ...words, weakened };
  }
  if (was.display !== now.display)
    yield { change: 'display', ...source, was: was.display, now: now.display };
  if (was.comment !== now.comment)
    yield { change: 'comment', ...source, was: was.comment, now: now.comment };
}

/** Two words of R4, or two of R5, are compared as they stand; else by what they say in R5. */
function saysSame(was: Target, now: Target): boolean {
  const isOfOne = ((was.inR5 ?? null) === null) === ((now.inR5 ?? null) === null);
  if (isOfOne) return was.relationship === now.relationship;
  return (was.inR5 ?? was.relationship) === (now.inR5 ?? now.relationship);
}

/** A target as it is told, with the condition that it holds on. */
function shown({ system, code, relationship, detail }: Target): Json {
  const { dependsOn } = (detail === null ? {} : (JSON.parse(detail) as MappingDetail).target) ?? {};
  return { system, code, relationship, ...(dependsOn === undefined ? {} : { dependsOn }) };
}
