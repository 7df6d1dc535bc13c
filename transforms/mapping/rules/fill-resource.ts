import type { Contribution } from '../../fhir/index.ts';
import type { FullRun, Made } from '../ids/index.ts';
import type { ResourcePlan } from '../plans.ts';
import { deleteTrigger } from '../rows/index.ts';
import { fillTarget, isBare } from './fill.ts';
import { withoutElement } from './given-origins.ts';
import type { Ended } from './replacements.ts';
import { newTarget, type Target } from './rule.ts';

function hasOne(names: readonly string[], { set, initial }: Target): boolean {
  for (const name of names)
    if (set[name] !== undefined || initial?.[name] !== undefined) return true;
  return false;
}

type FilledMarks = Target['marks'];

/** Makes the contribution of one instance, and its marks. */
export function fillResource(
  instance: Made,
  run: FullRun,
): { contribution: Contribution; found: FilledMarks } {
  const { plan, index, id, corrects, isDeleted, isGone } = instance;
  if (isGone) {
    const { type } = plan;
    return { contribution: { type, id, set: {}, remove: [], deleted: true }, found: undefined };
  }
  const target = newTarget(undefined);
  fillTarget(plan.filling, run, target, index);
  if (isDeleted) markDeleted(target, plan.list?.deleted);
  let ended = plan.ended(target.set);
  if (!ended.isComplete) reportIncomplete(plan, index, run, target);
  if (plan.authority !== undefined && !plan.authority(run, index)) {
    yieldTo(plan, target);
    ended = plan.ended(target.set);
  }
  checkPeriods(plan, index, run, target);
  const contribution = contributionOf(plan, id, target, ended);
  if (corrects !== undefined) contribution.corrects = corrects;
  return { contribution, found: target.marks };
}

function reportIncomplete(plan: ResourcePlan, index: number, run: FullRun, target: Target): void {
  // Of a deleted row the key may be all that is told; the rest of it is stored.
  if (run.trigger === deleteTrigger) return;
  for (const { name, names } of plan.required) {
    if (hasOne(names, target)) continue;
    const { offset } = run.reader.segments[index]!;
    const text = `no rule gave ${plan.type}.${name}, which FHIR requires.`;
    run.collector.hold('resource-incomplete', text, plan.each, offset);
  }
}

/** R4 has no period that ends before it starts (per-1); which of the two is wrong, nobody knows. */
function checkPeriods(plan: ResourcePlan, index: number, run: FullRun, { set }: Target): void {
  const { period, effectivePeriod, performedPeriod } = set;
  const found = period ?? effectivePeriod ?? performedPeriod;
  if (found === undefined) return;
  const { start, end } = found as fhir4.Period;
  if (start === undefined || end === undefined || !isBefore(end, start)) return;
  const { offset } = run.reader.segments[index]!;
  const text = `says of ${plan.type} that it ended before it began`;
  run.collector.add('period-reversed', `${plan.each} ${text}.`, plan.each, offset);
}

/** Of dates of different precision only what both say is compared. */
function isBefore(left: string, right: string): boolean {
  if (left.includes('T') && right.includes('T')) return Date.parse(left) < Date.parse(right);
  const length = Math.min(left.length, right.length, 10);
  return left.slice(0, length) < right.slice(0, length);
}

/** Written member by member: there are thousands in a message. */
function contributionOf(
  { type }: ResourcePlan,
  id: string,
  { set, initial, origins, without, emptied }: Target,
  { gone, joins }: Ended,
): { -readonly [Name in keyof Contribution]: Contribution[Name] } {
  const contribution: { -readonly [Name in keyof Contribution]: Contribution[Name] } = {
    type,
    id,
    set,
    remove: emptied === undefined ? gone : removed(set, emptied, gone),
  };
  if (origins !== undefined) contribution.origins = origins.byElement;
  if (initial !== undefined) contribution.initial = initial;
  if (joins.length > 0) contribution.joins = joins;
  if (without !== undefined) contribution.without = without;
  return contribution;
}

/** What it gives is for elements that have no value; identifiers take nobody`s place. */
function yieldTo({ joins, isWatched }: ResourcePlan, target: Target): void {
  const { set, initial } = target;
  const kept: Target['set'] = {};
  const yielding: Target['set'] = {};
  for (const name in set) {
    if (Array.isArray(set[name]) && joins.includes(name)) kept[name] = set[name];
    else {
      yielding[name] = set[name];
      if (target.origins !== undefined) target.origins = withoutElement(target.origins, name);
    }
  }
  if (isWatched) target.initial = underWatched(set, kept, initial);
  else if (initial === undefined) target.initial = isBare(yielding) ? undefined : yielding;
  else if (!isBare(yielding)) target.initial = { ...initial, ...yielding };
  target.set = kept;
  target.emptied = undefined;
  target.without = undefined;
  target.marks = target.marks?.filter(({ path }) => kept[path[0]!] !== undefined);
}

/**
 * The same in the object that the rules filled: whoever watched them knows by it what they set.
 * An object of which something was deleted is slow from then on.
 */
function underWatched(
  set: Target['set'],
  kept: Target['set'],
  before: Target['initial'],
): Target['initial'] {
  for (const name in kept) delete set[name];
  if (isBare(set)) return before;
  if (before === undefined) return set;
  const both = { ...before, ...set };
  for (const name in set) delete set[name];
  return Object.assign(set, both);
}

function markDeleted(target: Target, deleted: Readonly<Record<string, unknown>> = {}): void {
  for (const [name, value] of Object.entries(deleted)) {
    if (target.origins !== undefined) target.origins = withoutElement(target.origins, name);
    if (value !== null) target.set[name] = value;
    else {
      delete target.set[name];
      delete target.initial?.[name];
      target.emptied ??= new Set();
      target.emptied.add(name);
    }
  }
}

/** What the sender emptied, and what goes with what is set. */
function removed(
  set: Target['set'],
  emptied: ReadonlySet<string>,
  gone: readonly string[],
): readonly string[] {
  const remove = [...emptied].filter((name) => !isSet(set, name));
  for (const name of gone) if (!emptied.has(name)) remove.push(name);
  return remove;
}

/** `name` may lead into an element: `period.end`. */
function isSet(set: Target['set'], name: string): boolean {
  if (!name.includes('.')) return set[name] !== undefined;
  let at: unknown = set;
  for (const step of name.split('.')) {
    if (typeof at !== 'object' || at === null) return false;
    at = (at as Record<string, unknown>)[step];
  }
  return at !== undefined;
}
