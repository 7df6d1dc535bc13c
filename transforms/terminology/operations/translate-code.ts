import type { ConceptMap, Json, Mapping, Relationship } from '../knowledge.ts';
import { canonicalOf, listOf, textOf, valueIn } from './json.ts';

/** What a concept map makes of a code. */
export type Translated = {
  readonly system: string;
  readonly version?: string;
  /** Undefined: declared to have no match. */
  readonly code?: string;
  readonly display?: string;
  readonly relationship: Relationship;
  readonly row?: Mapping;
};

/**
 * Translates one code by one map, by its rows and else by what its groups say of the unmapped. A
 * row without a source system is for its code in any system, as the stage `translate` reads it.
 */
export function translateBy(
  map: ConceptMap,
  system: string,
  code: string,
  targetSystem?: string,
): readonly Translated[] {
  const own = map.from(system, code);
  const rows = (own.length === 0 && system !== '' ? map.from('', code) : own).filter(
    (row) => row.isOpen !== true && isFor(row, targetSystem),
  );
  if (rows.length > 0) return rows.map(translated);
  return listOf(map.resource.group).flatMap((group) => {
    const source = canonicalOf(textOf(group.source) ?? '').url;
    const target = canonicalOf(textOf(group.target) ?? '').url;
    const isOther = targetSystem !== undefined && target !== targetSystem;
    return (source !== system && source !== '') || isOther ? [] : unmapped(group, target, code);
  });
}

const isFor = ({ target }: Mapping, wanted: string | undefined) =>
  wanted === undefined || target.system === wanted;

const translated = (row: Mapping): Translated => ({
  ...row.target,
  ...(row.targetCode === undefined ? {} : { code: row.targetCode }),
  ...(row.targetDisplay === undefined ? {} : { display: row.targetDisplay }),
  ...{ relationship: row.relationship, row },
});

/** `group.unmapped` (https://hl7.org/fhir/R5/conceptmap.html): fixed, or the source's own code. */
function unmapped(group: Json, system: string, source: string): readonly Translated[] {
  const rule = group.unmapped as Json | undefined;
  const mode = textOf(rule?.mode);
  const display = textOf(rule?.display);
  const fixed = textOf(rule?.code);
  const relationship = (textOf(rule?.relationship) ?? 'related-to') as Relationship;
  const shown = display === undefined ? {} : { display };
  if (mode === 'fixed' && fixed !== undefined)
    return [{ system, code: fixed, relationship, ...shown }];
  if (mode === 'provided' || mode === 'use-source-code')
    return [{ system, code: source, relationship: 'equivalent' }];
  return [];
}

export const isMatch = ({ code, relationship }: Translated) =>
  code !== undefined && relationship !== 'not-related-to';

/** Says of a map that it may be read from target to source. */
export const reversibleUrl = 'urn:plexus:concept-map-reversible';

/**
 * Whether a row may be read backwards: its map declares so, or it says that both mean the same and
 * no other source leads to this target.
 */
export function isReversible(
  map: ConceptMap,
  { relationship, targetCode, target }: Mapping,
): boolean {
  const declared = listOf(map.resource.extension).find(({ url }) => url === reversibleUrl);
  if (valueIn(declared) === true) return true;
  return (
    relationship === 'equivalent' &&
    targetCode !== undefined &&
    new Set(map.to(target.system, targetCode).map(({ source, code }) => `${source.system}|${code}`))
      .size === 1
  );
}

const reversed: Readonly<Record<Relationship, Relationship>> = {
  'related-to': 'related-to',
  equivalent: 'equivalent',
  'source-is-narrower-than-target': 'source-is-broader-than-target',
  'source-is-broader-than-target': 'source-is-narrower-than-target',
  'not-related-to': 'not-related-to',
};

export const backwards = (relationship: Relationship): Relationship => reversed[relationship];

/** The word of R4 for a relationship; it says what the target is. */
export const equivalenceOf: Readonly<Record<Relationship, string>> = {
  'related-to': 'relatedto',
  equivalent: 'equivalent',
  'source-is-narrower-than-target': 'wider',
  'source-is-broader-than-target': 'narrower',
  'not-related-to': 'unmatched',
};
