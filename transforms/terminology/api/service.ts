import type { Knowledge, Release, ResourceType } from '../knowledge.ts';
import type { About, ClosureTables } from '../operations/index.ts';

/** What the HTTP face of terminology is made of; `bin/` fills it. */
export type TerminologyServiceOptions = {
  /** As it is now: a release may have been published since the last question. */
  readonly knowledge: () => Knowledge;
  /** A release as the text of its FHIR resource, in pieces; undefined when there is none. */
  readonly document: (type: ResourceType, release: Release) => Iterable<string> | undefined;
  /** Where it is mounted, `/fhir`: what an answer's addresses begin with; '' unless told. */
  readonly basePath?: string;
  /** The closure tables of those who ask. */
  readonly closures: ClosureTables;
  /** Microseconds since the epoch. */
  readonly nowUs: () => number;
  readonly about: About;
  readonly bug: (cause: unknown) => void;
  /** A question got 503: the store, or the closure tables, cannot be used. */
  readonly unavailable: (code: string) => void;
};
