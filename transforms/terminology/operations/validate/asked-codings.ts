import { type Coding, codingOf } from '../coding.ts';
import { declined, sentence } from '../issue.ts';
import { listOf } from '../json.ts';
import type { Question } from '../question.ts';

/** The codings that a question asks about. Throws a refusal when there are none. */
export function askedCodings({ asked }: Question, systemName: 'system' | 'url'): readonly Coding[] {
  const concept = asked.value('codeableConcept');
  if (concept !== undefined)
    return listOf(concept.coding).map((one, at) => codingOf(one, `CodeableConcept.coding[${at}]`));
  const coding = asked.value('coding');
  if (coding !== undefined) return [codingOf(coding, 'Coding')];
  const code = asked.text('code');
  const system = asked.text(systemName);
  const version = asked.text(systemName === 'system' ? 'systemVersion' : 'version');
  const isEnough = system !== undefined || asked.flag('inferSystem') === true;
  if (code !== undefined && isEnough)
    return [codingOf({ system, version, code, display: asked.text('display') }, '')];
  throw declined(400, 'invalid', sentence('NOTHING_TO_VALIDATE'));
}
