import { findInstance, numberedBy } from '../ids/index.ts';
import type { Clauses, Condition } from '../language.ts';
import {
  fieldPath,
  isAmong,
  readField,
  readPath,
  readText,
  segmentNumber,
} from '../reading/index.ts';
import type { Program } from './program.ts';

/** What the names in a condition mean. */
export type ConditionNames = {
  /** Ids of the resource rows. */
  readonly resources: readonly string[];
  readonly visitNumber: readonly string[];
};

/**
 * A rule`s `when:` at a segment as an expression, as `compileRuleCondition` has it; undefined where
 * it always holds. `at`: the variable of the segment; what is read at `index`, the filling`s own,
 * is read once for all rules.
 */
export function conditionText(
  when: Condition | undefined,
  at: string,
  program: Program,
  names: ConditionNames,
): string | undefined {
  const options = [when ?? {}].flat().map((clauses) => clausesText(clauses, at, program, names));
  if (options.includes(undefined)) return undefined;
  return options.map((option) => `(${option})`).join(' || ');
}

function clausesText(
  { made, 'not made': notMade, visit, ...others }: Clauses,
  at: string,
  program: Program,
  { resources, visitNumber }: ConditionNames,
): string | undefined {
  const numbered = visit === undefined ? {} : numberedBy(String(visit), visitNumber);
  if (numbered === undefined) return 'false';
  const found = (ids: Clauses[string] | undefined, sign: string): string[] =>
    [ids ?? []].flat().map((id) => {
      const slot = resources.indexOf(String(id));
      return `${program.constant(findInstance)}(run, ${slot}, ${at}) ${sign} undefined`;
    });
  const rest = Object.entries({ ...others, ...numbered }).map(([key, wanted]) =>
    clauseText(key, wanted, at, program),
  );
  const all = [...found(made, '!=='), ...found(notMade, '==='), ...rest];
  return all.length === 0 ? undefined : all.join(' && ');
}

function clauseText(key: string, wanted: Clauses[string], at: string, program: Program): string {
  const isNot = key.startsWith('not ');
  const text = positiveText(isNot ? key.slice(4) : key, wanted, at, program);
  return isNot ? `!(${text})` : text;
}

function positiveText(key: string, wanted: Clauses[string], at: string, program: Program): string {
  const values = [wanted].flat().map(String);
  if (key === 'trigger' || key === 'message') {
    const name = key === 'trigger' ? 'trigger' : 'messageType';
    return isOneOf(`run.${name}`, values, program);
  }
  const path = readPath(fieldPath(key));
  const place = placeText(path.segment, at, program);
  const said = `${path.name}[${path.repetition}].${path.component}.${path.subcomponent}`;
  const once = (what: string, found: string): string =>
    at === 'index' ? program.once(`${what} ${said}`, found) : found;
  if (wanted === 'present' || wanted === 'absent') {
    const read = `${program.constant(readField)}(reader, ${place}, ${program.constant(path)})`;
    const isThere = once('state', `${place} >= 0 && ${read}.state === 'value'`);
    return wanted === 'present' ? isThere : `!(${isThere})`;
  }
  const read = `${program.constant(readText)}(reader, ${place}, ${program.constant(path)})`;
  // A segment that is not there says the same as an empty field.
  return isOneOf(once('text', `(${place} < 0 ? '' : ${read})`), values, program);
}

/** Index of the segment that is meant there. */
export function placeText(segment: string, at: string, program: Program): string {
  const found = `scope.resolve(${at}, ${segmentNumber(segment)})`;
  return at === 'index' ? program.once(`place ${segment}`, found) : found;
}

function isOneOf(text: string, values: readonly string[], program: Program): string {
  const [first] = values;
  if (values.length === 1) return `${text} === ${program.constant(first)}`;
  return `${program.constant(isAmong)}(${program.constant(values)}, ${text})`;
}
