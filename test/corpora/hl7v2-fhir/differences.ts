// Where an expected bundle says what we mean not to say, each with its argument. An entry speaks of
// a kind of fact and of where its value stands in the message, so that it holds for other messages
// too, and nothing of the corpora is written here.
import { administrativeDifferences } from './administrative-differences.ts';
import type { Fact } from './facts.ts';

export type Difference = {
  readonly reason: string;
  is(fact: Fact, message: Message): boolean;
};

export type Message = {
  readonly file: string;
  readonly type: string;
  readonly text: string;
  readonly segments: readonly string[];
};

export function messageOf(file: string, type: string, bytes: Buffer): Message {
  const text = bytes.toString('utf8').replace(/\r\n|\n/g, '\r');
  return { file, type, text, segments: text.split('\r').filter((line) => line !== '') };
}

/** Names of the segments that the value stands in. */
const segmentsWith = (value: string, { segments }: Pick<Message, 'segments'>): string[] =>
  segments.filter((line) => hasValue(line, value)).map((line) => line.slice(0, 3));

/** Is it there, and not as a part of another word? */
function hasValue(text: string, value: string): boolean {
  for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + 1))
    if (!/[\w-]/.test(text[at - 1] ?? '') && !/[\w-]/.test(text[at + value.length] ?? ''))
      return true;
  return false;
}

const standsOnlyIn = (names: readonly string[], value: string, message: Message): boolean => {
  const found = segmentsWith(value, message);
  return found.length > 0 && found.every((name) => names.includes(name));
};

/** `SPM-3`: the fields that the value stands in. */
const fieldsWith = (value: string, { segments }: Message): string[] =>
  segments.flatMap((line) =>
    line
      .split('|')
      .flatMap((text, at) => (hasValue(text, value) ? `${line.slice(0, 3)}-${at}` : [])),
  );

const field = (line: string, number: number): string => line.split('|')[number] ?? '';

const isUnnumbered = (line: string): boolean =>
  line.startsWith('OBR|') && field(line, 2) === '' && field(line, 3) === '';

const digitsOf = (time: string): string =>
  time.replace(/(Z|[+-]\d\d:\d\d)$/, '').replace(/[-:T]/g, '');

/** `20240310143000-0500` in milliseconds. */
const instantOf = (time: string): number =>
  Date.parse(time.replace(/^(....)(..)(..)(..)(..)(..)([+-]..)(..)$/, '$1-$2-$3T$4:$5:$6$7:$8'));

/** A code in words, as no code system of observations and procedures has one. */
const words = /^[a-z]+(-[a-z]+)*$/i;

