import {
  enter,
  fail,
  type Json,
  leave,
  leaveUnchecked,
  setPlace,
  type Walk,
} from '../plan/index.ts';
import type { ValueSets, Verdict } from '../terms/index.ts';
import { isObject } from '../values/index.ts';
import { checkValue } from './answer-value.ts';
import { createEnabled } from './enabled.ts';
import { type FindQuestionnaire, type Form, type FormItem, formOf, listOf } from './form.ts';
import { typedOf } from './typed-value.ts';

/** One response that is held against its form. */
type Held = {
  readonly walk: Walk;
  readonly form: Form;
  readonly valueSets: ValueSets;
  /** Must all that is required be there? Not while it is being filled in, or was given up. */
  readonly isComplete: boolean;
  isEnabled(item: FormItem): Verdict;
};

const complete = new Set<unknown>(['completed', 'amended']);

const code = 'fhir-questionnaire';

/**
 * Holds a QuestionnaireResponse against the Questionnaire that it names, where that is at hand or
 * contained (https://hl7.org/fhir/R4/questionnaireresponse.html#link): its items are items of the
 * form in their places, what is required is answered when the response is completed, answers are
 * of the type and among the options that were asked for, and groups have none. `enableWhen` is
 * honoured. What cannot be said is left unchecked.
 */
export function createAnswersCheck(find: FindQuestionnaire, valueSets: ValueSets) {
  return (response: Json, walk: Walk): void => {
    const { questionnaire, status } = response;
    if (typeof questionnaire !== 'string') return;
    const found = questionnaire.startsWith('#')
      ? listOf(walk.container.contained).find(
          (one) => isObject(one) && one.id === questionnaire.slice(1),
        )
      : find(questionnaire);
    const form = isObject(found) ? formOf(found) : undefined;
    if (form === undefined) {
      leaveUnchecked(walk, open, 'questionnaire');
      return;
    }
    const isComplete = complete.has(status);
    checkItems(form.items, response, {
      ...{ walk, form, valueSets, isComplete },
      isEnabled: createEnabled(response),
    });
  };
}

const open = 'whether the answers fit their Questionnaire cannot be said here';

/** The items in `holder.item` against those that the form has in this place. */
function checkItems(wanted: readonly FormItem[], holder: Json, held: Held): void {
  const { walk, form } = held;
  const here = new Set(wanted);
  const seen = new Set<string>();
  enter(walk, 'item');
  listOf(holder.item).forEach((one, at) => {
    if (!isObject(one) || typeof one.linkId !== 'string') return;
    setPlace(walk, at);
    const item = form.byLink.get(one.linkId);
    if (item === undefined)
      fail(walk, code, 'the Questionnaire has no item with this linkId', 'linkId');
    else if (!here.has(item))
      fail(walk, code, 'the Questionnaire has this item in another place', 'linkId');
    else {
      if (seen.has(item.linkId) && !item.repeats)
        fail(walk, code, 'this item is there already, and does not repeat', 'linkId');
      checkItem(item, one, held);
    }
    seen.add(one.linkId);
  });
  leave(walk);
  for (const item of wanted) if (!seen.has(item.linkId)) checkNeeded(item, 'item', held);
}

/** Something required is not there. */
function checkNeeded(item: FormItem, member: string, held: Held): void {
  if (!item.isRequired || !held.isComplete || item.type === 'display') return;
  const enabled = held.isEnabled(item);
  const name = `the item \`${item.linkId}\``;
  if (enabled === 'yes')
    fail(held.walk, code, `${name}, which the Questionnaire requires, is not answered`, member);
  else if (enabled === 'unknown')
    leaveUnchecked(held.walk, `whether ${name} had to be answered cannot be said here`, member);
}

function checkItem(item: FormItem, given: Json, held: Held): void {
  const { walk } = held;
  const answers = listOf(given.answer).filter(isObject);
  if (item.type === 'group' || item.type === 'display') {
    if (given.answer !== undefined)
      fail(walk, code, `what is a ${item.type} in the Questionnaire has no answer`, 'answer');
    if (item.type === 'group') checkItems(item.items, given, held);
    return;
  }
  if (given.item !== undefined)
    fail(walk, code, 'what is asked below a question stands in its answer', 'item');
  const isAnswered = answers.some((one) => typedOf(one, 'value') !== undefined || hasReason(one));
  if (!isAnswered) checkNeeded(item, 'answer', held);
  else if (held.isComplete && held.isEnabled(item) === 'no')
    fail(walk, code, 'this is answered, and is not asked after the other answers', 'answer');
  if (answers.length > 1 && !item.repeats)
    fail(walk, code, 'there are several answers to a question that does not repeat', 'answer');
  enter(walk, 'answer');
  listOf(given.answer).forEach((one, at) => {
    if (!isObject(one)) return;
    setPlace(walk, at);
    checkValue(item, one, walk, held.valueSets);
    checkItems(item.items, one, held);
  });
  leave(walk);
}

/** An extension may say why there is no value, on the answer or in the value's place. */
const hasReason = (answer: Json): boolean =>
  answer.extension !== undefined || Object.keys(answer).some((name) => name.startsWith('_value'));
