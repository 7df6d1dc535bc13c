import type { Told } from '../../routes/spine/index.ts';
import type { FhirPath } from '../../transforms/mapping/index.ts';

/** One value of one resource that a message says otherwise than before. */
export type Change = {
  readonly type: string;
  /** Empty: the resource as a whole, told of for the first time or no more. */
  readonly path: FhirPath;
  /** Place of the resource in what is said now; -1 when it is no more told of. */
  readonly now: number;
  /** The same in what was said before. */
  readonly before: number;
  /** Undefined: nothing was, or is, said of it. */
  readonly old: unknown;
  readonly new: unknown;
};

/** A value that the message empties (`""`). */
export const emptied = '(emptied)';

/** What a message says now against what it said before, value by value. */
export function changesBetween(before: readonly Told[], now: readonly Told[]): readonly Change[] {
  if (isAllSame(before, now)) return [];
  const pairs = pairUp(before, now);
  if (pairs.every(([left, right]) => left && right && isSame(left.told, right.told))) return [];
  return pairs.flatMap(([left, right]) => compare(left, right));
}

/** Nearly always nothing has changed: then resources need not be looked for. */
const isAllSame = (before: readonly Told[], now: readonly Told[]): boolean =>
  before.length === now.length &&
  before.every((told, at) => told.type === now[at]!.type && isSame(told, now[at]!));

type Placed = { readonly told: Told; readonly at: number };
type Pair = readonly [Placed | undefined, Placed | undefined];

/** By id; what is left over by type and place, as a key that reads another field gives new ids. */
function pairUp(before: readonly Told[], now: readonly Told[]): readonly Pair[] {
  const open = before.map((told, at): Placed => ({ told, at }));
  const take = (isWanted: (one: Told) => boolean): Placed | undefined => {
    const at = open.findIndex(({ told }) => isWanted(told));
    return at === -1 ? undefined : open.splice(at, 1)[0];
  };
  const known = now.map((told) => take(({ type, id }) => type === told.type && id === told.id));
  const pairs = now.map(
    (told, at): Pair => [known[at] ?? take(({ type }) => type === told.type), { told, at }],
  );
  return [...pairs, ...open.map((left): Pair => [left, undefined])];
}

function isSame(left: Told, right: Told): boolean {
  return (
    left.id === right.id &&
    left.whole === right.whole &&
    left.corrects === right.corrects &&
    left.joins.length === right.joins.length &&
    left.joins.every((name, at) => name === right.joins[at]) &&
    (left.without === right.without ||
      JSON.stringify(left.without) === JSON.stringify(right.without)) &&
    sameSets(left, right) &&
    (left.initialText === right.initialText || sameTexts(left.initial, right.initial)) &&
    left.remove.length === right.remove.length &&
    left.remove.every((name) => right.remove.includes(name))
  );
}

function sameSets(left: Told, right: Told): boolean {
  if (left.setText !== undefined && left.setText === right.setText) return true;
  return sameTexts(left.set, right.set);
}

function sameTexts(left: Told['set'], right: Told['set']): boolean {
  if (left.size !== right.size) return false;
  for (const [name, text] of left) if (right.get(name) !== text) return false;
  return true;
}

function compare(left: Placed | undefined, right: Placed | undefined): readonly Change[] {
  const type = (left ?? right)!.told.type;
  const place = { type, now: right?.at ?? -1, before: left?.at ?? -1 };
  if (left === undefined || right === undefined) {
    const said = `${type}/…`;
    return [{ ...place, path: [], old: left ? said : undefined, new: right ? said : undefined }];
  }
  const changes: Change[] = [];
  const note = (path: FhirPath, old: unknown, now: unknown): void => {
    if (old !== now) changes.push({ ...place, path, old, new: now });
  };
  note(['id'], left.told.id, right.told.id);
  note(['(whole)'], left.told.whole || undefined, right.told.whole || undefined);
  note(['(corrects)'], left.told.corrects || undefined, right.told.corrects || undefined);
  note(['(joins)'], left.told.joins.join() || undefined, right.told.joins.join() || undefined);
  walk(left.told.without, right.told.without, ['(without)'], note);
  const [first, second] = [elementsOf(left.told), elementsOf(right.told)];
  for (const name of new Set([...first.keys(), ...second.keys()])) {
    const [old, now] = [first.get(name), second.get(name)];
    if (old !== now) walk(parsed(old), parsed(now), [name], note);
  }
  return changes;
}

const parsed = (text: string | undefined): unknown =>
  text === undefined ? undefined : JSON.parse(text);

/** Everything that is said of a resource, under the name of its element. */
function elementsOf({ set, initial, remove }: Told): ReadonlyMap<string, string> {
  const all = new Map(set);
  for (const [name, text] of initial) all.set(`${name} (initial)`, text);
  for (const name of remove) all.set(name, JSON.stringify(emptied));
  return all;
}

type Note = (path: FhirPath, old: unknown, now: unknown) => void;

function walk(old: unknown, now: unknown, path: FhirPath, note: Note): void {
  const [isOldInner, isNowInner] = [isInner(old), isInner(now)];
  if (!isOldInner && !isNowInner) {
    note(path, old, now);
    return;
  }
  // One of them may be a plain value: then all that is inside of the other comes or goes.
  if (!isOldInner && old !== undefined) note(path, old, undefined);
  if (!isNowInner && now !== undefined) note(path, undefined, now);
  const first = isOldInner ? (old as Inner) : {};
  const second = isNowInner ? (now as Inner) : {};
  for (const name of new Set([...Object.keys(first), ...Object.keys(second)])) {
    const step = Array.isArray(first) || Array.isArray(second) ? Number(name) : name;
    walk(first[name], second[name], [...path, step], note);
  }
}

type Inner = Readonly<Record<string, unknown>>;

const isInner = (value: unknown): boolean => value !== null && typeof value === 'object';
