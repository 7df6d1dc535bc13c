import type { Json, Knowledge } from '../../knowledge.ts';
import { askedBy } from '../asked.ts';
import { displayFor } from '../display.ts';
import { defined } from '../json.ts';
import { findValueSet, questionOf } from '../question.ts';
import { prepare } from '../value-set/index.ts';
import { demandComplete, distinctMembers } from './expand.ts';

/** One code of a computed expansion. */
export type ExpandedCode = {
  readonly system: string;
  /** Of the code system that said so; undefined where that has none. */
  readonly version?: string;
  readonly code: string;
  readonly display?: string;
};

/**
 * Every code that a value set holds and that may be chosen (no abstract ones), each once, in the
 * order of definition; one at a time, so that there is no limit. Throws `Refused` when the
 * definition names what nobody knows, or cannot be listed at all.
 */
export function* expandedCodes(knowledge: Knowledge, valueSet: Json): Iterable<ExpandedCode> {
  const question = questionOf(askedBy({ resourceType: 'Parameters' }), { knowledge });
  const prepared = prepare(question, valueSet);
  demandComplete(question, prepared);
  for (const { view, concept, listed } of distinctMembers(prepared, question)) {
    if (concept.isAbstract) continue;
    const { url, version } = view.system;
    const display = displayFor(view, concept, listed, undefined)?.value;
    const said = version === '' ? undefined : version;
    yield { system: url, code: concept.code, ...defined({ version: said, display }) };
  }
}

/** The definition of a value set by `url` or `url|version`; without one the newest published. */
export const valueSetBy = (knowledge: Knowledge, canonical: string): Json | undefined => {
  const { rules } = questionOf(askedBy({ resourceType: 'Parameters' }), { knowledge });
  return findValueSet({ knowledge, rules }, canonical);
};
