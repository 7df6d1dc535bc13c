import type { Clauses, Condition } from '../language.ts';
import { compileCondition, type Place, type Predicate } from '../reading/index.ts';
import { numberedBy } from './visit-fields.ts';

/** A resource that the message makes, before its elements are filled. */
export type Instance<Plan = unknown> = {
  readonly plan: Plan;
  /** The segment that it stands for. */
  readonly index: number;
  readonly id: string;
  /** `Patient/id`. */
  readonly reference: string;
};

/** What one message makes: for each resource row the number of its segment, and instances. */
export type Instances = {
  readonly each: readonly number[];
  readonly made: (Instance[] | undefined)[];
};

type Maker = Place & { readonly instances: Instances };

/** The instance of a resource row that is meant at a segment. */
export function findInstance(run: Maker, slot: number, index: number): Instance | undefined {
  const made = run.instances.made[slot];
  if (made === undefined) return undefined;
  return instanceAt(made, run.scope.resolve(index, run.instances.each[slot]!));
}

/** Instances come in the order of their segments; a result has thousands. */
export function instanceAt(made: readonly Instance[], index: number): Instance | undefined {
  let low = 0;
  let high = made.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = made[middle]!;
    if (found.index === index) return found;
    if (found.index < index) low = middle + 1;
    else high = middle - 1;
  }
  return undefined;
}

export type RuleCondition = (run: Maker, index: number) => boolean;

/**
 * A rule`s `when:`, which may also ask whether a resource of the mapping is made where the rule
 * stands (`made: account`, `not made: account`), or which field numbers the visit.
 */
export function compileRuleCondition(
  when: Condition | undefined,
  names: { readonly resources: readonly string[]; readonly visitNumber: readonly string[] },
): RuleCondition | undefined {
  const options = [when ?? {}].flat().map((clauses) => compileClauses(clauses, names));
  if (options.includes(undefined)) return undefined;
  const [only, ...others] = options;
  if (others.length === 0) return only;
  return (run, index) => options.some((option) => option!(run, index));
}

function compileClauses(
  { made, 'not made': notMade, visit, ...others }: Clauses,
  { resources, visitNumber }: Parameters<typeof compileRuleCondition>[1],
): RuleCondition | undefined {
  const numbered = visit === undefined ? {} : numberedBy(String(visit), visitNumber);
  if (numbered === undefined) return () => false;
  const rest: Predicate | undefined = compileCondition({ ...others, ...numbered });
  if (made === undefined && notMade === undefined) return rest;
  const slotsOf = (ids: Clauses[string] | undefined) =>
    [ids ?? []].flat().map((id) => resources.indexOf(String(id)));
  const [wanted, unwanted] = [slotsOf(made), slotsOf(notMade)];
  return (run, index) =>
    wanted.every((slot) => findInstance(run, slot, index) !== undefined) &&
    unwanted.every((slot) => findInstance(run, slot, index) === undefined) &&
    (rest === undefined || rest(run, index));
}
