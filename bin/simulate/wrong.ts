import type { Random } from './random.ts';

/** What is made wrong on purpose, so that the quarantine has something to show. */
export const wrongKinds = [
  'no-patient-identifier',
  'unknown-message-type',
  'broken-birth-date',
  'unmapped-code',
  'text-in-a-number',
] as const;

export type WrongKind = (typeof wrongKinds)[number];

/** Spoils one thing in a message; `undefined` when the message has nothing of that kind. */
export function spoil(segments: readonly string[], kind: WrongKind): string[] | undefined {
  switch (kind) {
    case 'no-patient-identifier':
      return change(segments, 'PID', (fields) => clear(fields, 2, 3));
    case 'unknown-message-type':
      return change(segments, 'MSH', (fields) => set(fields, 8, 'ZZZ^Z77'));
    case 'broken-birth-date':
      return change(segments, 'PID', (fields) => set(fields, 7, '31/31/'));
    case 'unmapped-code':
      return change(segments, 'OBX', (fields) =>
        set(fields, 3, `XQ9^NEW ANALYSER^${system(fields)}`),
      );
    case 'text-in-a-number':
      return change(segments, 'OBX', (fields) => set(fields, 5, 'haemolysed'));
    default:
      throw new Error(`no way to spoil ${kind satisfies never}`);
  }
}

export function pickWrong(random: Random): WrongKind {
  return random.pick(wrongKinds);
}

type Change = (fields: string[]) => void;

function change(segments: readonly string[], name: string, how: Change): string[] | undefined {
  const index = segments.findIndex((one) => one.startsWith(`${name}|`));
  const found = segments[index];
  if (found === undefined) return undefined;
  const fields = found.split('|');
  how(fields);
  return segments.with(index, fields.join('|'));
}

function set(fields: string[], index: number, value: string): void {
  fields[index] = value;
}

function clear(fields: string[], ...indexes: number[]): void {
  for (const index of indexes) fields[index] = '';
}

const system = (fields: readonly string[]): string => fields[3]?.split('^')[2] ?? '';
