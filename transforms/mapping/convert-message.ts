import { type Issue, isBlocking } from '../../engine/index.ts';
import { type Contribution, type Conversion, type Mark, resourceId } from '../fhir/index.ts';
import { type Hl7Message, isQuery, queryRefusedCode } from '../hl7v2/index.ts';
import { type Collector, createCollector } from './collector.ts';
import type { CompiledMapping, Filling, MessagePlan, PartPlan, ResourcePlan } from './compile.ts';
import type { Instance } from './instances.ts';
import { environmentOf } from './message-environment.ts';
import { createReader, readField } from './reader.ts';
import { newTarget, type Run, type Target } from './rule.ts';
import { scopeOf } from './scope.ts';
import { readStatements } from './statements.ts';

export type Converted =
  | { readonly kind: 'pass'; readonly conversion: Conversion }
  | { readonly kind: 'filter'; readonly reason: string }
  | {
      readonly kind: 'hold';
      readonly issues: readonly Issue[];
      readonly unvisited: readonly string[];
    };

type Made = Instance<ResourcePlan>;

/**
 * Converts one parsed message: first the ids of everything it makes, so that references can be
 * written, then the elements. The same bytes and the same mapping give the same result, on any
 * machine.
 */
export function convertMessage(mapping: CompiledMapping, message: Hl7Message): Converted {
  const { messageType } = message.header;
  const plan = mapping.messages.get(messageType);
  const collector = createCollector();
  // Its sender has been refused already; it says nothing that could be mapped.
  if (plan === undefined && isQuery(message.header))
    return { kind: 'filter', reason: queryRefusedCode };
  if (plan === undefined) {
    const shown = /^[A-Z0-9^]{1,11}$/.test(messageType) ? messageType : 'in MSH-9';
    const text = `no mapping for messages of type ${shown}`;
    collector.hold('message-type-unsupported', text, 'MSH-9', message.header.start);
    return held(collector, message);
  }
  if (plan === 'filter') return { kind: 'filter', reason: 'message-type-filtered' };

  const run = startRun(mapping, message, collector);
  const instances = makeInstances(mapping, plan, run);
  if (isBlocking(collector.list())) return held(collector, message);
  const contributions: Contribution[] = [];
  const marks: Mark[] = [];
  for (const instance of instances)
    contributions.push(fill(instance, run, marks, contributions.length));
  const statements = readStatements(run);
  markIgnored(mapping, run);
  if (isBlocking(collector.list()) || isBlocking(message.issues)) return held(collector, message);
  return {
    kind: 'pass',
    conversion: {
      messageType,
      controlId: message.header.controlId,
      contributions,
      unvisited: message.unvisited(),
      issues: [...message.issues, ...collector.list()],
      marks,
      ...(statements === undefined ? {} : { statements }),
      provenance: { mapping: mapping.label, maps: [] },
    },
  };
}

function held(collector: Collector, message: Hl7Message): Converted {
  // Damage to the message explains what is missing in it, so it comes first.
  const damage = message.issues.filter((issue) => isBlocking([issue]));
  const others = message.issues.filter((issue) => !isBlocking([issue]));
  const issues = [...damage, ...collector.list(), ...others];
  return { kind: 'hold', issues, unvisited: message.unvisited() };
}

type FullRun = Run & { readonly collector: Collector };

let runs = 0;

function startRun(mapping: CompiledMapping, message: Hl7Message, collector: Collector): FullRun {
  const { messageType, triggerEvent: trigger } = message.header;
  const { each } = mapping;
  const reader = createReader(message, mapping.dialect);
  runs += 1;
  return {
    run: runs,
    reader,
    scope: scopeOf(message.segments.map((segment) => segment.name)),
    messageType,
    trigger,
    environment: environmentOf(mapping, reader, collector),
    instances: { each, made: new Array(each.length).fill(undefined) },
    collector,
  };
}

function makeInstances(
  mapping: CompiledMapping,
  plan: Exclude<MessagePlan, 'filter'>,
  run: FullRun,
): Made[] {
  const instances: Made[] = [];
  const { names } = run.scope;
  const used: Used = { types: [], keys: undefined };
  for (const { resource, optional } of plan) {
    let found = false;
    for (let index = 0; index < names.length; index += 1) {
      if (names[index] !== resource.each) continue;
      if (resource.when && !resource.when(run, index)) continue;
      found = true;
      const key = resource.key(run, index);
      if (key === undefined) {
        reportMissing(resource, optional, index, run);
        continue;
      }
      const id = idFor(mapping, resource, key, used);
      const reference = `${resource.type}/${id}`;
      const instance = { plan: resource, index, id, reference };
      const { made } = run.instances;
      const list = made[resource.slot];
      if (list) list.push(instance);
      else made[resource.slot] = [instance];
      instances.push(instance);
    }
    if (!found && !optional && resource.when === undefined) {
      const text = `the message has no ${resource.each} segment`;
      run.collector.hold('segment-missing', text, resource.each, undefined);
    }
  }
  return instances;
}

