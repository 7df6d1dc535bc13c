// Goal: each veto of the register fires on the pair it is for, falls silent beside it, is
// symmetric, and is overridden by no score.
// Method: one telling pair and one harmless neighbour a veto, through a scorer that is always sure;
// random pairs for symmetry, and for that what is unknown never adds to the evidence.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  assessPair,
  builtInPolicy,
  explainPair,
  judgePair,
  normalisePerson,
  type PairScorer,
  type PersonRecord,
  pairVetoes,
  prepare,
  type RawPerson,
  vetoesBetween,
} from '../../../../transforms/identity/index.ts';
import { rawPerson } from '../raw-people.ts';

const sure: PairScorer = { score: () => ({ p: 1, weight: 100 }), bars: () => [] };

const ssn = (value: string) => ({ system: 'urn:ssn', value, type: 'SS' });
const national = (value: string) => ({ system: 'urn:nhs', value, type: 'NI' });
const mr = (value: string) => ({ system: 'urn:east', value, type: 'MR' });

const base: RawPerson = {
  names: [{ given: 'Mario', family: 'Holloway' }],
  birthDate: '1980-02-03',
  sex: 'M',
  addresses: [{ line: '12 Quarry Rd', city: 'Alderton', postalCode: '43001' }],
  phones: ['6145550123'],
};
const named = (given: string, more: object = {}): RawPerson => ({
  ...base,
  names: [{ given, family: 'Holloway', ...more }],
});
const day = (at: string) => `2024-05-${at}T00:00:00Z`;

/** The ids that fire on two records. */
const firing = (a: RawPerson, b: RawPerson): string[] =>
  vetoesBetween(builtInPolicy, prepare(normalisePerson(a)), prepare(normalisePerson(b))).map(
    ({ id }) => id,
  );

type Example = {
  readonly fires: readonly [RawPerson, RawPerson][];
  readonly silent: Example['fires'];
};

