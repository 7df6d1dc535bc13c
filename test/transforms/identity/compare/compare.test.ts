// Goal: comparing is symmetric, an unknown side is never evidence, and each kind of difference that
// people make has its level. Method: properties over any two records, examples for the levels.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  baseModel,
  type ComparisonName,
  compare,
  comparisonLevels,
  comparisonNames,
  newLevels,
  normalisePerson,
  nullLevel,
  prepare,
  type RawPerson,
  scorerOf,
} from '../../../../transforms/identity/index.ts';
import { rawPerson } from '../raw-people.ts';

const scorer = scorerOf(baseModel());
const prepared = (raw: RawPerson) => prepare(normalisePerson(raw));

function levelOf(comparison: ComparisonName, a: RawPerson, b: RawPerson): string {
  const levels = newLevels();
  compare(prepared(a), prepared(b), levels);
  const level = levels[comparisonNames.indexOf(comparison)] ?? nullLevel;
  return level === nullLevel ? 'null' : (comparisonLevels[comparison][level] ?? '');
}

describe('comparing two records', () => {
  it('is symmetric, and so is the score', () =>
    fc.assert(
      fc.property(rawPerson, rawPerson, (x, y) => {
        const [a, b] = [prepared(x), prepared(y)];
        const [there, back] = [newLevels(), newLevels()];
        compare(a, b, there);
        compare(b, a, back);
        assert.deepEqual(there, back);
        assert.deepEqual(scorer.score(a, b), scorer.score(b, a));
      }),
      { numRuns: 1000 },
    ));

  it('gives weight 0 to what a side does not know', () =>
    fc.assert(
      fc.property(rawPerson, (raw) => {
        const bars = scorer.bars(prepared(raw), prepared({}));
        for (const bar of bars) assert.deepEqual([bar.level, bar.weight], ['null', 0]);
        const { weight } = scorer.score(prepared(raw), prepared({}));
        assert.equal(weight, scorer.priorWeight);
      }),
    ));

  it('explains the score by its bars', () =>
    fc.assert(
      fc.property(rawPerson, rawPerson, (x, y) => {
        const [a, b] = [prepared(x), prepared(y)];
        const sum = scorer.bars(a, b).reduce((bits, bar) => bits + bar.weight, scorer.priorWeight);
        assert.ok(Math.abs(sum - scorer.score(a, b).weight) < 1e-9);
      }),
    ));

  const named = (given: string, family = ''): RawPerson => ({ names: [{ given, family }] });
  const born = (birthDate: string): RawPerson => ({ birthDate });
  const lives = (line: string, city: string, postalCode: string): RawPerson => ({
    addresses: [{ line, city, postalCode }],
  });
  const known = (value: string, system = 'urn:ssn'): RawPerson => ({
    identifiers: [{ system, value }],
  });
  const home = lives('12 Goldfinch Circuit', 'Canterbury', '2776');
  const examples: readonly (readonly [ComparisonName, RawPerson, RawPerson, string])[] = [
    ['given', named('Anna'), named('ANNA'), 'exact'],
    ['given', named('Jonathan'), named('Jonathon'), 'jaro-winkler-92'],
    ['given', named('Robert'), named('Bob'), 'nickname'],
    ['given', named('Philip'), named('Filip'), 'phonetic'],
    ['given', named('James Robert'), named('Robert'), 'middle'],
    ['given', named('James'), named('J'), 'initial'],
    ['given', named('Adam', 'Scott'), named('Scott', 'Adam'), 'swapped'],
    ['family', named('Adam', 'Scott'), named('Scott', 'Adam'), 'swapped'],
    ['given', named('Anna'), named('Peter'), 'different'],
    ['given', named('Anna'), named('BABY GIRL'), 'null'],
    ['family', named('', 'García López'), named('', 'Lopez'), 'part'],
    ['family', named('', 'van der Berg'), named('', 'Vanderberg'), 'exact'],
    ['middle', named('A James'), named('A J'), 'initial'],
    ['birthDate', born('1980-02-03'), born('1980-03-02'), 'swapped-day-month'],
    ['birthDate', born('1980-02-03'), born('1980-02-04'), 'one-edit'],
    ['birthDate', born('1980-02-03'), born('1908-02-03'), 'one-edit'],
    ['birthDate', born('1980-01-30'), born('1980-02-05'), 'near'],
    ['birthDate', born('1980-02-03'), born('1980-02-28'), 'year-and-month'],
    ['birthDate', born('1980-02-03'), born('1971-02-03'), 'day-and-month'],
    ['birthDate', born('1980-02-03'), born('1980'), 'year'],
    ['birthDate', born('1980-02-03'), born('1951-12-30'), 'different'],
    ['sex', { sex: 'F' }, { sex: 'female' }, 'same'],
    ['sex', { sex: 'F' }, { sex: 'O' }, 'null'],
    ['address', home, lives('12 goldfinch cct', 'CANTERBURY', '2776'), 'exact'],
    ['address', home, lives('12 Goldfnch Circuit', 'Canterbury', '2767'), 'line-and-place'],
    ['address', home, lives('12 Goldfinch Circuit', 'Perth', '6000'), 'line'],
    ['address', home, lives('70 Goldfinch Circuit', 'Canterbury', '2776'), 'street-and-place'],
    ['address', home, lives('3 Elm Road', 'Canterbury', '2776'), 'postal-code-and-city'],
    ['address', home, lives('3 Elm Road', 'Canterbury', '2193'), 'city'],
    ['address', home, lives('3 Elm Road', 'Perth', '6000'), 'different'],
    ['address', home, {}, 'null'],
    ['phone', { phones: ['0412345678'] }, { phones: ['+61412345678'] }, 'exact'],
    ['phone', { phones: ['5552013344'] }, { phones: ['2013344'] }, 'exact'],
    ['phone', { phones: ['5552013344'] }, { phones: ['5552013345'] }, 'one-edit'],
    ['email', { emails: ['ann.lee@x.org'] }, { emails: ['ann.lee@y.com'] }, 'similar'],
    ['identifier', known('123-45-6789'), known('123456789'), 'exact'],
    ['identifier', known('123456789'), known('123456798'), 'one-edit'],
    ['identifier', known('123456789'), known('123456789', 'urn:other'), 'null'],
  ];
  for (const [comparison, a, b, level] of examples) {
    it(`${comparison}: ${JSON.stringify(a)} and ${JSON.stringify(b)}: ${level}`, () =>
      assert.equal(levelOf(comparison, a, b), level));
  }
});
