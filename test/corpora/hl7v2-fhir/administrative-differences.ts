// Deliberate differences in messages of scheduling, documents, finance and referral; the form is
// that of `differences.ts`.
import type { Fact } from './facts.ts';

type Segments = { readonly segments: readonly string[] };

const field = (line: string | undefined, number: number): string => line?.split('|')[number] ?? '';
const first = ({ segments }: Segments, name: string): string | undefined =>
  segments.find((line) => line.startsWith(`${name}|`));

function standsOnlyIn(names: readonly string[], value: string, { segments }: Segments): boolean {
  const found = segments.filter((line) => line.includes(value)).map((line) => line.slice(0, 3));
  return found.length > 0 && found.every((name) => names.includes(name));
}

export const administrativeDifferences: readonly {
  readonly reason: string;
  is(fact: Fact, message: Segments): boolean;
}[] = [
  {
    reason:
      'An appointment is no order: HL7`s table makes a ServiceRequest of SCH only where SCH-26 ' +
      'or SCH-27 names one, and we refer to that by its number. AIS is what is booked.',
    is: ({ name }, message) =>
      name.startsWith('request-') &&
      field(first(message, 'SCH'), 26) === '' &&
      first(message, 'AIS') !== undefined,
  },
  {
    reason: 'Whoever signs a consent (CON) is not the patient by that.',
    is: ({ name, value }, message) =>
      name.startsWith('patient-') && standsOnlyIn(['CON'], value, message),
  },
  {
    reason:
      'TXA-17 AU is an authenticated document (HL7 table 0271): a person stands for it, which is ' +
      'what R4 means by final; the converter knows no AU and says preliminary.',
    is: ({ name, value }, message) =>
      name === 'document-status' &&
      value === 'preliminary' &&
      ['AU', 'LA'].includes(field(first(message, 'TXA'), 17)),
  },
  {
    reason: 'The numbers of an order (ORC-2, ORC-3) are not those of a specimen.',
    is: ({ name, value }, message) =>
      name === 'specimen-identifier' && standsOnlyIn(['ORC', 'OBR', 'TXA'], value, message),
  },
  {
    reason: 'An MDM message brings a document; a report of its order without results is none.',
    is: ({ name }, message) => name.startsWith('report-') && first(message, 'TXA') !== undefined,
  },
  {
    reason: 'OBX-11 O is an order that has no result yet: registered, in R4`s words.',
    is: ({ name, by, value }, { segments }) =>
      name === 'observation-status' &&
      value === 'unknown' &&
      segments.some(
        (line) => line.startsWith('OBX|') && line.includes(by) && field(line, 11) === 'O',
      ),
  },
  {
    reason:
      'I14 cancels a referral that was there: revoked. R4`s entered-in-error is for what should ' +
      'never have been there.',
    is: ({ name, value }, message) =>
      name === 'request-status' &&
      value === 'entered-in-error' &&
      /\|REF\^I14/.test(first(message, 'MSH') ?? ''),
  },
  {
    reason:
      'An OBR of a referral without a number of either side is a result without a request: ' +
      'nothing could tell such a request from the next one.',
    is: ({ name, value }, message) =>
      (name === 'request-code' || (name === 'request-status' && value === 'active')) &&
      first(message, 'RF1') !== undefined &&
      field(first(message, 'OBR'), 2) + field(first(message, 'OBR'), 3) === '',
  },
  {
    reason: 'FT1-25 says under which code a charge is billed; that it was done, PR1 says.',
    is: ({ name, value }, message) =>
      name === 'procedure-code' && standsOnlyIn(['FT1'], value, message),
  },
];
