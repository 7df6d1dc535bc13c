import type {
  AuditRate,
  LabelledPair,
  ReviewCase,
  ReviewCount,
  Reviewed,
  ReviewState,
  Unmerged,
} from '../registry/index.ts';
import type { CrossQuestion, CrossReference } from './cross-reference.ts';
import type { Match, MatchQuestion } from './match.ts';
import type { Named } from './naming.ts';
import type { DecideOrder, Merged, MergeOrder, UnmergeOrder } from './orders.ts';
import type { PersonView } from './patient.ts';
import type { SearchQuestion } from './search.ts';
import type { historyOf, PersonStory, Told } from './stories.ts';

type Page = { readonly after: number; readonly limit: number };

/**
 * All that can be asked of identity and ordered, by name: what goes in and what comes out, plain
 * values that JSON can carry. The HTTP API, the command line and the worker thread between them
 * are faces of this one list.
 */
export type DeskCalls = {
  match(question: MatchQuestion): readonly Match[];
  crossReference(question: CrossQuestion): CrossReference;
  search(question: SearchQuestion): readonly string[];
  /** Golden records of persons, those that are still there. */
  views(question: { readonly ids: readonly string[] }): readonly PersonView[];
  person(question: { readonly id: string }): PersonStory;
  explain(question: { readonly a: Named; readonly b: Named }): Told;
  history(question: { readonly of: Named }): ReturnType<typeof historyOf>;
  reviews(page: Page): readonly ReviewState[];
  reviewCounts(question: object): readonly ReviewCount[];
  reviewCase(question: { readonly review: number }): ReviewCase;
  auditRate(question: object): AuditRate;
  labels(page: Page): readonly LabelledPair[];
  merge(order: MergeOrder): Merged;
  unmerge(order: UnmergeOrder): Unmerged;
  decide(order: DecideOrder): Reviewed;
};

export type DeskVerb = keyof DeskCalls;
export type DeskInput<Verb extends DeskVerb> = Parameters<DeskCalls[Verb]>[0];
export type DeskOutput<Verb extends DeskVerb> = ReturnType<DeskCalls[Verb]>;

/** A call may take turns with others. */
export type Calls<Verb extends DeskVerb> = {
  [Each in Verb]: (input: DeskInput<Each>) => DeskOutput<Each> | Promise<DeskOutput<Each>>;
};

/** Where questions are asked and orders given, wherever the work is done. */
export type Desk = {
  /** Throws PlexusError with the codes of `errors.ts`, and `identity-busy`. */
  ask<Verb extends DeskVerb>(verb: Verb, input: DeskInput<Verb>): Promise<DeskOutput<Verb>>;
  /** Reads policy and model again. */
  renew(): void;
  close(): Promise<void>;
};

/** The verbs that change something; the others only look. */
export const orderVerbs = ['merge', 'unmerge', 'decide'] as const satisfies readonly DeskVerb[];
