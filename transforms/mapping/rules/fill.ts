import type { Segment } from '../../hl7v2/index.ts';
import { isEmptied } from '../ids/index.ts';
import type { Filling, PartPlan, Step } from '../plans.ts';
import { readField, readText } from '../reading/index.ts';
import { withOrigin } from './given-origins.ts';
import { type LiveFilling, liveFilling } from './live.ts';
import type { Giving } from './origins.ts';
import { newTarget, type Run, type Target } from './rule.ts';

/** Applies the rules of a resource, or of one item of a part, at its segment. */
export function fillTarget(filling: Filling, run: Run, target: Target, index: number): void {
  const live = liveFilling(run.live, filling);
  const program = filling.program();
  if (program !== undefined) {
    program(run, target, index, live);
    return;
  }
  for (const part of live.parts) {
    const { giving } = part;
    const before = giving === undefined ? 0 : sizeOf(target, giving);
    fillPart(part, run, target, index);
    if (giving !== undefined) noteOrigin(target, giving, before);
  }
  for (const { apply, giving } of meantSteps(live, run.reader.segments[index]!)) {
    const before = giving === undefined ? 0 : sizeOf(target, giving);
    apply(run, target, index);
    if (giving !== undefined) noteOrigin(target, giving, before);
  }
}

/** The steps whose field has something in it; segments with the same fields come in rows. */
function meantSteps(live: LiveFilling, segment: Segment): readonly Step[] {
  const { low, high, starts } = segment.fields;
  // Bits are for the first sixty.
  if (low !== live.low || high !== live.high || starts.length >= 60) {
    live.low = low;
    live.high = high;
    live.meant = live.steps.filter(({ field }) => field === 0 || segment.has(field));
  }
  return live.meant;
}

export function sizeOf({ set }: Target, { element }: Giving): number {
  const list = set[element] as unknown[] | undefined;
  return list === undefined ? 0 : list.length;
}

/** Whose the new items are, or that what this origin gave before is gone. */
export function noteOrigin(target: Target, giving: Giving, before: number): void {
  const { element, given } = giving;
  const items = sizeOf(target, giving) - before;
  const isEmptied = target.emptied?.delete(element) === true;
  if (items > 0) {
    target.origins = withOrigin(target.origins, giving, items);
  } else if (isEmptied) target.emptied!.add(given);
}

function empty(target: Target, element: string): void {
  target.emptied ??= new Set();
  target.emptied.add(element);
}

export function fillPart(part: PartPlan, run: Run, owner: Target, index: number): void {
  if (part.join !== undefined) {
    joinItems(part, part.join, run, owner, index);
    return;
  }
  for (const at of run.scope.all(index, part.segmentNumber)) {
    if (part.when && !part.when(run, at)) {
      // It was sent, and is none of these: what the same source gave before is no more.
      if (part.giving?.origin.adds === false && isSent(part, run, at)) empty(owner, part.element);
      continue;
    }
    if (part.field === undefined) {
      // `NK1|1|""`: nothing is on the list any more.
      if (part.isSnapshot && isEmptied(run.reader, at)) {
        empty(owner, part.element);
        continue;
      }
      addItem(part, run, owner, at, undefined);
      continue;
    }
    const field = readField(run.reader, at, part.field);
    if (field.state === 'null') empty(owner, part.element);
    const isAlone = field.cells.length === 1;
    const { name } = part.field;
    for (const cell of field.cells) addItem(part, run, owner, at, { name, cell, isAlone });
  }
}

const isSent = ({ field }: PartPlan, { reader }: Run, at: number): boolean =>
  field === undefined || reader.segments[at]!.has(field.field);

/** One item of all segments that say the same `by`; a second of one `once` begins the next. */
function joinItems(
  part: PartPlan,
  { by, once }: NonNullable<PartPlan['join']>,
  run: Run,
  owner: Target,
  index: number,
): void {
  const open = new Map<string, { item: Target; seen: Set<string> }>();
  const items: Target[] = [];
  for (const at of run.scope.all(index, part.segmentNumber)) {
    if (part.when && !part.when(run, at)) continue;
    const group = readText(run.reader, at, by);
    const word = readText(run.reader, at, once);
    let known = open.get(group);
    if (known === undefined || known.seen.has(word)) {
      known = { item: newTarget(undefined), seen: new Set() };
      open.set(group, known);
      items.push(known.item);
    }
    known.seen.add(word);
    fillTarget(part.filling, run, known.item, at);
  }
  for (const item of items) putItem(part, owner, item);
}

function addItem(
  part: PartPlan,
  run: Run,
  owner: Target,
  index: number,
  current: Target['current'],
): void {
  const item = newTarget(current);
  fillTarget(part.filling, run, item, index);
  putItem(part, owner, item);
}

function putItem(part: PartPlan, owner: Target, item: Target): void {
  const { set } = item;
  if (isBare(set)) return;
  for (const names of part.needs) if (!hasAny(set, names)) return;
  for (const { names } of part.required) if (!hasAny(set, names)) return;
  const list = owner.set[part.element] as unknown[] | undefined;
  const at = list?.length ?? 0;
  if (list) list.push(set);
  else owner.set[part.element] = [set];
  if (item.marks === undefined) return;
  owner.marks ??= [];
  for (const { path, use } of item.marks)
    owner.marks.push({ path: [part.element, at, ...path], use });
}

function hasAny(set: Target['set'], names: readonly string[]): boolean {
  for (const name of names) if (set[name] !== undefined) return true;
  return false;
}

export function isBare(set: Readonly<Record<string, unknown>>): boolean {
  for (const _ in set) return false;
  return true;
}
