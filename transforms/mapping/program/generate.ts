import { instanceAt } from '../ids/index.ts';
import type { PartPlan, Step, Written } from '../plans.ts';
import { copyOf, recall, segmentNumber } from '../reading/index.ts';
import {
  emptyElements,
  type FieldRule,
  fillPart,
  type LiveFilling,
  noteOrigin,
  type RulePath,
  type RulePlan,
  type Run,
  type Target,
  type ValuesAt,
} from '../rules/index.ts';
import { type ConditionNames, conditionText, placeText } from './condition.ts';
import { newProgram, type Program, whenWorthIt } from './program.ts';
import { writeText } from './write.ts';

/** Fills a resource, or an item of a part, at its segment, as `fillTarget` does rule by rule. */
export type Fill = (run: Run, target: Target, index: number, live: LiveFilling) => void;

/**
 * Writes the rules of a filling out as one function. A rule that is asked as a function among
 * hundreds costs half a microsecond before it does anything; written out it is a test of a bit, and
 * the elements are set by their names.
 */
export function generateFill(filling: Written, names: ConditionNames): Fill {
  const program = newProgram();
  program.add(
    'const reader = run.reader, scope = run.scope, set = target.set;',
    'const segment = reader.segments[index], low = segment.fields.low, high = segment.fields.high;',
    'const steps = live.isStepLive, parts = live.isPartLive;',
  );
  if (filling.isFilledOnce) program.touched = new Set(filling.parts.map(({ element }) => element));
  for (const [number, part] of filling.parts.entries()) addPart(part, number, filling, program);
  for (const [number, step] of filling.steps.entries()) {
    const { field } = step;
    const guard = field === 0 ? `steps[${number}] === 1` : hasField(field);
    program.add(`if (${guard}) {`, ...stepLines(step, filling, program, names), '}');
    for (const name of step.plan.writer.names) program.touched?.add(name);
  }
  const parameters = ['run', 'target', 'index', 'live'];
  return program.make(`fill_${filling.id}`, parameters) as Fill;
}

/** Segments have bits for the first sixty of their fields. */
function hasField(field: number): string {
  if (field < 30) return `((low & ${1 << field}) !== 0)`;
  return field < 60 ? `((high & ${1 << (field - 30)}) !== 0)` : `segment.has(${field})`;
}

function addPart(part: PartPlan, number: number, filling: Written, program: Program): void {
  const { giving, field, when } = part;
  const isOwn = field?.segment === filling.segment && when === undefined && giving === undefined;
  const guard = isOwn ? hasField(field!.field) : `parts[${number}] === 1`;
  const fill = `${program.constant(fillPart)}(${program.constant(part)}, run, target, index);`;
  program.add(`if (${guard}) {`, ...withOrigin(giving, [fill], program), '}');
}

function withOrigin(giving: Step['giving'], lines: readonly string[], program: Program) {
  if (giving === undefined) return lines;
  const given = program.constant(giving);
  const [before, list] = [program.fresh(), program.fresh()];
  const found = `set.${program.element(giving.element)}`;
  return [
    `let ${list} = ${found}; const ${before} = ${list} === undefined ? 0 : ${list}.length;`,
    ...lines,
    `${list} = ${found};`,
    `if (target.emptied !== undefined || (${list} !== undefined && ${list}.length > ${before}))`,
    `  ${program.constant(noteOrigin)}(target, ${given}, ${before});`,
  ];
}

function stepLines(step: Step, filling: Written, program: Program, names: ConditionNames) {
  const { plan, giving } = step;
  const { gives } = plan;
  const lines =
    gives.kind === 'field'
      ? fieldLines(plan, gives.rule, filling, program, names)
      : whenHolds(plan, 'index', program, names, [
          gives.kind === 'constant'
            ? constantText(plan, gives.constant, program)
            : referenceText(plan, gives, program),
        ]);
  return withOrigin(giving, lines, program);
}

function whenHolds(
  { row }: RulePlan,
  at: string,
  program: Program,
  names: ConditionNames,
  lines: readonly string[],
): readonly string[] {
  const condition = conditionText(row.when, at, program, names);
  return condition === undefined ? lines : [`if (${condition}) {`, ...lines, '}'];
}

function constantText(plan: RulePlan, constant: () => unknown, program: Program): string {
  if (plan.row.value === null)
    return `${program.constant(emptyElements)}(target, ${program.constant(plan.writer.emptied)});`;
  const value = constant();
  const isShared = constant() === value;
  const text = isShared ? program.constant(value) : `${program.constant(constant)}()`;
  return writeText(plan, text, '', program);
}

