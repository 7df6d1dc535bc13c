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
  readonly text: string;
  readonly segments: readonly string[];
};

export function messageOf(file: string, bytes: Buffer): Message {
  const text = bytes.toString('utf8').replace(/\r\n|\n/g, '\r');
  return { file, text, segments: text.split('\r').filter((line) => line !== '') };
}

/** Names of the segments that the value stands in. */
const segmentsWith = (value: string, { segments }: Message): string[] =>
  segments.filter((line) => line.includes(value)).map((line) => line.slice(0, 3));

const standsOnlyIn = (names: readonly string[], value: string, message: Message): boolean => {
  const found = segmentsWith(value, message);
  return found.length > 0 && found.every((name) => names.includes(name));
};

const field = (line: string, number: number): string => line.split('|')[number] ?? '';

const digitsOf = (time: string): string =>
  time.replace(/(Z|[+-]\d\d:\d\d)$/, '').replace(/[-:T]/g, '');

export const differences: readonly Difference[] = [
  ...administrativeDifferences,
  {
    reason:
      'Guarantors and insured persons are people of their own: what GT1, IN1 and IN2 say of them ' +
      'becomes the patient`s only by a decision on identity, never by a mapping.',
    is: ({ name, value }, message) =>
      name.startsWith('patient-') && standsOnlyIn(['GT1', 'IN1', 'IN2'], value, message),
  },
  {
    reason:
      'The converter makes observations and procedures of PDA and ACC under codes of its own ' +
      'invention; a code that no sender sent and no code system has is not emitted.',
    is: ({ name, by, value }, { text }) => {
      const code = by === '' && name.endsWith('-code') ? value : by;
      return code !== '' && !text.includes(code);
    },
  },
  {
    reason:
      'A partial result (OBX-11 S) is preliminary, as HL7`s own table says; the converter, which ' +
      'knows no S, says unknown.',
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
      (value === 'unknown' ||
        segmentsWith(value, { file: '', text: '', segments }).includes('ORC')),
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
];