const examples: Readonly<Record<string, Example>> = {
  'strong-identifier-conflict': {
    fires: [
      [
        { ...base, identifiers: [ssn('401223344')] },
        { ...base, identifiers: [ssn('512990011')] },
      ],
      // Numbers of a hospital count up: a neighbour is another person.
      [
        { ...base, identifiers: [mr('10000017')] },
        { ...base, identifiers: [mr('10000018')] },
      ],
      // A misread number, but then the name must be there.
      [
        { ...named(''), identifiers: [ssn('401223344')] },
        { ...base, identifiers: [ssn('401223345')] },
      ],
    ],
    silent: [
      [
        { ...base, identifiers: [ssn('401223344')] },
        { ...base, identifiers: [ssn('401223345')] },
      ],
      [
        { ...base, identifiers: [ssn('401223344')] },
        { ...base, identifiers: [mr('10000018')] },
      ],
      // No two numbers that follow each other differ in front.
      [
        { ...base, identifiers: [ssn('401223344')] },
        { ...named('Maryo'), birthDate: '1980-02-04', identifiers: [ssn('407223344')] },
      ],
    ],
  },
  'given-name-conflict': {
    fires: [
      [base, named('Gregory')],
      [
        { ...base, identifiers: [ssn('401223344')] },
        { ...named('Gregory'), identifiers: [ssn('401223344')] },
      ],
    ],
    silent: [
      [base, named('Maryo')],
      [
        { ...base, identifiers: [national('4857773456')] },
        { ...named('Gregory'), identifiers: [national('4857773456')] },
      ],
    ],
  },
  'given-name-unknown': { fires: [[base, named('')]], silent: [[base, base]] },
  'birth-date-conflict': {
    fires: [
      [base, { ...base, birthDate: '1991-11-20' }],
      [base, { ...base, birthDate: '1980-03-02' }],
      [
        { ...base, identifiers: [ssn('401223344')] },
        { ...base, birthDate: '2010-02-03', identifiers: [ssn('401223344')] },
      ],
      // The father's number on the record of his son, who has his name and home.
      [
        { ...base, identifiers: [national('4857773456')] },
        { ...base, birthDate: '2010-11-20', identifiers: [national('4857773456')] },
      ],
      // Sisters of one birthday, with one number for the family.
      [
        { ...named('Mia'), identifiers: [ssn('401223344')] },
        { ...named('Mya'), birthDate: '1981-02-03', identifiers: [ssn('401223344')] },
      ],
    ],
    silent: [
      [
        { ...base, identifiers: [ssn('401223344')] },
        { ...base, birthDate: '1980-03-02', identifiers: [ssn('407223344')] },
      ],
      // Married, and in the same house: the number is one person's alone.
      [
        { ...base, identifiers: [national('4857773456')] },
        {
          ...base,
          names: [{ given: 'Mario', family: 'Quist' }],
          birthDate: '1991-11-20',
          identifiers: [national('4857773456')],
        },
      ],
      [
        { ...base, identifiers: [ssn('401223344')] },
        { ...base, birthDate: '1980-03-02', identifiers: [ssn('401223344')] },
      ],
    ],
  },
  'birth-date-unknown': {
    fires: [[base, { ...base, birthDate: '' }]],
    silent: [
      [
        { ...base, identifiers: [national('4857773456')] },
        { ...base, birthDate: '', identifiers: [national('4857773456')] },
      ],
    ],
  },
  'suffix-conflict': {
    fires: [
      [named('Mario', { suffix: 'Jr' }), named('Mario', { suffix: 'Sr' })],
      [named('Mario', { suffix: 'Jr' }), { ...base, birthDate: '1950-06-07' }],
    ],
    silent: [[named('Mario', { suffix: 'Jr' }), base]],
  },
  'sex-with-given-name': {
    fires: [[base, { ...named('Maria'), sex: 'F' }]],
    silent: [[base, { ...base, sex: 'F' }]],
  },
  'multiple-birth': {
    fires: [
      [
        { ...base, birthOrder: 1 },
        { ...base, birthOrder: 2 },
      ],
      [{ ...base, isMultipleBirth: true }, named('')],
    ],
    silent: [
      [
        { ...base, isMultipleBirth: true, birthOrder: 1 },
        { ...base, birthOrder: 1 },
      ],
    ],
  },
  'mother-identifier': {
    fires: [
      [
        { ...base, identifiers: [mr('7')] },
        { ...base, motherIdentifiers: [mr('7')] },
      ],
    ],
    silent: [
      [
        { ...base, identifiers: [mr('8')] },
        { ...base, motherIdentifiers: [mr('7')] },
      ],
    ],
  },
  'placeholder-name': {
    fires: [
      [named('BABY BOY'), named('BABY BOY')],
      [named('BABI BOY'), base],
      [{ ...base, names: [{ given: 'UNKNOWN', family: 'UNKNOWN' }] }, base],
    ],
    silent: [[named('Abby'), named('Gaby')]],
  },
  'similar-twins': {
    fires: [
      [named('Mia'), named('Mya')],
      [named('Maria', { middle: 'Ana' }), named('Maria', { middle: 'Luisa' })],
      [named('Mia'), named('')],
      [named('J'), named('John')],
      // Twins are given their numbers one after the other.
      [
        { ...named('Mario'), identifiers: [ssn('401223344')] },
        { ...named('Maryo'), identifiers: [ssn('401223345')] },
      ],
      // Two names, whoever's number both have.
      ...[
        ['Mia', 'Mya'],
        ['Jayden', 'Kayden'],
        ['Elena', 'Gregory'],
      ].flatMap(([one = '', other = '']) =>
        [ssn('401223344'), national('4857773456')].map(
          (number) =>
            [
              { ...named(one), identifiers: [number] },
              { ...named(other), identifiers: [number] },
            ] satisfies [RawPerson, RawPerson],
        ),
      ),
      // A vowel more: a name that no list has.
      [
        { ...named('Joseph'), identifiers: [ssn('401223344')] },
        { ...named('Josephe'), identifiers: [ssn('401223344')] },
      ],
      [named('Maria', { middle: 'Thi Lan' }), named('Maria', { middle: 'Thi Mai' })],
      // Her twin's name stands in the other's field, and the family name too.
      [
        { ...named('Christine'), identifiers: [national('4857773456')] },
        {
          ...base,
          names: [{ given: 'Holloway', family: 'Christina' }],
          identifiers: [national('4857773456')],
        },
      ],
      // Her family name stands first in one of the two.
      [
        { ...base, names: [{ given: 'Li Na', family: 'Li' }] },
        { ...base, names: [{ given: 'Li', family: 'Yan' }] },
      ],
    ],
    silent: [
      [
        { ...named('William'), identifiers: [national('4857773456')] },
        { ...named('Bill'), identifiers: [national('4857773456')] },
      ],
      [
        { ...named('Mario'), identifiers: [ssn('401223344')] },
        { ...named('Maryo'), identifiers: [ssn('407223344')] },
      ],
      // Married, and moved.
      [
        { ...named('Mario'), identifiers: [national('4857773456')] },
        {
          names: [{ given: 'Maryo', family: 'Quist' }],
          birthDate: '1980-02-03',
          identifiers: [national('4857773456')],
        },
      ],
      [named('Maria', { middle: 'Ana' }), named('Maria', { middle: 'A' })],
      [
        { ...named('Mario'), identifiers: [ssn('401223344')] },
        { ...named('Mrio'), identifiers: [ssn('401223344')] },
      ],
      // Each name in the other's field, and a letter wrong.
      [
        { ...named('Harry'), identifiers: [ssn('401223344')] },
        {
          ...base,
          names: [{ given: 'Holloway', family: 'Hacry' }],
          identifiers: [ssn('401223344')],
        },
      ],
      [named('Mary', { middle: 'Ann' }), named('Maryann')],
      [named('Ca', { middle: 'itlin' }), named('Caitlin')],
    ],
  },
  'death-before-activity': {
    fires: [
      [
        { ...base, deceased: '2020-01-05' },
        { ...base, lastActive: '2021-03-01' },
      ],
    ],
    silent: [
      [
        { ...base, deceased: '2020-01-05' },
        { ...base, lastActive: '2020-01-20' },
      ],
      [
        { ...base, deceased: true },
        { ...base, lastActive: '2021-03-01' },
      ],
    ],
  },
  'overlapping-stays': {
    fires: [
      [
        { ...base, stays: [{ facility: 'east', from: day('01'), to: day('09') }] },
        { ...base, stays: [{ facility: 'west', from: day('03') }] },
      ],
    ],
    silent: [
      [
        { ...base, stays: [{ facility: 'east', from: day('01'), to: day('04') }] },
        { ...base, stays: [{ facility: 'west', from: day('04') }] },
      ],
      [
        { ...base, stays: [{ facility: 'east', from: day('01') }] },
        { ...base, stays: [{ facility: 'east', from: day('03') }] },
      ],
    ],
  },
};

