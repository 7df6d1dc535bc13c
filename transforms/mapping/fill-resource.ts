import type { Contribution } from '../fhir/index.ts';
import type { ResourcePlan } from './compile.ts';
import { fillTarget } from './fill.ts';
import type { FullRun, Made } from './make-instances.ts';
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
  const { plan, index, id, corrects, isDeleted } = instance;
  const target = newTarget(undefined);
  fillTarget(plan, run, target, index);
  if (isDeleted) markDeleted(target, plan.list?.deleted);
  const { set, initial } = target;
  for (const required of plan.required) {
    if (hasOne(required.names, target)) continue;
    const { offset } = run.reader.segments[index]!;
    const text = `no rule gave ${plan.type}.${required.name}, which FHIR requires.`;
    run.collector.hold('resource-incomplete', text, plan.each, offset);
  }
  const remove = removed(plan, target);
  const joins = plan.joins.filter((name) => set[name] !== undefined);
  const contribution: Contribution = {
    type: plan.type,
    id,
    set,
    remove,
    ...(initial === undefined ? undefined : { initial }),
    ...(joins.length === 0 ? undefined : { joins }),
    ...(target.without === undefined ? undefined : { without: target.without }),
    ...(corrects === undefined ? undefined : { corrects }),
  };
  return { contribution, found: target.marks };
}

function markDeleted(target: Target, deleted: Readonly<Record<string, unknown>> = {}): void {
  for (const [name, value] of Object.entries(deleted)) {
    if (value !== null) target.set[name] = value;
    else {
      delete target.set[name];
      delete target.initial?.[name];
      target.emptied ??= new Set();
      target.emptied.add(name);
    }
  }
}

/** What the sender emptied, and the other forms of a choice element that is set. */
function removed({ others }: ResourcePlan, { set, emptied }: Target): readonly string[] {
  if (emptied === undefined && others.size === 0) return nothing;
  const remove: string[] = [];
  if (emptied) for (const name of emptied) if (!isSet(set, name)) remove.push(name);
  if (others.size === 0) return remove;
  for (const name in set) {
    const names = others.get(name);
    if (names) for (const other of names) if (!emptied?.has(other)) remove.push(other);
  }
  return remove;
}

/** `name` may lead into an element: `period.end`. */
function isSet(set: Target['set'], name: string): boolean {
  let at: unknown = set;
  for (const step of name.split('.')) {
    if (typeof at !== 'object' || at === null) return false;
    at = (at as Record<string, unknown>)[step];
  }
  return at !== undefined;
}

const nothing: readonly string[] = Object.freeze([]);
