import type { Issue } from './issue.ts';

/**
 * Judges whole resources: not what one message says of a resource, but what the resource would be
 * with it. `bin/` and the stage `validate` fill it; the machine knows nothing of what it looks at.
 */
export type Gate = {
  /** The stage in whose name it judges: what it refuses is held there. */
  readonly stage: string;
  /** Never throws for what a resource may hold. */
  judge(resource: unknown, about?: { readonly profiles?: readonly string[] }): Judgement;
  /** Ends what it holds open; who opened it MUST call this, and nobody asks it afterwards. */
  close(): void;
};

export type Judgement = {
  /** What is wrong; errors keep the resource out, the rest goes along. */
  readonly issues: readonly Issue[];
  /** What could not be checked: neither right nor wrong, and never passed in silence. */
  readonly unchecked: readonly Issue[];
};
