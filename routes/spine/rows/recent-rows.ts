import type { ContributionRow } from './packing.ts';

/**
 * Characters of unpacked rows that are kept: the histories of a patient's resources lie in the same
 * packs, and a late message reads them all.
 */
const charactersMax = 8 * 1024 * 1024;
/** A row's numbers weigh about as much as this many characters. */
const rowCharacters = 200;

/** Contributions that were read a moment ago, by their numbers; written once, they never change. */
export function recentRows() {
  let young = new Map<number, ContributionRow>();
  let old = new Map<number, ContributionRow>();
  let characters = 0;
  return {
    get: (row: number): ContributionRow | undefined => young.get(row) ?? old.get(row),
    put(rows: readonly ContributionRow[]): void {
      for (const one of rows) {
        young.set(one.row, one);
        characters += rowCharacters + (one.text?.length ?? 0) + (one.own?.length ?? 0);
      }
      if (characters <= charactersMax / 2) return;
      old = young;
      young = new Map();
      characters = 0;
    },
  };
}
