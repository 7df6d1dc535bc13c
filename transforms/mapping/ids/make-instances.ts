import { type Correction, resourceId } from '../../fhir/index.ts';
import type { CompiledMapping, MessagePlan, ResourcePlan } from '../plans.ts';
import type { Collector } from '../reading/index.ts';
import type { Run } from '../rules/index.ts';
import type { CorrectionPlan } from './correction-plan.ts';
import type { Instance } from './instances.ts';
import { isEmptied, noteListed, type OpenListing } from './listings.ts';

export type FullRun = Run & {
  readonly collector: Collector;
  lists: OpenListing[] | undefined;
};

export type Made = Instance<ResourcePlan> & {
  /** Another segment of the message may speak of the same resource. */
  readonly isShared: boolean;
  /** Its segment`s action code says so. */
  readonly isDeleted: boolean;
  /** The resource is there no more. */
  readonly isGone: boolean;
  corrects: Correction | undefined;
};

/** Everything that the message makes, with its ids, before an element is filled. */
export function makeInstances(
  mapping: CompiledMapping,
  plan: Exclude<MessagePlan, 'filter'>,
  run: FullRun,
): Made[] {
  const instances: Made[] = [];
  const correcting: Correcting[] = [];
  const { scope } = run;
  const used: Used = new Map();
  for (const { resource, optional, least } of plan) {
    let found = 0;
    for (const index of scope.at(resource.segmentNumber)) {
      if (resource.when && !resource.when(run, index)) {
        noteEmptied(resource, index, run);
        continue;
      }
      const key = resource.key(run, index);
      found += 1;
      if (key === undefined) {
        reportKeyless(resource, optional, index, run);
        continue;
      }
      const others = resource.otherKeys?.(run, index, key) ?? noOthers;
      for (const one of others.length === 0 ? [key] : [key, ...others]) {
        const instance = instanceFor(mapping, resource, one, run, index, instances, used);
        if (instance === undefined) continue;
        if (least > 1 && run.instances.made[resource.slot]?.some(({ id }) => id === instance.id))
          reportTwice(resource, index, run);
        const { made } = run.instances;
        const list = made[resource.slot];
        if (list) list.push(instance);
        else made[resource.slot] = [instance];
        instances.push(instance);
        for (const correction of resource.corrections)
          if (correction.when(run, index)) correcting.push({ instance, key: one, correction });
      }
    }
    if (found < least) reportFew(resource, found, least, run);
  }
  for (const one of correcting) one.instance.corrects = correctionOf(one, mapping, run, used);
  return instances;
}

const noOthers: readonly string[] = [];
const slash = '/';

/** Undefined where the message has made it already, and the row makes it once. */
function instanceFor(
  mapping: CompiledMapping,
  resource: ResourcePlan,
  key: string,
  run: FullRun,
  index: number,
  instances: readonly Made[],
  used: Used,
): Made | undefined {
  if (resource.isOnce && isMade(instances, mapping, resource, key)) return undefined;
  const { type, isShared, list } = resource;
  const id = isShared ? resourceId(mapping.source, type, key) : idFor(mapping, resource, key, used);
  const isDeleted = list !== undefined && noteListed(resource, list, run, index, id);
  const reference = type + slash + id;
  const isGone = resource.deletes?.(run, index) === true;
  return {
    plan: resource,
    index,
    id,
    reference,
    isShared,
    isDeleted,
    isGone,
    corrects: undefined,
  };
}

type Correcting = {
  readonly instance: Made;
  readonly key: string;
  readonly correction: CorrectionPlan;
};

/** `rival` has the id that one more of the same key would get. */
function correctionOf(
  { instance, key, correction }: Correcting,
  mapping: CompiledMapping,
  run: FullRun,
  used: Used,
): Correction {
  const { type } = instance.plan;
  const { path, field, mayBeFirst } = correction;
  const { count } = usedOf(used, resourceId(mapping.source, type, key));
  const said = {
    path,
    offset: run.reader.segments[instance.index]!.fieldOffset(field),
    rival: resourceId(mapping.source, type, `${key}#${count + 1}`),
  };
  return mayBeFirst ? { ...said, mayBeFirst } : said;
}

/**
 * How often each key was given out, by the id that the first of it has: found by a number that the
 * id begins with, as a number is looked up in a fifth of the time.
 */
type Used = Map<number, UsedId>;
type UsedId = { readonly id: string; count: number; readonly next: UsedId | undefined };

function usedOf(used: Used, id: string): UsedId {
  let number = 0;
  for (let at = 0; at < 8; at += 1) number = (Math.imul(number, 31) + id.charCodeAt(at)) | 0;
  const first = used.get(number);
  for (let known = first; known !== undefined; known = known.next)
    if (known.id === id) return known;
  const made: UsedId = { id, count: 0, next: first };
  used.set(number, made);
  return made;
}

/** Two of the same business key in one message are told apart by their position. */
function idFor(mapping: CompiledMapping, { type }: ResourcePlan, key: string, used: Used): string {
  const id = resourceId(mapping.source, type, key);
  const known = usedOf(used, id);
  known.count += 1;
  return known.count === 1 ? id : resourceId(mapping.source, type, `${key}#${known.count}`);
}

function isMade(
  instances: readonly Made[],
  mapping: CompiledMapping,
  { type }: ResourcePlan,
  key: string,
): boolean {
  const reference = `${type}/${resourceId(mapping.source, type, key)}`;
  return instances.some((instance) => instance.reference === reference);
}

function reportFew(resource: ResourcePlan, found: number, least: number, run: FullRun): void {
  if (least === 1 && resource.when !== undefined) return;
  const needed = least === 1 ? '' : `, and one of its type speaks of ${least}`;
  const text = `the message has ${found === 0 ? 'no' : `only ${found}`} ${resource.each} segment`;
  run.collector.hold('segment-missing', text + needed, resource.each, undefined);
}

function reportTwice({ id, each }: ResourcePlan, index: number, run: FullRun): void {
  const { offset } = run.reader.segments[index]!;
  const text = `the message speaks of several, and names one \`${id}\` twice`;
  run.collector.hold('resource-twice', text, each, offset);
}

/** A list that is emptied (`NK1|1|""`) has no item of which a condition could hold. */
function noteEmptied(resource: ResourcePlan, index: number, run: FullRun): void {
  const { list } = resource;
  if (list?.isSnapshot === true && isEmptied(run.reader, index))
    noteListed(resource, list, run, index, undefined);
}

/** An item of a list that is all `""` says that there is none. */
function reportKeyless(
  resource: ResourcePlan,
  optional: boolean,
  index: number,
  run: FullRun,
): void {
  const { list } = resource;
  if (list !== undefined) noteListed(resource, list, run, index, undefined);
  if (list === undefined || !isEmptied(run.reader, index))
    reportMissing(resource, optional, index, run);
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
  const known = `which is known by ${resource.keyWords}`;
  const text = `${resource.each} names no ${resource.type}, ${known}; ${outcome}.`;
  report(resource.missing, text, resource.each, offset);
}
