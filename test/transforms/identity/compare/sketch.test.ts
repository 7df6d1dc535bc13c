// Goal: what a sketch says of two records is never less than what comparing them gives: no level is
// missing, no score is above the ceiling, whatever the model. Method: properties over people with
// and without errors between them, compared in full as the oracle; what has no sketch is asked for.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  baseModel,
  compare,
  comparisonNames,
  createSketches,
  type IdentityModel,
  levelSetsBetween,
  newLevelSets,
  newLevels,
  normalisePerson,
  prepare,
  type RawPerson,
  scorerOf,
} from '../../../../transforms/identity/index.ts';
import { rawPerson } from '../raw-people.ts';

const scorer = scorerOf(baseModel());

const given = fc.constantFrom(
  'Maria',
  'Mary',
  'Marie',
  'Jon',
  'John',
  'Jonathan',
  'Katherine',
  'J',
);
const family = fc.constantFrom('Smith', 'Smyth', 'Schmidt', 'Miller', 'Muller', 'Jon', 'Maria');
const line = fc
  .tuple(
    fc.constantFrom('12', '21', '1234', '124'),
    fc.constantFrom('MAIN', 'MAINE', 'OAK HILL', 'OAKHILL', 'LONG MEADOW'),
    fc.constantFrom('STREET', 'ROAD', 'STREET APT 4', ''),
  )
  .map((parts) => parts.join(' ').trim());
/** One person as most are on file; few values, so that two are often alike. */
const plain: fc.Arbitrary<RawPerson> = fc.record(
  {
    names: fc.tuple(
      fc.record(
        { given, family, middle: fc.constantFrom('A', 'Ann', 'Anne', 'Paul') },
        { requiredKeys: [] },
      ),
    ),
    birthDate: fc.constantFrom(
      '1980-02-03',
      '1980-03-02',
      '1980-02-04',
      '1971',
      '1980-02',
      '1955-11-30',
    ),
    sex: fc.constantFrom('F', 'M', 'O'),
    addresses: fc.tuple(
      fc.record(
        {
          line,
          city: fc.constantFrom('Springfield', 'Springfeld', 'Shelby', 'Ogden'),
          postalCode: fc.constantFrom('62701', '62710', '84401'),
        },
        { requiredKeys: [] },
      ),
    ),
    phones: fc.array(fc.constantFrom('2175550123', '2175550132', '5550123', '8015550123'), {
      maxLength: 2,
    }),
    emails: fc.array(fc.constantFrom('m.smith@x.org', 'm.smyth@x.org', 'msmith@x.org', 'j@y.org'), {
      maxLength: 1,
    }),
    identifiers: fc.array(
      fc.record({
        system: fc.constantFrom('urn:a', 'urn:b'),
        value: fc.constantFrom('123-45-6789', '123-45-6798', '987654321', 'E10234', 'E10243', '7'),
      }),
      { maxLength: 3 },
    ),
  },
  { requiredKeys: [] },
);

/** Two people, one of them as a typist may have written the other. */
const pair = fc.oneof(
  fc.tuple(plain, plain),
  fc
    .tuple(plain, plain)
    .chain(([one, other]) =>
      fc
        .subarray(Object.keys(other) as (keyof RawPerson)[])
        .map(
          (keys) =>
            [one, { ...one, ...Object.fromEntries(keys.map((key) => [key, other[key]])) }] as [
              RawPerson,
              RawPerson,
            ],
        ),
    ),
  fc.tuple(rawPerson, rawPerson),
);

function check(
  [x, y]: readonly [RawPerson, RawPerson],
  model = scorer,
): 'unknown' | 'low' | 'high' {
  const [a, b] = [prepare(normalisePerson(x)), prepare(normalisePerson(y))];
  const sketches = createSketches(4);
  sketches.put(1, a);
  sketches.put(2, b);
  const [one, other] = [sketches.of(1), sketches.of(2)];
  if (one === undefined || other === undefined) return 'unknown';
  const [levels, sets] = [newLevels(), newLevelSets()];
  compare(a, b, levels);
  levelSetsBetween(one, other, sets);
  for (const [at, name] of comparisonNames.entries())
    assert.ok(((sets[at]! >> (levels[at]! + 1)) & 1) === 1, `${name}: level ${levels[at]}`);
  const { p } = model.score(a, b);
  const ceiling = model.ceiling(one, other);
  assert.ok(!(p > ceiling), `${p} above ${ceiling}`);
  return ceiling < 0.5 ? 'low' : 'high';
}

describe('sketches', () => {
  it('allow every level that comparing gives, and no lower score', () => {
    const seen = { unknown: 0, low: 0, high: 0 };
    fc.assert(
      fc.property(pair, (two) => {
        seen[check(two)] += 1;
      }),
      { numRuns: 2_000 },
    );
    // Most pairs are settled by their sketches, or they would be of no use.
    assert.ok(seen.low > 400 && seen.high > 50, JSON.stringify(seen));
  });

  it('hold under any model', () => {
    const base = baseModel();
    const chance = fc.double({ min: 1e-6, max: 1, noNaN: true });
    const model: fc.Arbitrary<IdentityModel> = fc
      .record(
        Object.fromEntries(
          comparisonNames.map((name) => [
            name,
            fc.tuple(
              ...base.levels[name].map(() => fc.record({ m: chance, u: chance, h: chance })),
            ),
          ]),
        ),
      )
      .map((levels) => ({ ...base, levels }) as unknown as IdentityModel);
    fc.assert(
      fc.property(pair, model, (two, other) => {
        check(two, scorerOf(other));
      }),
      { numRuns: 150 },
    );
  });

  it('know nothing of who says more than they have room for, nor of who was pushed out', () => {
    const sketches = createSketches(4);
    const simple = prepare(normalisePerson({ names: [{ given: 'Ana', family: 'Gray' }] }));
    const former = { given: 'Ana', family: 'Bell', isFormer: true };
    const renamed = normalisePerson({ names: [{ given: 'Ana', family: 'Gray' }, former] });
    sketches.put(3, simple);
    assert.equal(sketches.of(3)?.names[0]?.given?.text, 'ANA');
    sketches.put(3, prepare(renamed));
    assert.equal(sketches.of(3), undefined);
    sketches.put(3, simple);
    sketches.put(7, simple);
    assert.equal(sketches.of(3), undefined);
    sketches.drop(3);
    assert.ok(sketches.of(7));
    sketches.drop(7);
    assert.equal(sketches.of(7), undefined);
  });
});
