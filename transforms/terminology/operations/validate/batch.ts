import type { Json } from '../../knowledge.ts';
import { answerOf, askedBy } from '../asked.ts';
import { declined, Refused } from '../issue.ts';
import { listOf } from '../json.ts';

/** Validations in one question; each costs as much as one. */
export const validationsMax = 1_000;

/**
 * Many validations in one question: each `validation` is a Parameters resource, and what stands
 * beside them holds for all that do not say otherwise. One that is refused does not stop the rest.
 */
export function batchValidate(parameters: Json, validate: (parameters: Json) => Json): Json {
  const validations = askedBy(parameters).resources('validation');
  if (validations.length > validationsMax)
    throw declined(413, 'too-costly', `at most ${validationsMax} validations in one question`);
  const common = listOf(parameters.parameter).filter(({ name }) => name !== 'validation');
  return answerOf(
    validations.map((one) => ({
      name: 'validation',
      resource: answered(one, common, validate),
    })),
  );
}

function answered(one: Json, common: readonly Json[], validate: (parameters: Json) => Json): Json {
  const own = listOf(one.parameter);
  const said = new Set(own.map(({ name }) => name));
  const inherited = common.filter(({ name }) => name === 'tx-resource' || !said.has(name));
  try {
    return validate({ resourceType: 'Parameters', parameter: [...own, ...inherited] });
  } catch (cause) {
    if (cause instanceof Refused) return cause.outcome;
    throw cause;
  }
}
