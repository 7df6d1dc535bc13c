import { type Added, eachKey, hash52 } from '../block/index.ts';
import type { Prepared } from '../compare/index.ts';
import {
  type AssessmentContext,
  type Candidate,
  type Decision,
  decide,
  explainPair,
  type Judgement,
  type Member,
} from '../decide/index.ts';
import type { RecordNo } from '../events.ts';
import type { Link, Occasion } from '../registry/index.ts';
import { blockedBy } from './people.ts';
import type { IdentityStore } from './store.ts';

/** What looking for the person of a record came to. */
export type Searched = {
  readonly verdict: Decision['verdict'];
  readonly found: Added;
  /** Ids of the vetoes that kept somebody apart. */
  readonly vetoes: readonly string[];
  readonly reviews: number;
};

/**
 * Looks for others who are the same person as this record, and links or queues as the policy
 * decides. `mayLink` false: only reviews, whatever the score.
 */
export function search(
  store: IdentityStore,
  record: RecordNo,
  on: Occasion,
  mayLink: boolean,
): Searched {
  const { index, people, registry, rules, scorer } = store;
  const prepared = people.of(record);
  const found = index.add(record, blockedBy(prepared));
  const candidates = candidatesOf(store, record, prepared, found.records);
  if (candidates.length === 0) return { verdict: 'distinct', found, vetoes: [], reviews: 0 };
  const companions = registry.membersOf(record).flatMap((no) => memberUnless(store, record, no));
  const subject = { record: { record, prepared }, companions };
  const context = contextOf(store, prepared);
  const decision = decide(rules, scorer, subject, candidates, context);
  const judged =
    decision.link === undefined ? decision.reviews : [decision.link, ...decision.reviews];
  const vetoes = judged.flatMap(({ best }) => best.assessment.vetoes.map(({ id }) => id));
  const isLinked =
    decision.link !== undefined &&
    mayLink &&
    linkTo(store, subject, decision.link, candidates, context, on);
  const asked = isLinked ? decision.reviews : judged;
  const reviews = queueReviews(store, record, asked, on);
  const verdict = isLinked ? 'auto' : reviews > 0 ? 'review' : 'distinct';
  return { verdict, found, vetoes, reviews };
}

const memberUnless = ({ people }: IdentityStore, self: RecordNo, no: RecordNo): Member[] =>
  no === self ? [] : [{ record: no, prepared: people.of(no) }];

/** The persons with a record that could be the same; who scores too low is nobody to think about. */
function candidatesOf(
  { people, registry, rules, scorer }: IdentityStore,
  record: RecordNo,
  prepared: Prepared,
  found: readonly RecordNo[],
): Candidate[] {
  const { anchor } = registry.record(record);
  const likely = new Set<RecordNo>();
  for (const no of found) {
    const other = registry.record(no).anchor;
    if (other === anchor || likely.has(other)) continue;
    if (scorer.score(prepared, people.of(no)).p >= rules.thresholds.low) likely.add(other);
  }
  return [...likely].map((other) => {
    const members = registry
      .membersOf(other)
      .map((no) => ({ record: no, prepared: people.of(no) }));
    const own = registry.membersOf(record);
    const isBarred = own.some((one) =>
      members.some((member) => registry.mayNotLink(one, member.record)),
    );
    return { person: registry.personOf(other), members, isBarred };
  });
}

/** An address or a phone of more records than this is no household's. */
const householdRecordsMax = 16;

function contextOf({ index }: IdentityStore, prepared: Prepared): AssessmentContext {
  let isPlaceCrowded = false;
  let isContactCrowded = false;
  eachKey(prepared, (rule, text) => {
    if (rule === 'address-line')
      isPlaceCrowded ||= index.isCrowded(hash52(text), householdRecordsMax);
    if (rule === 'phone' || rule === 'email')
      isContactCrowded ||= index.isCrowded(hash52(text), householdRecordsMax);
  });
  return { isPlaceCrowded, isContactCrowded };
}

/** Writes the link with every pair that passed, so that the evidence outlives an unmerge. */
function linkTo(
  { registry, rules, scorer, model, policy }: IdentityStore,
  subject: { readonly record: Member; readonly companions: readonly Member[] },
  { person, best }: Judgement,
  candidates: readonly Candidate[],
  context: AssessmentContext,
  on: Occasion,
): boolean {
  const { members } = candidates.find((one) => one.person === person)!;
  const links: Link[] = [];
  for (const own of [subject.record, ...subject.companions])
    for (const member of members) {
      const { p: _p, ...pair } = explainPair(rules, scorer, own.prepared, member.prepared, context);
      const isBest = best.a === own.record && best.b === member.record;
      const score = { assessment: best.assessment, verdict: 'auto', model, policy };
      links.push({
        ...olderFirst(own.record, member.record),
        weight: pair.weight,
        ...(isBest ? { score } : {}),
      });
    }
  return registry.link(links, 'auto', on).kind === 'linked';
}

/** The person who was known first keeps the name. */
const olderFirst = (one: RecordNo, other: RecordNo) =>
  one < other ? { a: one, b: other } : { a: other, b: one };

/** More than these are put before the steward as one list. */
const singleReviewsMax = 5;

function queueReviews(
  store: IdentityStore,
  record: RecordNo,
  judged: readonly Judgement[],
  on: Occasion,
): number {
  const { registry } = store;
  // A steward has said already that this record is somebody else.
  const open = judged.filter(({ best }) => !registry.mayNotLink(record, best.b));
  const several = open.filter(({ reasons }) => reasons.includes('margin'));
  const listed = open.length > singleReviewsMax ? open : several.length > 1 ? several : [];
  let queued = 0;
  if (listed.length > 0)
    queued += put(
      store,
      'two-candidates',
      record,
      listed[0]!,
      listed.map(({ best }) => best.b),
      on,
    );
  for (const one of open) {
    if (listed.includes(one)) continue;
    const kind = one.reasons.includes('vetoed') ? 'veto' : 'match';
    queued += put(store, kind, record, one, [], on);
  }
  return queued;
}

function put(
  { registry }: IdentityStore,
  kind: 'two-candidates' | 'veto' | 'match',
  a: RecordNo,
  { best, reasons }: Judgement,
  candidates: readonly RecordNo[],
  on: Occasion,
): number {
  const review = { kind, a, b: best.b, candidates, assessment: best.assessment, reasons };
  return registry.queue(review, on) === undefined ? 0 : 1;
}