describe('vetoes', () => {
  it('have an example each, a text, an owner and an id of their own', () => {
    const ids = pairVetoes.map(({ id }) => id);
    assert.deepEqual(ids.toSorted(), Object.keys(examples).toSorted());
    assert.equal(new Set(ids).size, ids.length);
    for (const { text, owner } of pairVetoes) assert.ok(text.endsWith('.') && owner.length > 0);
  });

  for (const [id, { fires, silent }] of Object.entries(examples)) {
    it(`${id} fires where it should, both ways round, and no score overrides it`, () => {
      for (const [a, b] of fires) {
        assert.ok(firing(a, b).includes(id), JSON.stringify([a, b]));
        assert.ok(firing(b, a).includes(id));
        const [x, y] = [prepare(normalisePerson(a)), prepare(normalisePerson(b))];
        const judged = judgePair(builtInPolicy, assessPair(builtInPolicy, sure, x, y));
        assert.deepEqual([judged.verdict, judged.reasons.includes('vetoed')], ['review', true]);
      }
      for (const [a, b] of silent) assert.ok(!firing(a, b).includes(id), JSON.stringify([a, b]));
    });
  }

  it('and evidence are symmetric on anything a source may write', () => {
    fc.assert(
      fc.property(rawPerson, rawPerson, (a, b) => {
        const [x, y] = [prepare(normalisePerson(a)), prepare(normalisePerson(b))];
        assert.deepEqual(
          explainPair(builtInPolicy, sure, x, y),
          explainPair(builtInPolicy, sure, y, x),
        );
      }),
      { numRuns: 1500 },
    );
  });

  it('let a record say nothing by what it does not know', () => {
    const fields = ['birthDate', 'addresses', 'phones', 'emails', 'identifiers', 'sex'] as const;
    const without = (record: PersonRecord, field: (typeof fields)[number]): PersonRecord => {
      const { [field]: _unknown, ...rest } = record;
      return { addresses: [], phones: [], emails: [], identifiers: [], ...rest };
    };
    fc.assert(
      fc.property(rawPerson, rawPerson, fc.constantFrom(...fields), (a, b, field) => {
        const [x, y] = [normalisePerson(a), normalisePerson(b)];
        const full = explainPair(builtInPolicy, sure, prepare(x), prepare(y));
        const less = explainPair(builtInPolicy, sure, prepare(without(x, field)), prepare(y));
        for (const group of less.agreeing) assert.ok(full.agreeing.includes(group), group);
      }),
      { numRuns: 1500 },
    );
  });

  it('let nothing but a sex, or nothing at all, be linked to anything', () => {
    const sex = prepare(normalisePerson({ sex: 'F' }));
    fc.assert(
      fc.property(rawPerson, (other) => {
        const judged = judgePair(
          builtInPolicy,
          assessPair(builtInPolicy, sure, sex, prepare(normalisePerson(other))),
        );
        assert.equal(judged.verdict, 'review');
        assert.deepEqual(judged.reasons.toSorted(), ['evidence-groups', 'vetoed']);
      }),
      { numRuns: 300 },
    );
  });
});
