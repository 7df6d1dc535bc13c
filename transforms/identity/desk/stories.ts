import type { Assessment, Verdict, VerdictReason } from '../assessment.ts';
import { explainPair, judgePair } from '../decide/index.ts';
import type { PersonId, RecordNo, StoredEvent } from '../events.ts';
import type { Governed } from '../policy/index.ts';
import type { Explanation, LabelledPair } from '../registry/index.ts';
import { contextOf } from '../stage/index.ts';
import { type Named, personNamed, recordNamed } from './naming.ts';
import { type PersonView, viewOf } from './patient.ts';
import type { Reading } from './reading.ts';

/** An event without what a source said of the person: that stands in the source's Patient. */
export type ToldEvent = Omit<StoredEvent, 'attributes' | 'fingerprint' | 'normalisation'>;

/** Why two records are one person or two: what happened, and what would be said of them now. */
export type Told = Omit<Explanation, 'events'> & {
  readonly records: readonly [RecordNo, RecordNo];
  readonly events: readonly ToldEvent[];
  readonly assessment: Assessment;
  readonly verdict: Verdict;
  readonly reasons: readonly VerdictReason[];
  /** Hashes of what governs now. */
  readonly policy: string;
  readonly model: string;
};

/** Throws what `recordNamed` throws. */
export function explainRecords(
  reading: Reading,
  { ruling, governance, model }: Governed,
  [one, other]: readonly [Named, Named],
): Told {
  const { registry, people } = reading;
  const records = [recordNamed(reading, one), recordNamed(reading, other)] as const;
  const [a, b] = [people.of(records[0]), people.of(records[1])];
  const explanation = registry.explain(...records);
  const { policy, scorer } = ruling;
  const assessment = explainPair(policy, scorer, a, b, contextOf(reading, a));
  return {
    ...{ ...explanation, records, assessment, ...judgePair(policy, assessment) },
    events: explanation.events.map(told),
    ...{ policy: governance.hash, model: model.hash },
  };
}

function told(event: StoredEvent): ToldEvent {
  if (event.type !== 'seen' && event.type !== 'changed') return event;
  const { attributes: _said, fingerprint: _print, normalisation: _version, ...rest } = event;
  return rest;
}

/** A source's file on a person, and how sure it is that it belongs there. */
export type PersonLink = {
  readonly record: RecordNo;
  readonly system: string;
  readonly value: string;
  /** Ids of the Patients of the source. */
  readonly patients: readonly string[];
  /** http://hl7.org/fhir/R4/valueset-identity-assuranceLevel.html */
  readonly assurance: 'level2' | 'level3' | 'level4';
};

export type PersonStory = {
  readonly view: PersonView;
  /** The id that was asked for belongs to a person who was absorbed. */
  readonly isAbsorbed: boolean;
  readonly links: readonly PersonLink[];
};

/** The person that an id names now. Throws `identity-unknown-person`. */
export function personStory(reading: Reading, { governance }: Governed, id: string): PersonStory {
  const { registry, crosswalk } = reading;
  const person = personNamed(reading, id);
  const anchor = registry.anchored(person)!;
  const links = registry.membersOf(anchor).map((record): PersonLink => {
    const { system, value } = registry.record(record);
    const patients = crosswalk.resourcesOf(record);
    return { ...{ record, system, value, patients }, assurance: assuranceOf(reading, record) };
  });
  const view = viewOf(reading, anchor, governance.survivorship);
  return { view, isAbsorbed: person !== id, links };
}

/** What a steward has looked at is surer than what a source says, and that than a score. */
function assuranceOf({ registry }: Reading, no: RecordNo): PersonLink['assurance'] {
  const kinds = registry.edgesOf(no).map(({ kind }) => kind);
  if (kinds.length === 0 || kinds.includes('review') || kinds.includes('order')) return 'level4';
  return kinds.includes('source') ? 'level3' : 'level2';
}

/** What happened to the records of a person. Throws what `recordNamed` throws. */
export function historyOf(
  reading: Reading,
  named: Named,
): { readonly person: PersonId; readonly events: readonly ToldEvent[] } {
  const person = reading.registry.personOf(recordNamed(reading, named));
  return { person, events: reading.registry.history(person).map(told) };
}

/** Labelled pairs of one page; `after` is the review of the last one of the page before. */
export function labelsAfter(
  { registry }: Reading,
  { after, limit }: { readonly after: number; readonly limit: number },
): readonly LabelledPair[] {
  const page: LabelledPair[] = [];
  for (const pair of registry.labelledPairs()) {
    if (pair.review <= after) continue;
    // All pairs of one review stay together.
    if (page.length >= limit && pair.review !== page.at(-1)?.review) break;
    page.push(pair);
  }
  return page;
}
