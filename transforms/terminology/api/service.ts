import type { Knowledge } from '../knowledge.ts';
import type { About } from '../operations/index.ts';

/** What the HTTP face of terminology is made of; `bin/` fills it. */
export type TerminologyServiceOptions = {
  /** As it is now: a release may have been published since the last question. */
  readonly knowledge: () => Knowledge;
  /** Microseconds since the epoch. */
  readonly nowUs: () => number;
  readonly about: About;
  readonly bug: (cause: unknown) => void;
};
