import type { Condition } from './condition.ts';
import type { Patch } from './patch.ts';
import type { Verb } from './request.ts';

/** What a FHIR sender asked for with a contribution, as far as only the store can decide it. */
export type Sent = {
  /** Whose ids these are. */
  readonly source: string;
  /** As the sender addresses the resource; the contribution's id is made of it. */
  readonly id: string;
  /** The sender wrote the id, and did not leave it to be made. */
  readonly isNamed?: true;
  /** Place in the sender's Bundle, from 0 on. */
  readonly entry: number;
  /** FHIRPath of the resource in the payload. */
  readonly path: string;
  readonly verb: Verb;
  /** The one that it finds is meant; with POST: when it finds one, nothing is created. */
  readonly search?: Condition;
  /** The version that the resource must have (If-Match). */
  readonly match?: number;
  /** The resource must not be there (If-None-Match: *). */
  readonly absent?: true;
  /** Changes to what is there; the contribution itself sets nothing. */
  readonly patch?: Patch;
  /** References by search that it holds, each once, as `Type?search`. */
  readonly seeks?: readonly string[];
};
