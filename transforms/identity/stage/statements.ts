import type { Issue } from '../../../engine/index.ts';
import type { IdentityStatement, StatedPatient } from '../../fhir/index.ts';
import type { RecordNo, ReviewKind } from '../events.ts';
import { normaliseIdentifiers } from '../normalise/index.ts';
import {
  normalisationVersion,
  type PersonIdentifier,
  type PersonRecord,
  unknownPerson,
} from '../record.ts';
import { fingerprintOf, type Occasion } from '../registry/index.ts';
import { identityIssues } from './issues.ts';
import type { IdentityStore } from './store.ts';

/**
 * Acts on what a source says of who is whom. What cannot be done as it was said becomes a review or
 * an issue; nothing is dropped. Returns the issues.
 */
export function applyStatement(
  store: IdentityStore,
  statement: IdentityStatement,
  on: Occasion,
): readonly Issue[] {
  switch (statement.verb) {
    case 'merge':
    case 'change':
      return join(store, statement, on);
    case 'link':
      return relate(store, statement, on, linkStated);
    case 'unlink':
      return relate(store, statement, on, unlinkStated);
    default:
      return statement.verb satisfies never;
  }
}

/** A number that survives, and one that it takes in, of one authority. */
type Numbers = { readonly kept: PersonIdentifier; readonly other: PersonIdentifier };

function join(store: IdentityStore, statement: IdentityStatement, on: Occasion): readonly Issue[] {
  const issues: Issue[] = [];
  const [keptAll, otherAll] = [namesOf(store, statement.kept), namesOf(store, statement.other)];
  if (keptAll.length === 0 || otherAll.length === 0) return [identityIssues.statementUnusable];
  for (const other of otherAll) {
    const kept = pairOf(keptAll, other);
    if (kept === undefined) continue;
    issues.push(...joinNumbers(store, statement, { kept, other }, on));
  }
  const isPaired = otherAll.some((other) => pairOf(keptAll, other) !== undefined);
  if (!isPaired) issues.push(...acrossAuthorities(store, keptAll, otherAll, on));
  return issues;
}

const pairOf = (kept: readonly PersonIdentifier[], { system, type }: PersonIdentifier) =>
  kept.find((one) => one.system === system && one.type === type) ??
  kept.find((one) => one.system === system);

/** The numbers that can stand for a person; a resource that is known stands for its own number. */
function namesOf(store: IdentityStore, stated: StatedPatient): readonly PersonIdentifier[] {
  const raw = stated.identifiers.flatMap(({ system, value, type }) =>
    system === undefined ? [] : [{ system, value, ...(type === undefined ? {} : { type }) }],
  );
  const { identifiers } = normaliseIdentifiers(raw);
  const known =
    stated.resource === undefined ? undefined : store.crosswalk.recordOf(stated.resource);
  if (known === undefined) return identifiers;
  const { system, value } = store.registry.record(known);
  return [{ system, value }, ...identifiers.filter((one) => one.system !== system)];
}

function joinNumbers(
  store: IdentityStore,
  { verb }: IdentityStatement,
  { kept, other }: Numbers,
  on: Occasion,
): readonly Issue[] {
  const { registry } = store;
  if (kept.value === other.value) return [identityIssues.mergeIntoItself];
  const known = registry.recordOf(other.system, other.value);
  const survivor = registry.recordOf(kept.system, kept.value);
  const isRename = verb === 'change' && known !== undefined && survivor === undefined;
  const a = survivor ?? seeNumber(store, kept, isRename ? known : undefined, on);
  const b = known ?? seeNumber(store, other, undefined, on);
  const issues = known === undefined ? [identityIssues.mergeNumberUnknown] : [];
  if (isRename) {
    registry.link([{ a: b, b: a, weight: 0 }], 'source', on);
    return issues;
  }
  return [...issues, ...joinRecords(store, a, b, kept.system, on)];
}

/** A record of a number of which nothing is known, or of one that takes over another's file. */
function seeNumber(
  { registry }: IdentityStore,
  { system, value, type }: PersonIdentifier,
  from: RecordNo | undefined,
  on: Occasion,
): RecordNo {
  const own = type === undefined ? { system, value } : { system, value, type };
  const before = from === undefined ? unknownPerson : registry.sighting(from).attributes;
  const others = before.identifiers.filter((one) => one.system !== system);
  const attributes: PersonRecord = { ...before, identifiers: [own, ...others] };
  const fingerprint = fingerprintOf(attributes);
  const sighting = {
    attributes,
    fingerprint,
    normalisation: normalisationVersion,
    facility: system,
  };
  return registry.see({ system, value, ...sighting }, on);
}

