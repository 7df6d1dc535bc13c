import type { RawPerson } from '../../transforms/identity/index.ts';
import { home, nickname, phone, surname } from './attributes.ts';
import type { Random } from './random.ts';

type Name = NonNullable<RawPerson['names']>[number];
type Operator = (record: RawPerson, random: Random) => RawPerson;

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const looksLike: readonly (readonly [string, string])[] = [
  ...([
    ['O', '0'],
    ['I', '1'],
    ['S', '5'],
    ['B', '8'],
    ['G', '6'],
  ] as const),
  ...([
    ['RN', 'M'],
    ['CL', 'D'],
    ['VV', 'W'],
    ['LI', 'U'],
  ] as const),
];
const soundsLike: readonly (readonly [string, string])[] = [
  ...([
    ['PH', 'F'],
    ['CK', 'K'],
    ['C', 'K'],
    ['IE', 'Y'],
    ['Y', 'I'],
    ['EE', 'EA'],
  ] as const),
  ...([
    ['S', 'Z'],
    ['LL', 'L'],
    ['TT', 'T'],
    ['NN', 'N'],
    ['TH', 'T'],
    ['GH', 'G'],
  ] as const),
];

/** One letter more, less or other, or two neighbours exchanged. */
export function mistype(text: string, random: Random): string {
  if (text === '') return text;
  const at = random.below(text.length);
  const isDigit = /\d/.test(text[at]!);
  const other = isDigit ? String(random.below(10)) : letters[random.below(26)]!;
  switch (random.below(4)) {
    case 0:
      return text.slice(0, at) + other + text.slice(at);
    case 1:
      return text.length > 2 ? text.slice(0, at) + text.slice(at + 1) : text;
    case 2:
      return text.slice(0, at) + other + text.slice(at + 1);
    default:
      return text.slice(0, at) + (text[at + 1] ?? '') + text[at] + text.slice(at + 2);
  }
}

function respell(
  text: string,
  pairs: readonly (readonly [string, string])[],
  random: Random,
): string {
  const fitting = pairs.filter(([from]) => text.includes(from));
  if (fitting.length === 0) return mistype(text, random);
  const [from, to] = random.pick(fitting);
  return text.replace(from, to);
}

const onName =
  (change: (name: Name, random: Random) => Name): Operator =>
  (record, random) => {
    const [name, ...others] = record.names ?? [];
    return name === undefined ? record : { ...record, names: [change(name, random), ...others] };
  };

const onText =
  (part: 'given' | 'family', change: (text: string, random: Random) => string) =>
  (name: Name, random: Random): Name => {
    const text = name[part];
    return typeof text === 'string' ? { ...name, [part]: change(text, random) } : name;
  };

/** An OCR reads one text for another, a listener writes what they heard. */
const byEye = (text: string, random: Random): string => respell(text, looksLike, random);
const byEar = (text: string, random: Random): string => respell(text, soundsLike, random);

const swapNames = onName(({ given, family, ...name }) =>
  typeof given === 'string' && family !== undefined
    ? { ...name, given: family, family: given }
    : { ...name, ...(given === undefined ? {} : { given }) },
);

const marry: Operator = (record, random) => {
  const [name] = record.names ?? [];
  if (name === undefined || record.sex !== 'female') return record;
  const former = { ...name, isFormer: true };
  const names = [{ ...name, family: surname(random) }, ...(random.chance(0.5) ? [former] : [])];
  return { ...record, names };
};

const changeDate =
  (change: (date: string, random: Random) => string): Operator =>
  (record, random) =>
    record.birthDate === undefined
      ? record
      : { ...record, birthDate: change(record.birthDate, random) };

const transposeDate = changeDate((date) => {
  const [year = '', month = '', day = ''] = date.split('-');
  return Number(day) <= 12 ? `${year}-${day}-${month}` : date;
});

const mistypeDate = changeDate((date, random) => {
  const at = random.pick([2, 3, 6, 9]);
  return date.slice(0, at) + random.below(10) + date.slice(at + 1);
});

const move: Operator = (record, random) => ({ ...record, addresses: [home(random)] });

const mistypeLine: Operator = (record, random) => {
  const [address] = record.addresses ?? [];
  if (address === undefined || typeof address.line !== 'string') return record;
  return { ...record, addresses: [{ ...address, line: mistype(address.line, random) }] };
};

const mistypeSsn: Operator = (record, random) => ({
  ...record,
  identifiers: (record.identifiers ?? []).map((one) =>
    one.type === 'SS' ? { ...one, value: mistype(one.value, random) } : one,
  ),
});

const forget =
  (field: 'birthDate' | 'addresses' | 'phones' | 'sex'): Operator =>
  ({ [field]: _forgotten, ...record }) =>
    record;

const forgetSsn: Operator = (record) => ({
  ...record,
  identifiers: (record.identifiers ?? []).filter(({ type }) => type !== 'SS'),
});

const forgetGiven = onName(({ given: _forgotten, ...name }) => name);

/** What goes wrong at a registration desk, with how often among all that goes wrong. */
const operators: readonly (readonly [weight: number, Operator])[] = [
  [8, onName(onText('given', mistype))],
  [8, onName(onText('family', mistype))],
  [2, onName(onText('given', byEye))],
  [2, onName(onText('family', byEye))],
  [5, onName(onText('given', byEar))],
  [5, onName(onText('family', byEar))],
  [7, onName(onText('given', nickname))],
  [3, swapNames],
  [6, marry],
  [4, transposeDate],
  [5, mistypeDate],
  [14, move],
  [10, (record, random) => ({ ...record, phones: [phone(random)] })],
  [10, mistypeLine],
  [2, mistypeSsn],
  [5, forgetSsn],
  [6, forget('phones')],
  [4, forget('addresses')],
  [2, forget('birthDate')],
  [2, forget('sex')],
  [1, forgetGiven],
];
const wheel = operators.flatMap(([weight, operator]) =>
  Array.from({ length: weight }, () => operator),
);

/** The record after that many mistakes and changes. */
export function corrupt(record: RawPerson, mistakes: number, random: Random): RawPerson {
  let corrupted = record;
  for (let nth = 0; nth < mistakes; nth++) corrupted = random.pick(wheel)(corrupted, random);
  return corrupted;
}
