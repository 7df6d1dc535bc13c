import { prepare } from '../compare/index.ts';
import { type Candidate, decide, type Judgement, type Member } from '../decide/index.ts';
import type { RecordNo } from '../events.ts';
import { normalisePerson } from '../normalise/index.ts';
import type { Governed } from '../policy/index.ts';
import { blockedBy, contextOf, rawPatient } from '../stage/index.ts';
import { type Json, type PersonView, viewOf } from './patient.ts';
import type { Reading } from './reading.ts';

export type MatchQuestion = {
  /** A FHIR Patient, as much of it as is known. */
  readonly patient: Json;
  readonly onlyCertain: boolean;
  readonly count: number;
};

/** http://hl7.org/fhir/ValueSet/match-grade */
export type MatchGrade = 'certain' | 'probable' | 'possible' | 'certainly-not';

export type Match = {
  readonly view: PersonView;
  readonly grade: MatchGrade;
  /** Calibrated probability of the best pair, 0..1. */
  readonly score: number;
};

/** The asked one has no record: no record has this number. */
const nobody: RecordNo = 0;

/**
 * Who the patient may be, likeliest first, judged by the code and the policy that judge a message.
 * `certain` is what would be linked without a person looking; `probable` scores as high, but
 * something else speaks against a link (a second candidate, too few kinds of evidence);
 * `possible` is what a steward would be asked; `certainly-not` is whom a steward has told apart
 * from the record that the patient's own number names. Who would not even be asked about is not
 * shown: a stranger's record is nobody's business.
 */
export function matches(
  reading: Reading,
  { ruling, governance }: Governed,
  { patient, onlyCertain, count }: MatchQuestion,
): readonly Match[] {
  const { registry, index, people } = reading;
  const prepared = prepare(normalisePerson(rawPatient(patient)));
  const own = prepared.record.identifiers.flatMap(
    ({ system, value }) => registry.recordOf(system, value) ?? [],
  );
  const found = new Set([...index.find(blockedBy(prepared)).records, ...own]);
  const { policy, scorer } = ruling;
  const likely = new Map<RecordNo, RecordNo>();
  for (const no of found) {
    const { anchor } = registry.record(no);
    if (scorer.score(prepared, people.of(no)).p >= policy.thresholds.low) likely.set(anchor, no);
  }
  const member = (record: RecordNo): Member => ({ record, prepared: people.of(record) });
  const candidates = [...likely.values()].map((no): Candidate => {
    const members = registry.membersOf(no);
    const isBarred = own.some((one) => members.some((other) => registry.mayNotLink(one, other)));
    return { person: registry.personOf(no), members: members.map(member), isBarred };
  });
  const subject = { record: { record: nobody, prepared }, companions: [] };
  const context = contextOf(reading, prepared);
  const { link, reviews } = decide(policy, scorer, subject, candidates, context);
  const graded = [
    ...(link === undefined ? [] : [{ judgement: link, grade: 'certain' as const }]),
    ...reviews.map((judgement) => ({ judgement, grade: gradeOf(judgement, policy.thresholds) })),
  ];
  return graded
    .filter(({ grade }) => !onlyCertain || grade === 'certain')
    .slice(0, count)
    .map(({ judgement, grade }) => ({
      view: viewOf(reading, judgement.best.b, governance.survivorship),
      grade,
      score: judgement.best.assessment.p,
    }));
}

function gradeOf({ reasons, best }: Judgement, { high }: { readonly high: number }): MatchGrade {
  if (reasons.includes('do-not-link')) return 'certainly-not';
  const { p, vetoes } = best.assessment;
  return p >= high && vetoes.length === 0 ? 'probable' : 'possible';
}
