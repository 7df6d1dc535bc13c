import { capital, choiceNames } from '../elements/index.ts';
import { freeFor, type RulePlan } from '../rules/index.ts';
import type { Program } from './program.ts';

/**
 * Lines that put a value where a rule wants it, as `compilePut` and `compileWriter` do; after them
 * `done` where it was taken.
 */
export function writeText(plan: RulePlan, value: string, done: string, program: Program): string {
  const { row, elements, put, writer } = plan;
  const isPlain = elements.slice(0, -1).every(({ repeats, name }) => !repeats && isName(name));
  const isMarkable = elements.length === 1 && !elements[0]!.repeats && !isChoice(elements[0]!.name);
  if (!isPlain || row.ends === true || (row.mark !== undefined && !isMarkable))
    return `if (${program.constant(put)}(target, ${value})) { ${done} }`;
  if (row.initial !== true) {
    const marked = row.mark === undefined ? '' : markText(plan, program);
    return leafText(plan, 'set', value, `${marked}${done}`, program);
  }
  const free = freeFor(writer).map((name) => `set.${program.element(name)} === undefined`);
  const initial = program.fresh();
  const inside = leafText(plan, initial, value, done, program);
  return `if (${free.join(' && ')}) { const ${initial} = (target.initial ??= {}); ${inside} }`;
}

const isChoice = (name: string): boolean => name.endsWith('[x]');
const isName = (name: string): boolean => !isChoice(name);

function markText({ row, elements }: RulePlan, program: Program): string {
  const path = `['${program.element(elements[0]!.name)}']`;
  return `(target.marks ??= []).push({ path: ${path}, use: ${program.constant(row.mark)} }); `;
}

function leafText(
  plan: RulePlan,
  owner: string,
  value: string,
  done: string,
  program: Program,
): string {
  let at = owner;
  let before = '';
  for (const parent of plan.elements.slice(0, -1)) {
    const place = `${at}.${program.element(parent.name)}`;
    at = program.fresh();
    before += `let ${at} = ${place}; if (${at} === undefined) ${at} = ${place} = {}; `;
  }
  const leaf = plan.elements.at(-1)!;
  if (isChoice(leaf.name)) return before + choiceText(plan, at, value, done, program);
  const place = `${at}.${program.element(leaf.name)}`;
  if (!leaf.repeats && isUntouched(plan, owner, program)) return `${place} = ${value}; ${done}`;
  if (!leaf.repeats) return `${before}if (${place} === undefined) { ${place} = ${value}; ${done} }`;
  const list = program.fresh();
  const add = `if (${list} === undefined) ${place} = [${value}]; else ${list}.push(${value});`;
  return `${before}const ${list} = ${place}; ${add} ${done}`;
}

function choiceText(
  { elements, type, writer }: RulePlan,
  at: string,
  value: string,
  done: string,
  program: Program,
): string {
  const leaf = elements.at(-1)!;
  const names = choiceNames(leaf).map((name) => program.element(name));
  const isFree = names.map((name) => `${at}.${name} === undefined`).join(' && ');
  const stem = leaf.name.slice(0, -3);
  const own = leaf.types.includes(type) ? `${at}.${stem}${capital(type)} = ${value};` : undefined;
  const cases = leaf.types.map(
    (one) =>
      `case '${program.element(one)}': ${at}.${stem}${capital(one)} = ${value}.value; break;`,
  );
  const lines = own ?? `switch (${value}.type) { ${cases.join(' ')} }`;
  return isUntouched({ elements, writer }, at, program)
    ? `${lines} ${done}`
    : `if (${isFree}) { ${lines} ${done} }`;
}

/** Nothing before it in the program writes that element, so that it has no value. */
function isUntouched(
  { elements, writer }: Pick<RulePlan, 'elements' | 'writer'>,
  owner: string,
  { touched }: Program,
): boolean {
  if (touched === undefined || owner !== 'set' || elements.length > 1) return false;
  return !writer.names.some((name) => touched.has(name));
}
