// What of HL7's tables the base leaves on purpose, each with its reason: whole maps, and rows.
import type { Row } from './tables.ts';

/** Maps that the base does not use, by a pattern of their name (`MSH[MessageHeader]`). */
const maps: readonly (readonly [RegExp, string])[] = [
  [/\[Provenance/, 'the store keeps the origin of each version itself, beside the resource'],
  [/\[MessageHeader\]|\[Bundle\]/, 'the journal keeps the envelope; the Bundle is a transaction'],
  [/^SFT\[/, 'the software of the sender says nothing of a patient'],
];

/** Rows of a map, by the field that they are about. */
const of =
  (map: string, source: string) =>
  (row: Row): boolean =>
    row.map === map && row.source === source;

const rows: readonly (readonly [(row: Row) => boolean, string])[] = [
  [
    of('RXA[Immunization]', 'RXA-28'),
    'places are named, by identifier and display; an address would need a Location of its own',
  ],
  [
    of('ORC[MedicationAdministration]', 'ORC-1'),
    'R4 has no extension businessEvent; the status says what the order control means',
  ],
  [
    of('TQ1[MedicationRequest]', 'TQ1-4'),
    'a time of day is no date and time: it becomes timing.repeat.timeOfDay',
  ],
  [
    of('TQ1[MedicationRequest]', 'TQ1-5'),
    'an interval between doses is no offset, which R4 has only beside an event (tim-9)',
  ],
  [
    of('TQ1[MedicationRequest]', 'TQ1-11'),
    'an instruction to the patient is the text of the dosage, not a narrative of the request',
  ],
  [
    of('TQ1[MedicationRequest]', 'TQ1-14'),
    'a number of doses is the count; countMax alone is no valid R4 (tim-8)',
  ],
];

/** Why a map is not used; undefined when it is. */
export const mapLeft = (map: string): string | undefined =>
  maps.find(([pattern]) => pattern.test(map))?.[1];

/** Why a row is left on purpose; undefined when it is not. */
export const rowLeft = (row: Row): string | undefined => rows.find(([is]) => is(row))?.[1];
