import { randomBytes } from 'node:crypto';

/** What a search has found, kept for its next pages under a name that says nothing. */
export type Found = {
  readonly persons: readonly string[];
  /** Authorities whose numbers are shown; undefined: all. */
  readonly domains: readonly string[] | undefined;
  /** The search as it was understood. */
  readonly self: string;
  readonly principal: string;
};

export type Pages = {
  keep(found: Found): string;
  /** Undefined when it is too long ago. */
  find(token: string, principal: string): Found | undefined;
};

const keptMax = 200;
const keptUs = 600_000_000;

/** Searches of the last ten minutes, the newest 200. */
export function createPages(nowUs: () => number): Pages {
  const kept = new Map<string, { readonly found: Found; readonly untilUs: number }>();
  return {
    keep(found) {
      const token = randomBytes(16).toString('hex');
      if (kept.size >= keptMax)
        for (const oldest of [...kept.keys()].slice(0, 1)) kept.delete(oldest);
      kept.set(token, { found, untilUs: nowUs() + keptUs });
      return token;
    },
    find(token, principal) {
      const one = kept.get(token);
      if (one === undefined || one.found.principal !== principal) return undefined;
      if (one.untilUs >= nowUs()) return one.found;
      kept.delete(token);
      return undefined;
    },
  };
}
