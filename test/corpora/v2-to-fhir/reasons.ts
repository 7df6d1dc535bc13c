// What of HL7's tables the base leaves on purpose, each with its reason: whole maps, and rows.
import type { Row } from './tables.ts';

/** Maps that the base does not use, by a pattern of their name (`MSH[MessageHeader]`). */
const maps: readonly (readonly [RegExp, string])[] = [
  [/\[Bundle\]/, 'the Bundle is a transaction, not a message'],
  [/^MSA\[/, 'an acknowledgement is answered to, it brings no data that could be converted'],
  [/^(AIS|SCH)\[ServiceRequest\]/, 'an appointment refers to orders by number; it makes none'],
  [
    /^(PRT|ROL)\[RelatedPerson\]/,
    'tables 0443 and 0912 have no part that a relative has; who is one, NK1 says',
  ],
  [/^PV1\[Basic/, 'what a visit was before is in the versions of the Encounter'],
  [/^PID\[Appointment\]/, 'a patient takes part once, whichever number names them'],
];

const of = (map: string, source: string) => (row: Row) => row.map === map && row.source === source;

const rows: readonly (readonly [(row: Row) => boolean, string])[] = [
  [
    // `requester(PractitionerRole.organization(Organization.address))`: what is beyond who it is.
    ({ target }) =>
      /\((\[1\])?(Practitioner|PractitionerRole|Organization|Location)(\[\d+\])?\.[^()]*\)*$/.test(
        target,
      ) && !/\.(identifier|name|practitioner|organization|location)\)*$/.test(target),
    'people, organizations and places are named, by identifier and display; none is made',
  ],
  [
    ({ map, target }) => /^ROL\[/.test(map) && target.includes('organziation'),
    'the table has a typing error in the element; the role has the organization',
  ],
  [({ map }) => map === 'TXA[Provenance]', 'the table names no field of TXA that would say it'],
  [
    of('EVN[Provenance]', 'EVN-4'),
    'the extension has a code, not a concept as value; of its two rows that of the url is kept',
  ],
  [
    ({ map, target }) => map === 'MSH[MessageHeader]' && /endpoint\.extension/.test(target),
    'the table has the address of a page where the url of the extension stands',
  ],
  [
    of('MSH[MessageHeader]', 'MSH-17'),
    'the country of a message is not that in which its sender is',
  ],
  [
    of('MSH[MessageHeader]', 'MSH-19'),
    'R4 has languages of BCP 47: what can be read as one is, any other word is none',
  ],
  [
    ({ map, target }) =>
      map.startsWith('PV1') && /participant\[2\]\.individual|Location\)$/.test(target),
    'the table has a code system, or a word, where a reference stands',
  ],
  [
    of('PV1[Encounter]', 'PV1-19'),
    'the coding says that it is a visit number; a text would say it twice',
  ],
  [of('PID[Patient]', 'PID-19'), 'the table has a full stop behind the uri of the system'],
  [of('PV2[Encounter]', 'PV2-9'), 'the table has a typing error in the url'],
  [
    ({ map, target }) => map === 'NK1[Patient]' && target.includes('(Organization.contact.'),
    'whom to ask there is the name, telecom and address of the contact that has the organization',
  ],
  [
    of('PID[Patient]', 'PID-21'),
    'the mother is a RelatedPerson, which is made, and not the Patient',
  ],
  [
    of('IAM[AllergyIntolerance]', 'IAM-14'),
    'IAM-15 SEL alone says that the patient told it; the name of the patient is in PID-5',
  ],
  [
    of('DG1[Condition]', 'DG1-19'),
    'R4 has no such url; the extension is condition-assertedDate, as DG1[Encounter] has it',
  ],
  [
    ({ map, target }) => map.endsWith('[CareTeam]') && target.startsWith('participant.onBehalfOf'),
    'R4: on whose behalf only of a person (ctm-1); where a role is made it has the organization',
  ],
  [of('ROL[CareTeam]', 'ROL-10'), 'a kind of unit names none; ROL-14 names the organization'],
  [
    of('ROL[Encounter-PractitionerRole]', 'ROL-1'),
    'the number of a role is not that of the person who has it, by which the reference names them',
  ],
  [
    ({ map, target }) =>
      /^(ROL|PRT)\[/.test(map) && /\((PractitionerRole|RelatedPerson)\./.test(target),
    'only a resource of their own could say it; the person is named, by identifier and display',
  ],
  [of('PRT[CareTeam]', 'PRT-6'), 'no PractitionerRole is made; the person is the member'],
  [of('AIS[Appointment]', 'AIS-4'), 'a service is no participant; the appointment has its times'],
  [of('AIP[Appointment]', 'AIP-12'), 'R4 has four codes for it; only what the table lists is told'],
  [of('TXA[DocumentReference]', 'TXA-3'), 'a MIME type; only what the table lists is one'],
  [of('TXA[DocumentReference]', 'TXA-17'), 'R4 has four codes for it; the table lists which'],
  [of('NTE[DocumentReference]', 'NTE-3'), 'R4: contents are formats of one document'],
  [of('SCH[Appointment]', 'SCH-11'), 'TQ has a map of its own'],
  [
    ({ map, target }) => map === 'SCH[Appointment]' && target.endsWith('type.coding.system'),
    'the code system of R4 has no placer or filler contact: said in words',
  ],
  [
    ({ map, source, target }) =>
      map === 'NTE[Appointment-Comment]' && source === 'NTE-3' && target.startsWith('extension'),
    'the comment says it; the extension is for who and when',
  ],
  [
    ({ map, condition }) => map === 'PR1[Procedure]' && condition.includes('PR1-5.5'),
    'PR1-5 has no fifth component; with a duration it is a period',
  ],
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
    ({ map, source }) => map === 'ORC[ServiceRequest]' && /^ORC-[19]$/.test(source),
    'R4 has no extension businessEvent; order control is the status, and its time of a new order',
  ],
  [
    ({ source, target }) => source === 'OBX-30' && target.endsWith('.system'),
    'the table has the url of the extension for a code system; the codes are of table 0937',
  ],
  [
    of('PRT[Observation-Location]', 'PRT-14'),
    'an address is no place with a name or number, and no Location is made for it',
  ],
  [
    of('NTE[Appointment-Comment]', 'NTE-9'),
    'alternate codes are of an element that has a code, and no code says what a comment does',
  ],
  [
    ({ map, source }) => map.startsWith('TQ1[') && source === 'TQ1-14',
    'a number of doses is the count; countMax alone is no valid R4 (tim-8)',
  ],
];

/** Why a map is not used; undefined when it is. */
export const mapLeft = (map: string): string | undefined =>
  maps.find(([pattern]) => pattern.test(map))?.[1];

/** Why a row is left on purpose; undefined when it is not. */
export const rowLeft = (row: Row): string | undefined => rows.find(([is]) => is(row))?.[1];
