import type { Json } from '../knowledge.ts';
import type { DecidedCode } from './next-release.ts';

type Group = {
  readonly source?: string;
  readonly target?: string;
  readonly element?: readonly Json[];
};

/**
 * The next version of a ConceptMap (R4): what it says, without the codes that were decided, and the
 * decisions.
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
      element: codes.map(elementOf),
    };
  });
  const group = [...kept.filter(({ element }) => element.length > 0), ...added];
  return { ...rest, version, status: 'active', group };
}

function elementOf({ code, display, decision }: DecidedCode): Json {
  const { relationship, target, comment } = decision;
  const to = {
    ...(target === undefined ? {} : { code: target.code }),
    ...(target?.display === undefined ? {} : { display: target.display }),
    ...{ equivalence: relationship, ...(comment === undefined ? {} : { comment }) },
  };
  return { code, ...(display === '' ? {} : { display }), target: [to] };
}
