import type { Json } from '../knowledge.ts';
import { answerOf } from './asked.ts';
import { declined, issue, refusedBy } from './issue.ts';
import { findValueSet, type Question } from './question.ts';
import { allMembers, type Component, type Prepared, prepare } from './value-set/index.ts';

/** How two value sets stand to each other. */
export type Relation =
  | 'same'
  | 'subset'
  | 'superset'
  | 'overlapping'
  | 'disjoint'
  | 'empty'
  | 'indeterminate';

/** Codes of a value set that is compared; one with more leaves the answer open. */
export const comparedCodesMax = 10_000;

/**
 * ValueSet/$related: compares the codes of `thisValueSet` (or `thisUrl`) with those of
 * `otherValueSet` (or `otherUrl`), whatever their versions. With `diagnostics`, it names them.
 */
export function related(question: Question): Json {
  const ours = prepare(question, sideOf(question, 'this'));
  const theirs = prepare(question, sideOf(question, 'other'));
  const names = { ours: ours.name, theirs: theirs.name };
  if (isSameDefinition(ours, theirs)) return answer('same', names, false, []);
  const left = codesOf(ours);
  const right = codesOf(theirs);
  const isExpanded = !(isListing(ours) && isListing(theirs));
  if (left === undefined || right === undefined)
    return answer('indeterminate', names, isExpanded, []);
  const common = [...left.keys()].filter((key) => right.has(key));
  const missing = [...left.keys()].filter((key) => !right.has(key));
  const extra = [...right.keys()].filter((key) => !left.has(key));
  const isTold = question.asked.flag('diagnostics') === true;
  const told = (name: string, keys: readonly string[]): readonly Json[] => {
    const codes = keys.map((key) => left.get(key) ?? right.get(key));
    return keys.length === 0 || !isTold ? [] : [{ name, valueString: codes.join(',') }];
  };
  const relation = relationOf(common.length, missing.length, extra.length);
  return answer(relation, names, isExpanded, [
    ...told('common-codes', common),
    ...told('missing-codes', missing),
    ...told('extra-codes', extra),
  ]);
}

function relationOf(common: number, missing: number, extra: number): Relation {
  if (common + missing + extra === 0) return 'empty';
  if (missing === 0 && extra === 0) return 'same';
  if (common === 0) return 'disjoint';
  if (missing === 0) return 'subset';
  return extra === 0 ? 'superset' : 'overlapping';
}

type Names = { readonly ours: string; readonly theirs: string };

const sentences: Readonly<Record<Relation, (names: Names) => string>> = {
  same: ({ ours, theirs }) => `The value sets ${ours} and ${theirs} contain the same codes`,
  empty: ({ ours, theirs }) => `Both the value sets ${ours} and ${theirs} are empty`,
  subset: ({ ours, theirs }) => `The valueSet ${ours} is a sub-set of the valueSet ${theirs}`,
  superset: ({ ours, theirs }) => `The valueSet ${ours} is a super-set of the valueSet ${theirs}`,
  disjoint: ({ ours, theirs }) => `No shared codes between the value sets ${ours} and ${theirs}`,
  overlapping: ({ ours, theirs }) =>
    `Both value sets ${ours} and ${theirs} contain the codes the other doesn't, ` +
    'but there is some overlap',
  indeterminate: ({ ours, theirs }) =>
    `Unable to compare ${ours} and ${theirs}: one has too many codes (>${comparedCodesMax}), ` +
    'or a code system that is not known or cannot be listed',
};

const answer = (relation: Relation, names: Names, isExpanded: boolean, more: readonly Json[]) =>
  answerOf([
    { name: 'result', valueCode: relation },
    { name: 'message', valueString: sentences[relation](names) },
    { name: 'performed-expansion', valueBoolean: isExpanded },
    ...more,
  ]);

function sideOf(question: Question, side: 'this' | 'other'): Json {
  const { asked } = question;
  const given = asked.resource(`${side}ValueSet`);
  if (given !== undefined) return given;
  const url = asked.text(`${side}Url`);
  if (url === undefined)
    throw declined(400, 'required', `name a value set by ${side}Url, or send ${side}ValueSet`);
  const found = findValueSet(question, url);
  if (found !== undefined) return found;
  const kind = { severity: 'error', type: 'not-found', tx: 'not-found' } as const;
  throw refusedBy(404, issue(kind, 'Unable_to_resolve_value_Set_', url));
}

/** The codes by system and code; undefined when they are too many to be compared. */
function codesOf(prepared: Prepared): ReadonlyMap<string, string> | undefined {
  const codes = new Map<string, string>();
  const parts = [...prepared.includes, ...prepared.excludes];
  const isOpen = parts.some(
    ({ view, listed }) => view?.system.count === undefined && view !== undefined && !listed,
  );
  const isLacking = parts.some(
    ({ missing, opened, view }) => missing.length > 0 || (opened !== undefined && !view),
  );
  if (isOpen || isLacking) return undefined;
  for (const { view, concept } of allMembers(prepared)) {
    codes.set(`${view.system.url}\u001f${concept.code}`, concept.code);
    if (codes.size > comparedCodesMax) return undefined;
  }
  return codes;
}

const isListing = ({ includes, excludes }: Prepared) =>
  excludes.length === 0 && includes.every(({ listed }) => listed !== undefined);

/** The same words in another order mean the same; a listing is compared by its codes. */
function isSameDefinition(ours: Prepared, theirs: Prepared): boolean {
  if (isListing(ours) || ours.includes.length === 0) return false;
  const text = ({ includes, excludes, inactive }: Prepared) =>
    JSON.stringify([
      includes.map(({ component }) => wordsOf(component)).sort(),
      excludes.map(({ component }) => wordsOf(component)).sort(),
      inactive ?? null,
    ]);
  const imports = [...ours.includes, ...theirs.includes].some(
    ({ component }) => component.valueSets.length > 0,
  );
  return !imports && text(ours) === text(theirs);
}

const wordsOf = ({ system, version, listed, filters }: Component) =>
  JSON.stringify([
    system ?? null,
    version ?? null,
    listed?.map(({ code }) => code).sort() ?? null,
    filters.map(({ property, op, value }) => `${property} ${op} ${value}`).sort(),
  ]);