/** Keys that were given out; the counts are made when a type comes a second time. */
type Used = {
  readonly types: { readonly type: string; readonly key: string }[];
  keys: Map<string, number> | undefined;
};

/** Two of the same business key in one message are told apart by their position. */
function idFor(mapping: CompiledMapping, { type }: ResourcePlan, key: string, used: Used): string {
  const before = used.types.find((known) => known.type === type);
  if (before === undefined) {
    used.types.push({ type, key });
    return resourceId(mapping.source, type, key);
  }
  used.keys ??= new Map();
  const name = `${type}|${key}`;
  const count = used.keys.get(name) ?? (before.key === key ? 1 : 0);
  used.keys.set(name, count + 1);
  return resourceId(mapping.source, type, count === 0 ? key : `${key}#${count + 1}`);
}

function reportMissing(
  resource: ResourcePlan,
  optional: boolean,
  index: number,
  run: FullRun,
): void {
  const { collector, reader } = run;
  const { offset } = reader.segments[index]!;
  const report = optional ? collector.add : collector.hold;
  const outcome = optional ? 'it was left out' : 'the message waits';
  const key = `the key of \`${resource.id}\``;
  const text = `${resource.each} names no ${resource.type} by ${key}; ${outcome}.`;
  report(resource.missing, text, resource.each, offset);
}

function hasOne(names: readonly string[], { set, initial }: Target): boolean {
  for (const name of names)
    if (set[name] !== undefined || initial?.[name] !== undefined) return true;
  return false;
}

/** Makes the contribution of one instance and adds its marks, which point at `position`. */
function fill(instance: Made, run: FullRun, marks: Mark[], position: number): Contribution {
  const { plan, index, id } = instance;
  const target = newTarget(undefined);
  fillTarget(plan, run, target, index);
  const { set, initial } = target;
  for (const required of plan.required) {
    if (hasOne(required.names, target)) continue;
    const { offset } = run.reader.segments[index]!;
    const text = `no rule gave ${plan.type}.${required.name}, which FHIR requires.`;
    run.collector.hold('resource-incomplete', text, plan.each, offset);
  }
  if (target.marks)
    for (const { path, use } of target.marks) marks.push({ contribution: position, path, use });
  const remove = removed(plan, target);
  return initial === undefined
    ? { type: plan.type, id, set, remove }
    : { type: plan.type, id, set, remove, initial };
}

/** What the sender emptied, and the other forms of a choice element that is set. */
function removed({ others }: ResourcePlan, { set, emptied }: Target): readonly string[] {
  if (emptied === undefined && others.size === 0) return nothing;
  const remove: string[] = [];
  if (emptied) for (const name of emptied) if (set[name] === undefined) remove.push(name);
  if (others.size === 0) return remove;
  for (const name in set) {
    const names = others.get(name);
    if (names) for (const other of names) if (!emptied?.has(other)) remove.push(other);
  }
  return remove;
}

const nothing: readonly string[] = Object.freeze([]);

function fillTarget(filling: Filling, run: Run, target: Target, index: number): void {
  const segment = run.reader.segments[index]!;
  for (const part of filling.parts) fillPart(part, run, target, index);
  for (const { field, apply } of filling.steps) {
    if (field === 0 || segment.has(field)) apply(run, target, index);
  }
}

function fillPart(part: PartPlan, run: Run, owner: Target, index: number): void {
  for (const at of run.scope.all(index, part.segment)) {
    if (part.when && !part.when(run, at)) continue;
    if (part.field === undefined) {
      addItem(part, run, owner, at, undefined);
      continue;
    }
    const field = readField(run.reader, at, part.field);
    if (field.state === 'null') {
      owner.emptied ??= new Set();
      owner.emptied.add(part.element);
    }
    for (const cell of field.cells) addItem(part, run, owner, at, { name: part.field.name, cell });
  }
}

function addItem(
  part: PartPlan,
  run: Run,
  owner: Target,
  index: number,
  current: Target['current'],
): void {
  const item = newTarget(current);
  fillTarget(part, run, item, index);
  const { set } = item;
  if (isBare(set)) return;
  for (const { names } of part.required) if (!names.some((name) => set[name] !== undefined)) return;
  const list = owner.set[part.element] as unknown[] | undefined;
  const at = list?.length ?? 0;
  if (list) list.push(set);
  else owner.set[part.element] = [set];
  if (item.marks === undefined) return;
  owner.marks ??= [];
  for (const { path, use } of item.marks)
    owner.marks.push({ path: [part.element, at, ...path], use });
}

function isBare(set: Readonly<Record<string, unknown>>): boolean {
  for (const _ in set) return false;
  return true;
}

function markIgnored(mapping: CompiledMapping, { reader, scope }: Run): void {
  for (let index = 0; index < reader.segments.length; index += 1) {
    const bits = mapping.ignored.get(scope.names[index]!);
    if (bits) reader.segments[index]!.markReadBits(bits);
  }
}
