import type { Contribution } from '../../fhir/index.ts';
import type { InpatientStay, PersonRecord } from '../record.ts';
import { objectOf } from './raw-patient.ts';

/** What a message says of where and when the patient was; all instants as FHIR writes them. */
export type Contacts = {
  readonly stays: readonly StaySaid[];
  /** ISO date of the latest contact that a living person must have had. */
  readonly lastActive: string | undefined;
};

export type StaySaid = {
  readonly facility: string;
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** It never was: cancelled, or entered in error. */
  readonly isVoid: boolean;
};

export const noContacts: Contacts = { stays: [], lastActive: undefined };

/** Inpatient (http://terminology.hl7.org/CodeSystem/v3-ActCode): in a bed, so nowhere else. */
const inpatient = new Set(['IMP', 'ACUTE', 'NONAC']);
const voids = new Set(['cancelled', 'entered-in-error']);
/** Not in the bed yet. */
const ahead = new Set(['planned', 'arrived', 'triaged']);

/**
 * Encounters and specimens of one patient. `facility` names whose encounters these are: a record is
 * of one source, and a source that runs several hospitals knows itself where its patients lie.
 */
export function contactsOf(
  contributions: readonly Contribution[],
  reference: string,
  facility: string,
): Contacts {
  let stays: StaySaid[] | undefined;
  let lastActive: string | undefined;
  const sawThem = (time: unknown) => {
    if (typeof time !== 'string' || !isDay(time)) return;
    const day = time.slice(0, 10);
    if (lastActive === undefined || day > lastActive) lastActive = day;
  };
  for (const { type, set, initial } of contributions) {
    if (type === 'Specimen' && isOf(set.subject, reference))
      sawThem(objectOf(set.collection)?.collectedDateTime);
    if (type !== 'Encounter' || !isOf(set.subject, reference)) continue;
    const { start, end } = objectOf(set.period) ?? {};
    const status = String(set.status ?? initial?.status ?? '');
    if (!voids.has(status) && status !== 'planned') sawThem(start);
    const code = objectOf(set.class)?.code;
    if (typeof code !== 'string' || !inpatient.has(code) || ahead.has(status)) continue;
    const from = typeof start === 'string' && isDay(start) ? start : undefined;
    const to = typeof end === 'string' && isDay(end) ? end : undefined;
    if (from === undefined && to === undefined) continue;
    stays ??= [];
    stays.push({ facility, from, to, isVoid: voids.has(status) });
  }
  if (stays === undefined && lastActive === undefined) return noContacts;
  return { stays: stays ?? [], lastActive };
}

const isOf = (subject: unknown, reference: string): boolean =>
  objectOf(subject)?.reference === reference;

const isDay = (time: string): boolean => /^\d{4}-\d\d-\d\d/.test(time);

/** Older stays tell nobody apart; newest first. */
const staysMax = 12;

/** The record with what the message says of its contacts. */
export function foldContacts(record: PersonRecord, contacts: Contacts): PersonRecord {
  if (contacts === noContacts) return record;
  const { lastActive } = contacts;
  const isLater = lastActive !== undefined && lastActive > (record.lastActive ?? '');
  const active = isLater ? { ...record, lastActive } : record;
  const stays = contacts.stays.reduce(addStay, record.stays ?? []);
  if (stays === record.stays || (stays.length === 0 && record.stays === undefined)) return active;
  const { stays: _before, ...rest } = active;
  return stays.length === 0 ? rest : { ...rest, stays };
}

/** A stay is known by its beginning; an end without one closes the stay that is open. */
function addStay(
  stays: readonly InpatientStay[],
  { facility, from, to, isVoid }: StaySaid,
): readonly InpatientStay[] {
  const isSame = (stay: InpatientStay) =>
    stay.facility === facility &&
    (from === undefined ? stay.to === undefined && stay.from <= (to ?? '') : stay.from === from);
  const known = stays.find(isSame);
  if (isVoid) return known === undefined ? stays : stays.filter((stay) => stay !== known);
  const start = from ?? known?.from;
  if (start === undefined) return stays;
  const end = to ?? known?.to;
  if (known !== undefined && known.from === start && known.to === end) return stays;
  const stay = { facility, from: start, ...(end === undefined ? {} : { to: end }) };
  const others = stays.filter((other) => other !== known);
  return [stay, ...others]
    .sort((one, other) => (one.from < other.from ? 1 : one.from > other.from ? -1 : 0))
    .slice(0, staysMax);
}
