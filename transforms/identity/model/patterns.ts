import { comparisonNames } from '../assessment.ts';
import { comparisonLevels, levelNo, nullLevel } from '../compare/index.ts';

const radices = comparisonNames.map((name) => comparisonLevels[name].length + 1);

const familyAt = comparisonNames.indexOf('family');
const familySwapped = levelNo('family', 'swapped');

/** An exchange of both names is one observation: the given name says it, the surname is silent. */
export const heard = (at: number, level: number): number =>
  at === familyAt && level === familySwapped ? nullLevel : level;

/** What a steward said of a pair: nothing, that it is one person, that it is two. */
export const labelKinds = ['none', 'same', 'different'] as const;
export type Label = (typeof labelKinds)[number];

/** How often each vector of levels was seen: millions of pairs are some thousand patterns. */
export type Patterns = {
  /** The vectors; one stands several times where stewards said different things of it. */
  readonly levels: readonly Int8Array[];
  readonly labels: readonly Label[];
  readonly counts: Float64Array;
  readonly pairs: number;
};

/** Counts vectors of levels. */
export function patternCounter() {
  const counts = new Map<number, number>();
  let pairs = 0;
  return {
    add(levels: Int8Array, label: Label = 'none'): void {
      let code = 0;
      for (let at = 0; at < radices.length; at += 1)
        code = code * radices[at]! + heard(at, levels[at]!) + 1;
      code = code * labelKinds.length + labelKinds.indexOf(label);
      counts.set(code, (counts.get(code) ?? 0) + 1);
      pairs += 1;
    },
    /** In the order of their codes, so that sums do not depend on who came first. */
    patterns(): Patterns {
      const codes = [...counts.keys()].toSorted((a, b) => a - b);
      const found = Float64Array.from(codes, (code) => counts.get(code) ?? 0);
      const labels = codes.map((code) => labelKinds[code % labelKinds.length]!);
      const levels = codes.map((code) => levelsOf(Math.floor(code / labelKinds.length)));
      return { levels, labels, counts: found, pairs };
    },
  };
}

function levelsOf(code: number): Int8Array {
  const levels = new Int8Array(radices.length).fill(nullLevel);
  let rest = code;
  for (let at = radices.length - 1; at >= 0; at -= 1) {
    levels[at] = (rest % radices[at]!) - 1;
    rest = Math.floor(rest / radices[at]!);
  }
  return levels;
}