function joinRecords(
  store: IdentityStore,
  a: RecordNo,
  b: RecordNo,
  system: string,
  on: Occasion,
): readonly Issue[] {
  const { registry } = store;
  if (registry.personOf(a) === registry.personOf(b)) return joinedBefore(store, a, b, on);
  const attributes = (no: RecordNo) => registry.sighting(no).attributes;
  return store.withinAuthority(system, () => {
    const vetoes =
      isBlankRecord(attributes(a)) || isBlankRecord(attributes(b))
        ? []
        : store.vetoes(attributes(a), attributes(b)).map(({ id }) => id);
    const refusal = vetoes.length > 0 ? 'identity-vetoed' : registry.mergeRefusal(a, b, on);
    if (refusal === undefined) {
      registry.merge(a, b, 'source', on);
      return [];
    }
    const reasons = vetoes.length > 0 ? vetoes : [refusal];
    queue(store, 'merge-vetoed', a, b, reasons, on);
    return [identityIssues.mergeVetoed];
  });
}

const isBlankRecord = ({ names, birthDate }: PersonRecord): boolean =>
  names.length === 0 && birthDate === undefined;

/** Said again, said the other way round, or known already by other evidence. */
function joinedBefore(
  { registry }: IdentityStore,
  a: RecordNo,
  b: RecordNo,
  on: Occasion,
): readonly Issue[] {
  const said = registry
    .edgesOf(a)
    .filter(({ a: one, b: other, kind }) => kind === 'source' && (one === b || other === b));
  if (said.some((edge) => edge.a === a)) return [];
  if (said.length > 0) return [identityIssues.mergeCycle];
  registry.link([{ a, b, weight: 0 }], 'source', on);
  return [];
}

/** Nobody may say that a number of another authority is gone: a steward looks at it. */
function acrossAuthorities(
  store: IdentityStore,
  keptAll: readonly PersonIdentifier[],
  otherAll: readonly PersonIdentifier[],
  on: Occasion,
): readonly Issue[] {
  const recordOf = ({ system, value }: PersonIdentifier) => store.registry.recordOf(system, value);
  const a =
    keptAll.map(recordOf).find((no) => no !== undefined) ??
    seeNumber(store, keptAll[0]!, undefined, on);
  const b =
    otherAll.map(recordOf).find((no) => no !== undefined) ??
    seeNumber(store, otherAll[0]!, undefined, on);
  if (store.registry.personOf(a) === store.registry.personOf(b)) return [];
  queue(store, 'merge-vetoed', a, b, ['across-authorities'], on);
  return [identityIssues.mergeAcrossAuthorities];
}

function queue(
  { registry }: IdentityStore,
  kind: ReviewKind,
  a: RecordNo,
  b: RecordNo,
  reasons: readonly string[],
  on: Occasion,
): void {
  registry.queue({ kind, a, b, candidates: [], reasons }, on);
}

type Relating = (store: IdentityStore, a: RecordNo, b: RecordNo, on: Occasion) => void;

/** A24 and A37, `seealso`: evidence, not an order; both files stay. */
function relate(
  store: IdentityStore,
  { kept, other }: IdentityStatement,
  on: Occasion,
  act: Relating,
): readonly Issue[] {
  const [a, b] = [kept, other].map((stated) =>
    namesOf(store, stated)
      .map(({ system, value }) => store.registry.recordOf(system, value))
      .find((no) => no !== undefined),
  );
  if (a === undefined || b === undefined) return [identityIssues.linkUnknown];
  if (a === b) return [identityIssues.mergeIntoItself];
  act(store, a, b, on);
  return [];
}

function linkStated(store: IdentityStore, a: RecordNo, b: RecordNo, on: Occasion): void {
  const { registry } = store;
  if (registry.personOf(a) === registry.personOf(b) || registry.mayNotLink(a, b)) return;
  queue(store, 'match', a, b, ['source-link'], on);
}

/** A link that only a score made does not stand against the word of the source. */
function unlinkStated(store: IdentityStore, a: RecordNo, b: RecordNo, on: Occasion): void {
  const { registry } = store;
  if (registry.personOf(a) !== registry.personOf(b)) return;
  const members = registry.membersOf(a);
  const isOnlyScored = members.every((no) =>
    registry.edgesOf(no).every(({ kind }) => kind === 'auto'),
  );
  if (isOnlyScored) registry.separate(a, b, 'source-unlink', on);
  queue(store, 'veto', a, b, ['source-unlink'], on);
}
