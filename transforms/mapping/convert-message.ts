import { type Issue, isBlocking } from '../../engine/index.ts';
import { type Contribution, type Conversion, type Mark, resourceId } from '../fhir/index.ts';
import type { Hl7Message } from '../hl7v2/index.ts';
import type { Cell } from './cell.ts';
import { type Collector, createCollector } from './collector.ts';
import type { CompiledMapping, Filling, MessagePlan, PartPlan, ResourcePlan } from './compile.ts';
import type { Place } from './conditions.ts';
import { environmentOf } from './message-environment.ts';
import { createReader } from './reader.ts';
import type { Run, Target } from './rule.ts';
import { createScope } from './scope.ts';

export type Converted =
  | { readonly kind: 'pass'; readonly conversion: Conversion }
  | { readonly kind: 'filter'; readonly reason: string }
  | {
      readonly kind: 'hold';
      readonly issues: readonly Issue[];
      readonly unvisited: readonly string[];
    };

/** A resource that the message makes, before its elements are filled. */
type Instance = { readonly plan: ResourcePlan; readonly index: number; readonly id: string };

/**
 * Converts one parsed message: first the ids of everything it makes, so that references can be
 * written, then the elements. The same bytes and the same mapping give the same result, on any
 * machine.
 */
export function convertMessage(mapping: CompiledMapping, message: Hl7Message): Converted {
  const { messageType } = message.header;
  const plan = mapping.messages.get(messageType);
  const collector = createCollector();
  if (plan === undefined) {
    const shown = /^[A-Z0-9^]{1,11}$/.test(messageType) ? messageType : 'in MSH-9';
    const text = `no mapping for messages of type ${shown}`;
    collector.hold('message-type-unsupported', text, 'MSH-9', message.header.start);
    return held(collector, message);
  }
  if (plan === 'filter') return { kind: 'filter', reason: 'message-type-filtered' };

  const run = startRun(mapping, message, collector);
  const instances = makeInstances(mapping, plan, run, collector);
  if (isBlocking(collector.list())) return held(collector, message);
  const made = instances.map((instance) => fill(instance, run, collector));
  markIgnored(mapping, message);
  if (isBlocking(collector.list()) || isBlocking(message.issues)) return held(collector, message);
  return {
    kind: 'pass',
    conversion: {
      messageType,
      controlId: message.header.controlId,
      contributions: made.map((item) => item.contribution),
      unvisited: message.unvisited(),
      issues: [...message.issues, ...collector.list()],
      marks: made.flatMap((item, contribution): Mark[] =>
        item.marks.map((mark) => ({ contribution, ...mark })),
      ),
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

type Registry = {
  add(instance: Instance): void;
  /** The instance of a resource row that stands at a segment. */
  at(resource: string, index: number): Instance | undefined;
  segmentOf(resource: string): string | undefined;
};

type FullRun = Run & {
  readonly registry: Registry;
  idOf(resource: string, index: number): string | undefined;
};

function startRun(mapping: CompiledMapping, message: Hl7Message, collector: Collector): FullRun {
  const reader = createReader(message, mapping.dialect);
  const scope = createScope(reader.names);
  const registry = createRegistry();
  const { messageType, triggerEvent: trigger } = message.header;
  const place: Place = { reader, scope, messageType, trigger };

  function find(resource: string, index: number): Instance | undefined {
    const segment = registry.segmentOf(resource);
    if (segment === undefined) return undefined;
    return registry.at(resource, scope.resolve(index, segment));
  }

  const reference = ({ plan, id }: Instance) => ({ reference: `${plan.type}/${id}` });
  return {
    ...place,
    registry,
    environment: environmentOf(mapping, message, collector),
    idOf: (resource, index) => find(resource, index)?.id,
    referenceTo(resource, index) {
      const instance = find(resource, index);
      return instance && reference(instance);
    },
    referencesBelow(resource, index) {
      const segment = registry.segmentOf(resource);
      if (segment === undefined) return [];
      const found = scope.all(index, segment).map((at) => registry.at(resource, at));
      return found.flatMap((instance) => (instance ? [reference(instance)] : []));
    },
    raise: (since) => collector.raise(since),
    issueCount: () => collector.count(),
  };
}

function createRegistry(): Registry {
  const byResource = new Map<string, Map<number, Instance>>();
  const segments = new Map<string, string>();
  return {
    add(instance) {
      const { id, each } = instance.plan;
      segments.set(id, each);
      const known = byResource.get(id);
      if (known) known.set(instance.index, instance);
      else byResource.set(id, new Map([[instance.index, instance]]));
    },
    at: (resource, index) => byResource.get(resource)?.get(index),
    segmentOf: (resource) => segments.get(resource),
  };
}

function makeInstances(
  mapping: CompiledMapping,
  plan: Exclude<MessagePlan, 'filter'>,
  run: FullRun,
  collector: Collector,
): Instance[] {
  const instances: Instance[] = [];
  const used = new Map<string, number>();
  for (const { resource, optional } of plan) {
    let found = false;
    for (let index = 0; index < run.reader.names.length; index += 1) {
      if (run.reader.names[index] !== resource.each) continue;
      if (resource.when && !resource.when(run, index)) continue;
      found = true;
      const key = resource.key(run, index);
      if (key === undefined) {
        reportMissing(resource, optional, index, run, collector);
        continue;
      }
      const id = idFor(mapping, resource, key, used);
      const instance = { plan: resource, index, id };
      run.registry.add(instance);
      instances.push(instance);
    }
    if (!found && !optional && resource.when === undefined) {
      const text = `the message has no ${resource.each} segment`;
      collector.hold('segment-missing', text, resource.each, undefined);
    }
  }
  return instances;
}

/** Two of the same business key in one message are told apart by their position. */
function idFor(
  mapping: CompiledMapping,
  resource: ResourcePlan,
  key: string,
  used: Map<string, number>,
): string {
  const name = `${resource.type}|${key}`;
  const before = used.get(name) ?? 0;
  used.set(name, before + 1);
  const business = before === 0 ? key : `${key}#${before + 1}`;
  return resourceId(mapping.source, resource.type, business);
}

function reportMissing(
  resource: ResourcePlan,
  optional: boolean,
  index: number,
  run: FullRun,
  collector: Collector,
): void {
  const { offset } = run.reader.message.segments[index]!;
  const report = optional ? collector.add : collector.hold;
  const outcome = optional ? 'it was left out' : 'the message waits';
  const key = `the key of \`${resource.id}\``;
  const text = `${resource.each} names no ${resource.type} by ${key}; ${outcome}.`;
  report(resource.missing, text, resource.each, offset);
}

type Made = {
  readonly contribution: Contribution;
  readonly marks: readonly Omit<Mark, 'contribution'>[];
};

function fill(instance: Instance, run: FullRun, collector: Collector): Made {
  const { plan, index, id } = instance;
  const target: Target = { set: {}, initial: {}, emptied: new Set(), marks: [] };
  fillTarget(plan, run, target, index);
  for (const { name, names } of plan.required) {
    if (names.some((key) => target.set[key] ?? target.initial[key])) continue;
    const { offset } = run.reader.message.segments[index]!;
    const text = `no rule gave ${plan.type}.${name}, which FHIR requires.`;
    collector.hold('resource-incomplete', text, plan.each, offset);
  }
  const remove: string[] = [];
  for (const name of target.emptied) if (target.set[name] === undefined) remove.push(name);
  for (const name in target.set) {
    const others = plan.others.get(name);
    if (others) for (const other of others) if (!target.emptied.has(other)) remove.push(other);
  }
  const contribution: Contribution = { type: plan.type, id, set: target.set, remove };
  const hasInitial = Object.keys(target.initial).length > 0;
  return {
    contribution: hasInitial ? { ...contribution, initial: target.initial } : contribution,
    marks: target.marks,
  };
}

function fillTarget(filling: Filling, run: Run, target: Target, index: number): void {
  for (const part of filling.parts) fillPart(part, run, target, index);
  for (const rule of filling.rules) rule.apply(run, target, index);
}

function fillPart(part: PartPlan, run: Run, owner: Target, index: number): void {
  for (const at of run.scope.all(index, part.segment)) {
    if (part.when && !part.when(run, at)) continue;
    if (part.field === undefined) {
      addItem(part, run, owner, at, undefined);
      continue;
    }
    const field = run.reader.field(at, part.field);
    if (field.state === 'null') owner.emptied.add(part.element);
    for (const cell of field.cells) addItem(part, run, owner, at, { name: part.field.name, cell });
  }
}

function addItem(
  part: PartPlan,
  run: Run,
  owner: Target,
  index: number,
  current: { name: string; cell: Cell } | undefined,
): void {
  const item: Target = {
    set: {},
    initial: {},
    emptied: new Set(),
    marks: [],
    ...(current && { current }),
  };
  fillTarget(part, run, item, index);
  if (Object.keys(item.set).length === 0) return;
  if (part.required.some(({ names }) => !names.some((name) => item.set[name] !== undefined)))
    return;
  const list = owner.set[part.element] as unknown[] | undefined;
  const at = list?.length ?? 0;
  if (list) list.push(item.set);
  else owner.set[part.element] = [item.set];
  for (const mark of item.marks)
    owner.marks.push({ path: [part.element, at, ...mark.path], use: mark.use });
}

function markIgnored(mapping: CompiledMapping, message: Hl7Message): void {
  for (const segment of message.segments) {
    const fields = mapping.ignored.get(segment.name);
    if (fields) for (const field of fields) segment.markRead(field);
  }
}
