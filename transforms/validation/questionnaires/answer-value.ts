import { fail, type Json, leaveUnchecked, type Walk } from '../plan/index.ts';
import type { ValueSets } from '../terms/index.ts';
import { isObject } from '../values/index.ts';
import type { FormItem } from './form.ts';
import { keyOf, type Typed, typedOf } from './typed-value.ts';

/**
 * By the type of a question, the types of its answers
 * (https://hl7.org/fhir/R4/valueset-item-type.html).
 */
const typesOf: ReadonlyMap<string, readonly string[]> = new Map([
  ['boolean', ['Boolean']],
  ['decimal', ['Decimal']],
  ['integer', ['Integer']],
  ['date', ['Date']],
  ['dateTime', ['DateTime']],
  ['time', ['Time']],
  ['string', ['String']],
  ['text', ['String']],
  ['url', ['Uri']],
  ['choice', ['Coding']],
  ['open-choice', ['Coding', 'String']],
  ['attachment', ['Attachment']],
  ['reference', ['Reference']],
  ['quantity', ['Quantity']],
]);

/** Holds one answer against its question, the walk standing at it. */
export function checkValue(item: FormItem, answer: Json, walk: Walk, valueSets: ValueSets): void {
  const said = typedOf(answer, 'value');
  if (said === undefined) return;
  const own = typesOf.get(item.type);
  if (own === undefined) {
    leaveUnchecked(walk, 'what answers a question of this type may have cannot be said here');
    return;
  }
  const isChoice = item.type === 'choice' || item.type === 'open-choice';
  const types = isChoice ? [...new Set([...own, ...item.optionTypes])] : own;
  if (!types.includes(said.type)) {
    const message = `the Questionnaire asks for ${types.map(written).join(' or ')} here`;
    fail(walk, 'fhir-questionnaire', message, 'value');
    return;
  }
  const { value } = said;
  const { lengthMax } = item;
  if (lengthMax !== undefined && typeof value === 'string' && [...value].length > lengthMax)
    fail(
      walk,
      'fhir-questionnaire',
      `the answer is longer than ${lengthMax} characters (maxLength)`,
      'value',
    );
  const isFree = item.type === 'open-choice' && said.type === 'String';
  if (isChoice && !isFree) checkChoice(item, said, walk, valueSets);
}

const written = (type: string): string =>
  ['Coding', 'Attachment', 'Reference', 'Quantity'].includes(type)
    ? type
    : type.charAt(0).toLowerCase() + type.slice(1);

function checkChoice(
  { valueSet, options }: FormItem,
  said: Typed,
  walk: Walk,
  valueSets: ValueSets,
): void {
  if (options.size > 0 && !options.has(keyOf(said)))
    fail(
      walk,
      'fhir-questionnaire',
      'the answer is none of the options that the Questionnaire gives',
      'value',
    );
  if (options.size > 0 || valueSet === undefined || !isObject(said.value)) return;
  const { system, code } = said.value;
  const isAsked = typeof code === 'string' && !valueSet.startsWith('#');
  const verdict = isAsked
    ? valueSets.has(valueSet, typeof system === 'string' ? system : '', code)
    : 'unknown';
  if (verdict === 'no')
    fail(
      walk,
      'fhir-questionnaire',
      `the answer is no code of the value set ${valueSet}, which the Questionnaire names`,
      'value',
    );
  else if (verdict === 'unknown')
    leaveUnchecked(walk, `whether the answer is in ${valueSet} cannot be said here`, 'value');
}
