/**
 * What a target is to its source (https://hl7.org/fhir/R4/valueset-concept-map-equivalence.html).
 */
export const relationships = ['equivalent', 'wider', 'narrower', 'inexact', 'unmatched'] as const;
export type Relationship = (typeof relationships)[number];

export type Target = {
  readonly system: string;
  readonly code: string;
  /** '' when the map gives none. */
  readonly display: string;
  readonly relationship: Exclude<Relationship, 'unmatched'>;
};

/** One release of a facility's map. It never changes; a correction is a new version. */
export type CodeMap = {
  /** `facility/name@version`. */
  readonly release: string;
  /** By source; an empty list is a declared "there is no match". */
  readonly targets: ReadonlyMap<string, readonly Target[]>;
  /** The systems that it translates to. */
  readonly targetSystems: ReadonlySet<string>;
};

export type Translation =
  | { readonly outcome: 'mapped' | 'mapped-with-loss'; readonly target: Target }
  /** Several targets, none better than the others: a person has to choose. */
  | { readonly outcome: 'ambiguous'; readonly targets: readonly Target[] }
  /** The map says that nothing matches. */
  | { readonly outcome: 'unmatched' }
  /** The map says nothing. */
  | { readonly outcome: 'unmapped' };

/** A row without a source system is for that code in any system. */
export const sourceKey = (system: string, code: string) => `${system}\u001f${code}`;

/** Looks a code up: a row for its own system first, then one for any system. */
export function translateCode(map: CodeMap, system: string, code: string): Translation {
  const targets =
    map.targets.get(sourceKey(system, code)) ??
    (system === '' ? undefined : map.targets.get(sourceKey('', code)));
  if (targets === undefined) return { outcome: 'unmapped' };
  if (targets.length === 0) return { outcome: 'unmatched' };
  const equivalent = targets.filter(({ relationship }) => relationship === 'equivalent');
  const best = equivalent.length > 0 ? equivalent : targets;
  const [target, ...others] = best;
  if (others.length > 0) return { outcome: 'ambiguous', targets: best };
  return { outcome: equivalent.length > 0 ? 'mapped' : 'mapped-with-loss', target: target! };
}
