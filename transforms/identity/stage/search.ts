import { type Added, eachContactKey } from '../block/index.ts';
import type { Prepared } from '../compare/index.ts';
import type { AssessmentContext, Candidate, Decision, Judgement, Member } from '../decide/index.ts';
import type { RecordNo } from '../events.ts';
import { answer, type Observed, type Question } from '../policy/index.ts';
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
  /** What a candidate policy said; absent when none was asked. */
  readonly shadow?: Observed['kind'];
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
  const { index, people, registry, ruling } = store;
  const prepared = people.of(record);
  const found = index.add(record, blockedBy(prepared));
  const candidates = candidatesOf(store, record, prepared, found.records);
  if (candidates.length === 0) return { verdict: 'distinct', found, vetoes: [], reviews: 0 };
  const companions = registry.membersOf(record).flatMap((no) => memberUnless(store, record, no));
  const subject = { record: { record, prepared }, companions };
  const question = { subject, candidates, context: contextOf(store, prepared) };
  const decision = answer(ruling, question);
  const { link, reviews } = decision;
  const judged = link === undefined ? reviews : [link, ...reviews];
  const isLinked = link !== undefined && mayLink && linkTo(store, question, link, on);
  const queued = queueReviews(store, record, isLinked ? reviews : judged, on);
  const shadow = observe(store, question, decision, on);
  return {
    ...(shadow === undefined ? {} : { shadow }),
    verdict: isLinked ? 'auto' : queued > 0 ? 'review' : 'distinct',
    found,
    vetoes: judged.flatMap(({ best }) => best.assessment.vetoes.map(({ id }) => id)),
    reviews: queued,
  };
}

/** What the candidate policy would have said is kept and counted, and nothing comes of it. */
function observe(
  { shadow, shadowLog, tally }: IdentityStore,
  question: Question,
  decision: Decision,
  { atUs }: Occasion,
): Observed['kind'] | undefined {
  if (shadow === undefined) return undefined;
  const observed = shadow.observe(question, decision);
  tally.count('shadow', observed.kind);
  if (observed.kind === 'disagrees') shadowLog?.note(atUs, observed.found);
  return observed.kind;
}

const memberUnless = ({ people }: IdentityStore, self: RecordNo, no: RecordNo): Member[] =>
  no === self ? [] : [{ record: no, prepared: people.of(no) }];

/** The persons with a record that could be the same; who scores too low is not thought about. */
function candidatesOf(
  { people, registry, ruling }: IdentityStore,
  record: RecordNo,
  prepared: Prepared,
  found: readonly RecordNo[],
): Candidate[] {
  const { anchor } = registry.record(record);
  const { policy, scorer } = ruling;
  const { low } = policy.thresholds;
  const likely = new Set<RecordNo>();
  const sketch = scorer.ceiling === undefined ? undefined : people.sketchOf(record);
  for (const no of found) {
    // Most who share a key are somebody else, which can be told without reading who they are.
    const another = sketch === undefined ? undefined : people.sketchOf(no);
    if (another !== undefined && scorer.ceiling!(sketch!, another) < low) continue;
    const other = registry.record(no).anchor;
    if (other === anchor || likely.has(other)) continue;
    if (scorer.score(prepared, people.of(no)).p >= low) likely.add(other);
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

/** Is an address or a number of this record one that very many share? */
export function contextOf(
  { index }: Pick<IdentityStore, 'index'>,
  prepared: Prepared,
): AssessmentContext {
  let isPlaceCrowded = false;
  let isContactCrowded = false;
  eachContactKey(prepared, (rule, key) => {
    if (rule === 'address-line') isPlaceCrowded ||= index.isCrowded(key, householdRecordsMax);
    else isContactCrowded ||= index.isCrowded(key, householdRecordsMax);
  });
  return { isPlaceCrowded, isContactCrowded };
}

/** Writes the link with every pair that passed, so that the evidence outlives an unmerge. */
function linkTo(
  { registry, ruling, model, policy }: IdentityStore,
  { subject, candidates }: Question,
  { person, best }: Judgement,
  on: Occasion,
): boolean {
  const { members } = candidates.find((one) => one.person === person)!;
  const score = { assessment: best.assessment, verdict: 'auto', model, policy };
  const links: Link[] = [];
  for (const own of [subject.record, ...subject.companions])
    for (const member of members) {
      const { weight } = ruling.scorer.score(own.prepared, member.prepared);
      const isBest = best.a === own.record && best.b === member.record;
      const link = { ...olderFirst(own.record, member.record), weight };
      links.push(isBest ? { ...link, score } : link);
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