function referenceText(
  plan: RulePlan,
  { slot, each }: { readonly slot: number; readonly each: string },
  program: Program,
): string {
  const [made, found] = [program.fresh(), program.fresh()];
  const instance = (at: string): string =>
    `const ${found} = ${program.constant(instanceAt)}(${made}, ${at});`;
  const put = `if (${found} !== undefined) {
    ${writeText(plan, `{ reference: ${found}.reference }`, '', program)}
  }`;
  const inside = plan.writer.repeats
    ? loopText(each, (at) => `${instance(at)} ${put}`, program)
    : `${instance(placeText(each, 'index', program))} ${put}`;
  return `const ${made} = run.instances.made[${slot}]; if (${made} !== undefined) { ${inside} }`;
}

/** For each of the segments of that name that are meant here. */
function loopText(segment: string, inside: (at: string) => string, program: Program): string {
  const [all, each] = [program.fresh(), program.fresh()];
  return `const ${all} = scope.all(index, ${segmentNumber(segment)});
    for (let ${each} = 0; ${each} < ${all}.length; ${each} += 1) { ${inside(`${all}[${each}]`)} }`;
}

function fieldLines(
  plan: RulePlan,
  rule: FieldRule,
  filling: Written,
  program: Program,
  names: ConditionNames,
): readonly string[] {
  const pathText = (path: RulePath, done: string): readonly string[] => {
    const known = program.constant(path);
    if (rule.gathers)
      return putLines(
        plan,
        `${program.constant(rule.gathered)}(run, target, index, ${known})`,
        done,
        program,
      );
    const at = program.fresh();
    const values = (how: ValuesAt, place: string): string =>
      `${program.constant(how)}(run, target, ${place}, ${known}, index)`;
    if (path.segment === filling.segment) {
      const now =
        path.name === filling.repeated ? undefined : ownValues(path, rule, values, program);
      const put = putLines(plan, now ?? values(rule.valuesAt, 'index'), done, program);
      return whenHolds(plan, 'index', program, names, put);
    }
    const put = putLines(plan, values(rule.valuesAt, at), done, program);
    if (plan.writer.repeats || plan.row.when !== undefined) {
      // Where one is wanted, it is the first of which the condition holds.
      const lines = plan.writer.repeats ? put : [...put, 'break;'];
      const inside = whenHolds(plan, at, program, names, lines).join('\n');
      return [loopText(path.segment, (one) => `const ${at} = ${one}; ${inside}`, program)];
    }
    const place = placeText(path.segment, 'index', program);
    return [`const ${at} = ${place}; if (${at} >= 0) {`, ...put, '}'];
  };
  const [only, ...others] = rule.paths;
  if (others.length === 0) return pathText(only!, '');
  const written = program.fresh();
  return [
    `let ${written} = false;`,
    ...rule.paths.flatMap((path) => [
      `if (!${written}) {`,
      ...pathText(path, `${written} = true;`),
      '}',
    ]),
  ];
}

/** What a field of the filling`s own segment gives: mostly what it gave before. */
function ownValues(
  { field, remembered }: RulePath,
  rule: FieldRule,
  values: (how: ValuesAt, place: string) => string,
  program: Program,
): string {
  const now = values(rule.valuesNow, 'index');
  if (remembered === undefined) return `${hasField(field)} ? ${now} : undefined`;
  const known = program.variable();
  const recalled = `${program.constant(recall)}(run, index, ${program.constant(remembered)})`;
  const given = remembered.isCopied
    ? `${program.constant(copyOf)}(${known}.values)`
    : `${known}.values`;
  return `!${hasField(field)} ? undefined
    : (${known} = ${recalled}) === undefined ? ${now} : ${given}`;
}

function putLines(
  plan: RulePlan,
  values: string,
  done: string,
  program: Program,
): readonly string[] {
  const [given, one] = [program.fresh(), program.fresh()];
  const put = (value: string): string => writeText(plan, value, done, program);
  const lines = [`const ${given} = ${values};`];
  if (!plan.writer.repeats) return [...lines, `if (${given} !== undefined) { ${put(given)} }`];
  return [
    ...lines,
    `if (Array.isArray(${given})) for (const ${one} of ${given}) { ${put(one)} }`,
    `else if (${given} !== undefined) { ${put(given)} }`,
  ];
}

/** The program of a filling, made once it is worth it. */
export const programOf = (filling: Written, names: ConditionNames) =>
  whenWorthIt((): Fill => generateFill(filling, names));
