import { identityRefusal } from '../errors.ts';
import type { ReviewOutcome, StoredEvent } from '../events.ts';
import type { Survivorship } from '../policy/index.ts';
import type {
  IdentityRegistry,
  Merge,
  Occasion,
  Parting,
  Reviewed,
  Unmerged,
} from '../registry/index.ts';
import { type Named, recordNamed } from './naming.ts';
import { type PersonView, viewOf } from './patient.ts';
import type { Writing } from './writing.ts';

/** Who orders what, when, and why; kept for ever with what it changed. */
export type Steward = {
  readonly by: string;
  /** A second person who agrees, where a veto speaks against it. */
  readonly second?: string;
  readonly reason: string;
  /** Microseconds since the epoch. */
  readonly atUs: number;
};

export type MergeOrder = Steward & {
  readonly survivor: Named;
  readonly absorbed: Named;
  /** Only says what would be; nothing is written. */
  readonly preview?: boolean;
};

export type UnmergeOrder = Steward & {
  /** What this restores is as if the merge had never been; without it, the two never meet again. */
  readonly undo?: boolean;
} & (
    | { readonly merge: number }
    /** Without records: the newest merge of this person that still holds. */
    | { readonly person: Named; readonly records?: readonly Named[] }
  );

export type DecideOrder = Steward & {
  readonly review: number;
  readonly outcome: ReviewOutcome;
  /** Of several candidates, the one that it is about. */
  readonly chosen?: Named;
};

const occasionOf = ({ by, second, reason, atUs }: Steward): Occasion => ({
  atUs,
  cause: { kind: 'steward', by, reason, ...(second === undefined ? {} : { second }) },
});

/** A merge, and the one person afterwards. */
export type Merged = Merge & { readonly view: PersonView };

/** Throws what `merge` of the registry throws, and what `recordNamed` does. */
export function mergePersons(writing: Writing, given: MergeOrder, rules: Survivorship): Merged {
  const a = recordNamed(writing, given.survivor);
  const b = recordNamed(writing, given.absorbed);
  const merge = writing.registry.merge(a, b, 'order', occasionOf(given));
  return { ...merge, view: viewOf(writing, a, rules) };
}

/** Throws what `unmerge` of the registry throws, and what `recordNamed` does. */
export function unmergePersons(writing: Writing, given: UnmergeOrder): Unmerged {
  const { registry } = writing;
  const options = { undo: given.undo === true };
  return registry.unmerge(partingOf(writing, given), occasionOf(given), options);
}

function partingOf(writing: Writing, given: UnmergeOrder): Parting {
  if ('merge' in given) return { merge: given.merge };
  const person = writing.registry.personOf(recordNamed(writing, given.person));
  const { records = [] } = given;
  if (records.length > 0)
    return { person, records: records.map((one) => recordNamed(writing, one)) };
  const newest = standingMerges(writing.registry, person).at(-1);
  if (newest === undefined) throw identityRefusal('identity-not-merged');
  return { merge: newest };
}

/** Numbers of the merges of this person whose two sides are still one. */
function standingMerges(registry: IdentityRegistry, person: string): readonly number[] {
  const isStanding = (event: StoredEvent) =>
    event.type === 'merged' && registry.personOf(event.a) === registry.personOf(event.b);
  return registry
    .history(person)
    .filter(isStanding)
    .map(({ seq }) => seq);
}

/** Throws what `review` of the registry throws, and what `recordNamed` does. */
export function decideReview(writing: Writing, given: DecideOrder): Reviewed {
  const { review, outcome, chosen } = given;
  const about = chosen === undefined ? {} : { chosen: recordNamed(writing, chosen) };
  return writing.registry.review({ review, outcome, ...about }, occasionOf(given));
}
