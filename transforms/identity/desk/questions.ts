import { identityRefusal, type RefusalCode } from '../errors.ts';
import type { Governed } from '../policy/index.ts';
import type { ReviewState } from '../registry/index.ts';
import type { Calls, DeskVerb, orderVerbs } from './calls.ts';
import { crossReference } from './cross-reference.ts';
import { matches } from './match.ts';
import { viewOf } from './patient.ts';
import type { Reading } from './reading.ts';
import { searchPersons } from './search.ts';
import { explainRecords, historyOf, labelsAfter, personStory } from './stories.ts';

/** How the store is asked. */
export type Ask = {
  /** Undefined while nobody has been identified. */
  open(): Reading | undefined;
  /** In one snapshot; `nobody` answers while there is no store. */
  about<Out>(question: (reading: Reading) => Out, nobody: () => Out): Out;
};

type Question = Exclude<DeskVerb, (typeof orderVerbs)[number]>;

/** Where nobody is known, nobody has this number. */
const unknown = (code: RefusalCode) => (): never => {
  throw identityRefusal(code);
};
const nobodyHasId = unknown('identity-unknown-person');

export function questions({ open, about }: Ask, governed: () => Governed): Calls<Question> {
  return {
    match: (asked) =>
      about(
        (reading) => matches(reading, governed(), asked),
        () => [],
      ),
    crossReference: (asked) =>
      about(
        (reading) => crossReference(reading, asked),
        () => crossReference(undefined, asked),
      ),
    search: async (asked) => {
      const reading = open();
      return reading === undefined ? [] : searchPersons(reading, asked);
    },
    views: ({ ids }) =>
      about(
        (reading) =>
          ids.flatMap((id) => {
            const no = reading.registry.anchored(id);
            if (no === undefined) return [];
            return [viewOf(reading, no, governed().governance.survivorship)];
          }),
        () => [],
      ),
    person: ({ id }) => about((reading) => personStory(reading, governed(), id), nobodyHasId),
    explain: ({ a, b }) =>
      about(
        (reading) => explainRecords(reading, governed(), [a, b]),
        unknown('identity-unknown-record'),
      ),
    history: ({ of }) => about((reading) => historyOf(reading, of), nobodyHasId),
    reviews: (page) =>
      about(
        ({ registry }) => registry.openReviews(page).map(blind),
        () => [],
      ),
    reviewCounts: () =>
      about(
        ({ registry }) => registry.reviewCounts(),
        () => [],
      ),
    reviewCase: ({ review }) =>
      about(({ registry }) => registry.reviewCase(review), unknown('identity-unknown-review')),
    auditRate: () =>
      about(({ registry }) => registry.auditRate(), unknown('identity-unknown-review')),
    labels: (page) =>
      about(
        (reading) => labelsAfter(reading, page),
        () => [],
      ),
  };
}

/** A blind sample looks like any other pair, or it is judged otherwise. */
const blind = (review: ReviewState): ReviewState =>
  review.kind === 'audit' ? { ...review, kind: 'match' } : review;
