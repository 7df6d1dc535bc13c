import type { Verdict } from '../terms/index.ts';
import { isObject } from '../values/index.ts';
import { type FormItem, listOf } from './form.ts';
import { compare, keyOf, type Typed, typedOf } from './typed-value.ts';

type Json = Readonly<Record<string, unknown>>;

/** The answers of one question, by each time that it stands in the response. */
type Occurrences = ReadonlyMap<string, readonly (readonly Typed[])[]>;

/** A question with more answers than this decides nothing: each is looked at for each condition. */
const answersMax = 1_000;

/** All answers of a response, by linkId. */
function occurrencesIn(response: Json): Occurrences {
  const found = new Map<string, (readonly Typed[])[]>();
  const open: unknown[] = [...listOf(response.item)];
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    if (!isObject(one)) continue;
    const answers = listOf(one.answer).filter(isObject);
    if (typeof one.linkId === 'string') {
      const values = answers.flatMap((answer) => typedOf(answer, 'value') ?? []);
      const before = found.get(one.linkId);
      if (before === undefined) found.set(one.linkId, [values]);
      else before.push(values);
    }
    open.push(...listOf(one.item));
    for (const { item } of answers) open.push(...listOf(item));
  }
  return found;
}

/**
 * Is an item asked at all, by what else was answered (Questionnaire.item.enableWhen)? `unknown`
 * where an expression decides it, or where the question stands in the response more than once.
 */
export function createEnabled(response: Json): (item: FormItem) => Verdict {
  const known = new Map<FormItem, Verdict>();
  let occurrences: Occurrences | undefined;
  return (item) => {
    if (item.isScripted) return 'unknown';
    if (item.conditions.length === 0) return 'yes';
    let verdict = known.get(item);
    if (verdict === undefined) {
      occurrences ??= occurrencesIn(response);
      verdict = judge(item, occurrences);
      known.set(item, verdict);
    }
    return verdict;
  };
}

function judge({ conditions, behavior }: FormItem, occurrences: Occurrences): Verdict {
  const verdicts = conditions.map((condition) => isMet(condition, occurrences));
  if (verdicts.length === 1) return verdicts[0]!;
  if (behavior !== 'all' && behavior !== 'any') return 'unknown';
  const decisive = behavior === 'all' ? 'no' : 'yes';
  if (verdicts.includes(decisive)) return decisive;
  if (verdicts.includes('unknown')) return 'unknown';
  return behavior === 'all' ? 'yes' : 'no';
}

const verdictOf = (is: boolean): Verdict => (is ? 'yes' : 'no');

/** True when one answer or more fulfils it, as the operators of R4 say. */
function isMet(condition: Json, occurrences: Occurrences): Verdict {
  const { question, operator } = condition;
  const wanted = typedOf(condition, 'answer');
  if (typeof question !== 'string' || wanted === undefined) return 'unknown';
  const all = occurrences.get(question) ?? [[]];
  if (all.length > 1) return 'unknown';
  const answers = all[0]!;
  if (answers.length > answersMax) return 'unknown';
  if (operator === 'exists') return verdictOf(answers.length > 0 === (wanted.value === true));
  const verdicts = answers.map((answer) => fulfils(answer, operator, wanted));
  if (verdicts.includes('yes')) return 'yes';
  return verdicts.includes('unknown') ? 'unknown' : 'no';
}

function fulfils(answer: Typed, operator: unknown, wanted: Typed): Verdict {
  if (answer.type !== wanted.type) return 'unknown';
  const order = compare(answer, wanted);
  const isMeasured = answer.type === 'Quantity' || answer.type === 'DateTime';
  if (operator === '=' || operator === '!=') {
    // What is written in another unit or time zone may be the same.
    const isSame = keyOf(answer) === keyOf(wanted);
    if (isMeasured && order === undefined && !isSame) return 'unknown';
    const is = order === undefined ? isSame : order === 0;
    return verdictOf(is === (operator === '='));
  }
  if (order === undefined) return 'unknown';
  if (operator === '>') return verdictOf(order > 0);
  if (operator === '<') return verdictOf(order < 0);
  if (operator === '>=') return verdictOf(order >= 0);
  return operator === '<=' ? verdictOf(order <= 0) : 'unknown';
}
