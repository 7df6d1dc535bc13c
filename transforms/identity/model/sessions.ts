import type { ComparisonName } from '../assessment.ts';
import { hash52 } from '../block/index.ts';
import { compare, newLevels, type Prepared } from '../compare/index.ts';
import { type Label, type Patterns, patternCounter } from './patterns.ts';

/** A block rule of its own, for estimating everything that it does not block on. */
type SessionRule = {
  readonly name: string;
  readonly blocked: readonly ComparisonName[];
  /** Records with equal values meet; empty when unknown. */
  readonly value: (prepared: Prepared) => string;
  /** Equal values mean level `exact` in all of `blocked`, so that matches can be counted. */
  readonly isExact: boolean;
  /** A household shares the value, so that households can be counted. */
  readonly isOfHousehold: boolean;
};

const givenOf = ({ names }: Prepared): string => names[0]?.given?.text ?? '';
const familyOf = ({ names }: Prepared): string => names[0]?.family?.text ?? '';
const placeOf = ({ addresses }: Prepared): string =>
  addresses[0]?.postalCode || addresses[0]?.city || '';
const joined = (...parts: readonly string[]): string => (parts.includes('') ? '' : parts.join('|'));

export const sessionRules: readonly SessionRule[] = [
  {
    name: 'identifier',
    blocked: ['identifier'],
    value: ({ identifiers: [first] }) => (first ? `${first.system}|${first.value}` : ''),
    isExact: true,
    isOfHousehold: false,
  },
  {
    name: 'birth-date',
    blocked: ['birthDate'],
    value: ({ birth }) => (birth.length === 8 ? birth : ''),
    isExact: true,
    isOfHousehold: false,
  },
  {
    name: 'given-and-family',
    blocked: ['given', 'family'],
    value: (one) => joined(givenOf(one), familyOf(one)),
    isExact: true,
    isOfHousehold: false,
  },
  {
    name: 'phone',
    blocked: ['phone'],
    value: ({ record }) => record.phones[0] ?? '',
    isExact: true,
    isOfHousehold: true,
  },
  {
    name: 'email',
    blocked: ['email'],
    value: ({ record }) => record.emails[0] ?? '',
    isExact: true,
    isOfHousehold: false,
  },
  {
    name: 'family-and-place',
    blocked: ['family', 'address'],
    value: (one) => joined(familyOf(one), placeOf(one)),
    isExact: false,
    isOfHousehold: false,
  },
  {
    name: 'given-and-place',
    blocked: ['given', 'address'],
    value: (one) => joined(givenOf(one), placeOf(one)),
    isExact: false,
    isOfHousehold: false,
  },
  {
    name: 'address-line',
    blocked: ['address'],
    value: (one) => joined(one.addresses[0]?.line ?? '', placeOf(one)),
    isExact: false,
    isOfHousehold: true,
  },
];

export type Session = {
  readonly rule: SessionRule;
  readonly patterns: Patterns;
  /** Share of the rule's pairs that were compared. */
  readonly sampled: number;
  /** Share of the records that have the value. */
  readonly known: number;
};

/** Pairs compared in one session, at most about; more change nothing that can be seen. */
const sessionPairsMax = 200_000;
/** A value with more records than this is no evidence of anything; its pairs are thinned. */
const blockRecordsMax = 40;

/**
 * Compares the pairs of one rule, the lower position first; blocks are taken in the order of a
 * seeded hash.
 */
export function runSession(
  rule: SessionRule,
  people: readonly Prepared[],
  secondFrom: number,
  seed: number,
  labelOf: (a: number, b: number) => Label = () => 'none',
): Session {
  const blocks = new Map<string, number[]>();
  let known = 0;
  for (const [at, prepared] of people.entries()) {
    const value = rule.value(prepared);
    if (value === '') continue;
    known += 1;
    const block = blocks.get(value);
    if (block === undefined) blocks.set(value, [at]);
    else block.push(at);
  }
  const usable = [...blocks.entries()]
    .filter(([, records]) => records.length > 1)
    .map(([value, records]) => ({ order: hash52(`${seed}|${value}`), records }))
    .toSorted((x, y) => x.order - y.order);
  const counter = patternCounter();
  const levels = newLevels();
  let all = 0;
  let taken = 0;
  for (const { records } of usable) {
    const isAcross = secondFrom < people.length;
    const first = isAcross ? records.filter((at) => at < secondFrom) : records;
    const second = isAcross ? records.filter((at) => at >= secondFrom) : records;
    const pairs = isAcross
      ? first.length * second.length
      : (records.length * (records.length - 1)) / 2;
    all += pairs;
    if (taken >= sessionPairsMax) continue;
    for (const a of first.slice(0, blockRecordsMax)) {
      for (const b of second.slice(0, blockRecordsMax)) {
        if (b <= a) continue;
        compare(people[a]!, people[b]!, levels);
        counter.add(levels, labelOf(a, b));
        taken += 1;
      }
    }
  }
  const patterns = counter.patterns();
  return { rule, patterns, sampled: all === 0 ? 1 : taken / all, known: known / people.length };
}
