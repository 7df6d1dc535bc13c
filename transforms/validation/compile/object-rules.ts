import type { Constraint } from '../../fhir/index.ts';
import { type Check, leaveUnchecked, report, type TreeElement, treeOf } from '../plan/index.ts';
import { type Compiler, typeUrl } from './compiler.ts';

/**
 * Invariants that a check of our own already guarantees: FHIRPath would only say it again, slower.
 * Empty elements and extensions (ele-1, ext-1), narratives (txt-1, txt-2), contained resources
 * (dom-2 to dom-5), local references (ref-1), periods (per-1), and the distinct URLs of a Bundle
 * (bdl-7).
 */
const guaranteed = new Set(
  'ele-1 ext-1 txt-1 txt-2 dom-2 dom-3 dom-4 dom-5 ref-1 per-1 bdl-7 dom-r4b'.split(' '),
);

/** Expressions of R4 that say less than their own sentence; R4B and R5 have them right. */
const corrected: ReadonlyMap<string, string> = new Map([
  // que-12: "If there are more than one enableWhen, enableBehavior must be specified".
  [
    'enableWhen.count() > 2 implies enableBehavior.exists()',
    'enableWhen.count() > 1 implies enableBehavior.exists()',
  ],
]);

const bestPractice = 'http://hl7.org/fhir/StructureDefinition/elementdefinition-bestpractice';

const isAdvice = ({ extension }: Constraint): boolean =>
  extension?.some(({ url, valueBoolean }) => url === bestPractice && valueBoolean === true) ??
  false;

/**
 * The invariants of an element as checks, without those that `known` says are checked elsewhere.
 * `path` names the type of an element that has elements of its own.
 */
export function invariantRules(
  constraints: readonly Constraint[],
  compiler: Compiler,
  path: string | undefined,
  known: ReadonlySet<string> = new Set(),
): Check[] {
  const own = constraints.filter(
    (one) => !guaranteed.has(one.key) && !known.has(one.key) && one.expression !== undefined,
  );
  return own
    .filter((one) => compiler.bestPractice || !isAdvice(one))
    .map((one) => invariantRule(one, compiler, path));
}

function invariantRule(
  constraint: Constraint,
  compiler: Compiler,
  path: string | undefined,
): Check {
  const { key, human = '' } = constraint;
  const severity = constraint.severity === 'warning' ? 'warning' : 'error';
  let run: ReturnType<Compiler['invariant']>;
  let isCompiled = false;
  return (value, walk, type, extra) => {
    if (!isCompiled) {
      const expression = corrected.get(constraint.expression ?? '') ?? constraint.expression;
      run = compiler.invariant({ ...constraint, ...(expression && { expression }) });
      isCompiled = true;
    }
    const holds = run?.(value, walk, path ?? type, extra);
    if (holds === false) report(walk, severity, 'fhir-invariant', `${key}: ${human}`);
    if (holds === undefined) leaveUnchecked(walk, `the invariant ${key} could not be evaluated`);
  };
}

/**
 * Constraints of the type that a node's children were copied from, which the node may leave out.
 */
export function constraintsBelow(node: TreeElement, compiler: Compiler): readonly Constraint[] {
  const { constraint = [], type } = node.definition;
  if (node === node.root || type?.[0] === undefined) return constraint;
  const of = compiler.find(typeUrl(type[0].code));
  const inherited = of === undefined ? [] : (treeOf(of)?.definition.constraint ?? []);
  const keys = new Set(constraint.map(({ key }) => key));
  return [...constraint, ...inherited.filter(({ key }) => !keys.has(key))];
}

/** By what FHIRPath calls the type of an element with elements of its own: its path. */
export function pathTypeOf({ definition }: TreeElement): string | undefined {
  const isOwn = definition.type?.some(
    ({ code }) => code === 'BackboneElement' || code === 'Element',
  );
  return isOwn === true ? (definition.base?.path ?? definition.path) : undefined;
}
