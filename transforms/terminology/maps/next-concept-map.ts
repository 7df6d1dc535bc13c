import type { Json } from '../knowledge.ts';
import { relationshipOf } from '../relationships.ts';
import type { DecidedCode } from './next-release.ts';

type Group = {
  readonly source?: string;
  readonly target?: string;
  readonly element?: readonly Json[];
  readonly unmapped?: Json;
};

/**
 * The next version of a ConceptMap: what it says, without the codes that were decided, and the
 * decisions, in the words that it is written in (R4's, or R5's where it uses those).
 */
export function nextConceptMap(
  resource: Json,
  version: string,
  decided: readonly DecidedCode[],
): Json {
  const { id: _, ...rest } = resource;
  const groups = (Array.isArray(resource.group) ? resource.group : []) as readonly Group[];
  const decides = new Set(decided.map(({ system, code }) => `${system}|${code}`));
  const kept = groups.map((group) => {
    const source = String(group.source ?? '').split('|')[0];
    const element = (group.element ?? []).filter(({ code }) => !decides.has(`${source}|${code}`));
    return { ...group, element };
  });
  const anyTarget = groups[0]?.target;
  const isR5 = kept.some(({ element }) => element.some(isInR5));
  const own = Map.groupBy(
    decided,
    ({ system, decision }) => `${system}\u001f${decision.target?.system ?? ''}`,
  );
  const added = [...own.values()].map((codes) => {
    const { system, decision } = codes[0]!;
    const target = decision.target?.system ?? anyTarget;
    return {
      ...(system === '' ? {} : { source: system }),
      ...(target === undefined ? {} : { target }),
      element: codes.map((one) => elementOf(one, isR5)),
    };
  });
  // A group without rows may still have a rule for the unmapped.
  const still = kept.filter(({ element, unmapped }) => element.length > 0 || unmapped);
  const group = [...still, ...added];
  return { ...rest, version, status: 'active', group };
}

/** R5 has no equivalence, and says `noMap` where R4 has a target without a code. */
const isInR5 = ({ noMap, target }: Json): boolean =>
  noMap !== undefined ||
  (Array.isArray(target) && target.some((one: Json) => one.equivalence === undefined));

function elementOf({ code, display, decision }: DecidedCode, isR5: boolean): Json {
  const { relationship, target, comment } = decision;
  const word = isR5
    ? { relationship: relationshipOf[relationship] }
    : { equivalence: relationship };
  const to = {
    ...(target === undefined ? {} : { code: target.code }),
    ...(target?.display === undefined ? {} : { display: target.display }),
    ...{ ...word, ...(comment === undefined ? {} : { comment }) },
  };
  const source = { code, ...(display === '' ? {} : { display }) };
  return isR5 && target === undefined ? { ...source, noMap: true } : { ...source, target: [to] };
}
