import type { Verdict } from '../assessment.ts';
import { eachCandidatePair, indexCandidates, type Share } from '../block/index.ts';
import type { Prepared } from '../compare/index.ts';
import { assessRelated, isBeyondRivals, isSomebodyElse, judgePair } from '../decide/index.ts';
import { baseModel, fitModel, type IdentityModel, scorerOf } from '../model/index.ts';
import type { IdentityPolicy } from '../policy/index.ts';
import { findCrowds } from './crowds.ts';
import { knownNames } from './known-names.ts';
import type { People } from './people.ts';
import { policyFor } from './shared-numbers.ts';

/** Two records that may be one person; positions in canonical order, `a` below `b`. */
export type LinkedPair = {
  readonly a: number;
  readonly b: number;
  readonly p: number;
  readonly weight: number;
  /** What would be done with these two if there were no others. */
  readonly verdict: Verdict;
  readonly vetoes: readonly string[];
  /** See `isBeyondRivals`, of a pair that may be linked. */
  readonly isBeyondRivals?: true;
  /** See `isSomebodyElse`, of a pair that a veto keeps apart. */
  readonly isSomebodyElse?: true;
};

export type Candidates = {
  /** Those at or above the low threshold, in no order. */
  readonly pairs: readonly LinkedPair[];
  readonly compared: number;
  readonly hotKeys: number;
  /** Meetings left out of blocks that stay hot in compounds of three. */
  readonly leftOut: number;
};

/** The part of a linkage that one thread does: it holds the records, and is asked about pairs. */
export type Linkage = {
  fit(): IdentityModel;
  /** Scores one share of the candidate pairs. */
  score(model: IdentityModel, share: Share, onProgress?: (done: number) => void): Candidates;
  /** Assesses given pairs, candidates or not. */
  assess(model: IdentityModel, pairs: readonly (readonly [number, number])[]): LinkedPair[];
};

export type LinkageOptions = {
  readonly policy: IdentityPolicy;
  readonly seed: number;
  /** Name of the data in the artefact. */
  readonly source: string;
};

/** Fixed for all fits on files, so that the same file gives the same answer. */
export const linkSeed = 20_240_229;

export function openLinkage(people: People, options: LinkageOptions): Linkage {
  const { seed, source } = options;
  const { prepared, secondFrom } = people;
  const policy = policyFor(prepared, options.policy);
  const isAcross = secondFrom < prepared.length;
  const crowds = findCrowds(prepared);
  const isName = knownNames(prepared);

  const judge = (model: IdentityModel) => {
    const scorer = scorerOf(model);
    return (a: number, b: number): LinkedPair | undefined => {
      const [x, y] = [prepared[a] as Prepared, prepared[b] as Prepared];
      const { p, weight } = scorer.score(x, y);
      if (p < policy.thresholds.low) return undefined;
      const context = { ...crowds.contextOf(x, y), isName };
      const { assessment, pair } = assessRelated(policy, scorer, x, y, context);
      const { verdict } = judgePair(policy, assessment);
      const vetoes = assessment.vetoes.map(({ id }) => id);
      return {
        ...{ a, b, p, weight, verdict, vetoes },
        ...(verdict === 'auto' && isBeyondRivals(pair) ? { isBeyondRivals: true } : {}),
        ...(vetoes.length > 0 && isSomebodyElse(pair) ? { isSomebodyElse: true } : {}),
      };
    };
  };

  return {
    fit: () => fitModel(prepared, { source, seed, base: baseModel(), secondFrom }),
    score(model, share, onProgress) {
      const judged = judge(model);
      const index = indexCandidates(prepared);
      const pairs: LinkedPair[] = [];
      let compared = 0;
      const each = (a: number, b: number) => {
        if (isAcross && a < secondFrom === b < secondFrom) return;
        compared += 1;
        const pair = judged(a, b);
        if (pair !== undefined) pairs.push(pair);
      };
      const leftOut = eachCandidatePair(index, share, each, onProgress);
      return { pairs, compared, hotKeys: index.hotKeys, leftOut };
    },
    assess(model, pairs) {
      const judged = judge(model);
      return pairs.flatMap(([a, b]) => judged(a, b) ?? []);
    },
  };
}