export const differences: readonly Difference[] = [
  ...administrativeDifferences,
  {
    reason:
      'Guarantors, insured and consenting persons are people of their own: what GT1, IN1, IN2 ' +
      'and CON say of them becomes the patient`s only by a decision on identity.',
    is: ({ name, value }, message) =>
      name.startsWith('patient-') && standsOnlyIn(['GT1', 'IN1', 'IN2', 'CON'], value, message),
  },
  {
    reason:
      'The converter makes observations and procedures of PDA and ACC under codes of its own ' +
      'invention; what they say stands here under the codes of LOINC and SNOMED CT for it.',
    is: ({ name, by, value }, { text }) => {
      const code = by === '' && name.endsWith('-code') ? value : by;
      return /^(observation|procedure)-/.test(name) && words.test(code) && !text.includes(code);
    },
  },
  {
    reason:
      'R4 takes a vital sign only as a quantity: a number with a unit in OBX-6 is read as one, ' +
      'though OBX-2 calls it a code.',
    is: ({ name, by, value }, { segments }) =>
      name === 'observation-coded' &&
      /^\d+$/.test(value) &&
      segments.some(
        (line) =>
          /^OBX\|\d*\|C/.test(line) && field(line, 3).startsWith(by) && field(line, 6) !== '',
      ),
  },
  {
    reason:
      'A partial result (OBX-11 S) is interim: preliminary, in R4`s words. The guide`s table ' +
      'leaves S open; `unknown` is for a sender who does not know, and is not for `other`.',
    is: ({ name, by, value }, { segments }) =>
      name === 'observation-status' &&
      value === 'unknown' &&
      segments.some(
        (line) =>
          line.startsWith('OBX|') && field(line, 3).startsWith(by) && field(line, 11) === 'S',
      ),
  },
  {
    reason:
      'An instant has seconds and a zone; from a coarser time the other converter invents them, ' +
      'or writes an instant that R4 refuses.',
    is: ({ name, value }, { text }) =>
      name === 'issued' && (!value.includes(':') || !text.includes(digitsOf(value))),
  },
  {
    reason: 'A telecom that has a system but no value reaches nobody.',
    is: ({ name, value }, { text }) =>
      name === 'telecom-system' && value === 'email' && !text.includes('@'),
  },
  {
    reason: 'A vaccine that was given is an event: its ORC makes no ServiceRequest beside it.',
    is: ({ name, value }, { segments }) =>
      name.startsWith('request-') &&
      segments.some((line) => line.startsWith('RXA|')) &&
      !segments.some((line) => line.startsWith('OBR|')) &&
      (value === 'unknown' || segmentsWith(value, { segments }).includes('ORC')),
  },
  {
    reason: 'A dispense that says when it was handed out (RXD-3) is completed, not unknown.',
    is: ({ name, value }, { segments }) =>
      name === 'dispense-status' &&
      value === 'unknown' &&
      segments.some((line) => line.startsWith('RXD|') && field(line, 3) !== ''),
  },
  {
    reason: 'A charge for a drug (FT1-29) says that it is paid for, not that it was dispensed.',
    is: ({ name, value }, message) =>
      (name === 'medication-code' && standsOnlyIn(['FT1'], value, message)) ||
      (name === 'dispense-status' &&
        message.segments.some((line) => line.startsWith('FT1|') && field(line, 29) !== '') &&
        !message.segments.some((line) => line.startsWith('RXD|'))),
  },
  {
    reason:
      'A28 and A31 are about a person and A29 takes a person`s file back: what they repeat of a ' +
      'stay is filled in because its segment is required, and touches nothing.',
    is: ({ name }, { type }) =>
      /^ADT\^A(28|29|31)$/.test(type) && /^(encounter|account|observation)-/.test(name),
  },
  {
    reason:
      'A visit that no number names (PV1-19) cannot be told from the patient`s other visits, and ' +
      'is left out with a warning.',
    is: ({ name }, { segments }) =>
      name.startsWith('encounter-') &&
      segments.some((line) => line.startsWith('PV1|') && field(line, 19) === ''),
  },
  {
    reason:
      'PV2-8 and PV2-9 say what is expected: the period of a visit that is planned. Of one that ' +
      'has begun the period says what was, by PV1-44 and PV1-45.',
    is: ({ name, value }, { segments }) => {
      const number = { 'encounter-start': 44, 'encounter-end': 45 }[name];
      const visit = segments.find((line) => line.startsWith('PV1|'));
      if (number === undefined || visit === undefined) return false;
      const expected = field(segments.find((line) => line.startsWith('PV2|')) ?? '', number - 36);
      return field(visit, number) === '' || instantOf(expected) === Date.parse(value);
    },
  },
  {
    reason:
      'The converter makes a report of each image or file in an OBX. A report is what an OBR ' +
      'asked for; a file is a result in it.',
    is: ({ name, value }, message) =>
      /^report-(code|identifier)$/.test(name) && standsOnlyIn(['OBX'], value, message),
  },
  {
    reason: 'The status of such a report is nobody`s: the converter writes `unknown`.',
    is: ({ name, value }, { segments }) =>
      name === 'report-status' &&
      value === 'unknown' &&
      segments.some((line) => line.startsWith('OBX|')),
  },
  {
    reason: 'An order asks and a document is filed; only results make a report.',
    is: ({ name }, { type }) => name.startsWith('report-') && /^(ORM|OMG|OML|MDM)\^/.test(type),
  },
  {
    reason:
      'The number of an order, of an account or of a specimen`s parent (SPM-3) is not the number ' +
      'of the specimen.',
    is: ({ name, value }, message) =>
      name === 'specimen-identifier' &&
      fieldsWith(value, message).every((at) => /^(ORC|OBR|TXA|OBX)-|^SPM-3$/.test(at)),
  },
  {
    reason: 'A number ends where its subcomponent ends; the converter keeps what follows it.',
    is: ({ name, value }) => name.endsWith('-identifier') && value.includes('&'),
  },
  {
    reason:
      'A result that is pending (OBX-11 I, O) is registered, in R4`s words; the guide`s table ' +
      'leaves both open, and `unknown` is for a sender who does not know.',
    is: ({ name, by, value }, { segments }) =>
      name === 'observation-status' &&
      value === 'unknown' &&
      segments.some(
        (line) =>
          line.startsWith('OBX|') &&
          field(line, 3).startsWith(by) &&
          /^[IO]$/.test(field(line, 11)),
      ),
  },
  {
    reason: 'The cause of death (PDA-1) is an observation about the death, not a condition.',
    is: ({ name, value }, message) =>
      name === 'condition-code' && standsOnlyIn(['PDA'], value, message),
  },
  {
    reason: 'Where an SPM describes the specimen, OBR-15 (of old) does not describe another one.',
    is: ({ name, value }, message) =>
      name === 'specimen-type' && standsOnlyIn(['OBR'], value, message),
  },
  {
    reason: 'The number of the parent order (ORC-8) is not the number of this one.',
    is: ({ name, value }, message) =>
      name === 'request-identifier' &&
      fieldsWith(value, message).every((at) => /^(ORC-8|OBR-29)$/.test(at)),
  },
  {
    reason: 'An order that no OBR or pharmacy segment describes, or that has no number, is none.',
    is: ({ name }, { segments }) =>
      name.startsWith('request-') &&
      segments.some(
        (line) => line.startsWith('OR') || line.startsWith('RF1') || isUnnumbered(line),
      ) &&
      !segments.some((line) => line.startsWith('OBR|') && !isUnnumbered(line)),
  },
];
