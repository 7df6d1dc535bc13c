import type { ComparisonName } from '../assessment.ts';

/**
 * The named levels of each comparison, the strongest first; a level that nothing above it fits.
 * `null` is no level: it is -1, and never evidence. Raised with `comparisonVersion`.
 */
export const comparisonLevels = {
  given: [
    'exact',
    'jaro-winkler-92',
    'nickname',
    'jaro-winkler-85',
    'phonetic',
    'middle',
    'initial',
    'jaro-winkler-75',
    'swapped',
    'different',
  ],
  family: [
    'exact',
    'jaro-winkler-92',
    'part',
    'jaro-winkler-85',
    'phonetic',
    'jaro-winkler-75',
    'swapped',
    'different',
  ],
  middle: ['exact', 'jaro-winkler-85', 'initial', 'different'],
  birthDate: [
    'exact',
    'swapped-day-month',
    'one-edit',
    'near',
    'year-and-month',
    'day-and-month',
    'two-edits',
    'year',
    'different',
  ],
  sex: ['same', 'different'],
  address: [
    'exact',
    'line-and-place',
    'line-near-place',
    'line',
    'street-and-place',
    'postal-code-and-city',
    'postal-code',
    'city',
    'different',
  ],
  phone: ['exact', 'one-edit', 'different'],
  email: ['exact', 'one-edit', 'similar', 'different'],
  identifier: ['exact', 'one-edit', 'two-edits', 'different'],
} as const satisfies Record<ComparisonName, readonly string[]>;

/** Raised whenever `compare` gives another level for the same two records. */
export const comparisonVersion = 1;

/** Position of a level within its comparison. */
export function levelNo<C extends ComparisonName>(
  comparison: C,
  level: (typeof comparisonLevels)[C][number],
): number {
  return (comparisonLevels[comparison] as readonly string[]).indexOf(level);
}

/** A side is unknown. */
export const nullLevel = -1;

/** A set of levels of one comparison as bits: 0 for null, `level + 1` for a level. */
export const levelSet = (level: number): number => 1 << (level + 1);
