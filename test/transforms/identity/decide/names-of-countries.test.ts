// Goal: brothers and sisters of one birthday and one home stay apart in the names of many
// countries, however alike, however written and whatever number they share; a misspelling of one
// name does not keep a person from her own record.
// Method: pairs of real names that a letter or two tell apart, and families as their countries
// write them, at random; each as twins, as second names, in the order of East Asia, with a maiden
// name beside; through a scorer that is always sure. Names written with one letter that makes none.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  assessPair,
  builtInPolicy,
  judgePair,
  normalisePerson,
  type PairScorer,
  prepare,
  type RawPerson,
} from '../../../../transforms/identity/index.ts';

type RawName = NonNullable<RawPerson['names']>[number];

const sure: PairScorer = { score: () => ({ p: 1, weight: 100 }), bars: () => [] };

/** Families of a country, and two of its names that are nearly one. */
const countries: readonly (readonly [families: string, alike: string])[] = [
  ['Smith Johnson', 'Mia/Mya Jayden/Kayden Erin/Eric Makayla/Mikayla Hanna/Hannah Ann/Anna'],
  ['Nguyen,White', 'Lachlan/Lochlan Riley/Ryley Hayley/Bailey Kieran/Kiera'],
  ['García López,Pérez', 'Mario/María Luis/Luisa Daniel/Daniela Julio/Julia Angel/Ángela'],
  ['dos Santos,Silva', 'Joana/Joaná Mariana/Mariano Rui/Ruy Rita/Rute'],
  ['Müller,von der Heide', 'Lena/Lina Jonas/Jona Finn/Fynn Hanno/Hanna Jan/Jana'],
  ['van den Berg,de Vries', 'Sanne/Hanne Lotte/Lotta Jan/Jaap Tess/Teun'],
  ['Trần,Phạm', 'Linh/Minh Lan/Loan Thanh/Khanh Hoa/Hao'],
  ['Wang,Li', 'Wei/Mei Jun/Jin Fang/Feng Lan/Lin'],
  ['Kim,Park', 'Minji/Minju Jiwoo/Jiwon Seojun/Seoyun Sumin/Subin'],
  ['Sato,Suzuki', 'Yuki/Yuka Haruto/Haruta Riku/Rika Hana/Hina Kazuki/Kazuko'],
  ['al-Sayed,Khan', 'Ahmed/Hamed Omar/Amar Karim/Karima Samir/Samira Ali/Alia'],
  ['Patel,Singh', 'Diya/Riya Rohan/Rohit Kavya/Navya Anita/Amita Sunil/Anil'],
  ['Ivanov,Petrova', 'Ivan/Ivana Valentin/Valentina Olga/Olya Roman/Ruslan'],
  ['Otieno,Mwangi', 'Amina/Amani Opiyo/Apiyo Taiwo/Taiye Kiprop/Kiprono'],
];

type Alike = { readonly family: string; readonly other: string; readonly names: string[] };

const plain = (text: string) => text.normalize('NFD').replaceAll(/[^A-Za-z]/g, '');

const alike: fc.Arbitrary<Alike> = fc.constantFrom(...countries).chain(([families, names]) => {
  const [family = '', other = family] = families.split(',');
  // An accent more or less is no other name.
  const pairs = names
    .split(' ')
    .map((pair) => pair.split('/'))
    .filter(([one = '', two = '']) => plain(one) !== plain(two));
  return fc.record({
    family: fc.constant(family),
    other: fc.constant(other),
    names: fc.constantFrom(...pairs),
  });
});

const ways = {
  'by their given names': ({ family, names: [one = '', two = ''] }: Alike) => [
    [{ given: one, family }],
    [{ given: two, family }],
  ],
  'by their second names': ({ family, names: [one, two] }: Alike) => [
    [{ given: `Maria ${one}`, family }],
    [{ given: `Maria ${two}`, family }],
  ],
  'where one has the family name first': ({ family, names: [one = '', two = ''] }: Alike) => [
    [{ given: one, family }],
    [{ given: family, family: two }],
  ],
  'where one has another family name too': ({
    family,
    other,
    names: [one = '', two = ''],
  }: Alike) => [
    [{ given: one, family: `${family}-${other}` }],
    [
      { given: two, family },
      { given: two, family: other, isFormer: true },
    ],
  ],
} satisfies Record<string, (alike: Alike) => RawName[][]>;

/** None, one of their own each, two that were given together, one for both. */
const numbers = [
  [],
  ['401223344', '877019265'],
  ['401223344', '401223345'],
  ['401223344'],
] as const;

const person = (names: readonly RawName[], at: string, ssn?: string): RawPerson => ({
  names,
  birthDate: '2015-04-06',
  addresses: [{ line: '12 Quarry Rd', city: 'Alderton', postalCode: '43001' }],
  phones: ['6145550123'],
  identifiers: [
    { system: `urn:${at}`, value: '10000017', type: 'MR' },
    ...(ssn === undefined ? [] : [{ system: 'urn:ssn', value: ssn, type: 'SS' }]),
  ],
});

const verdictOf = (a: RawPerson, b: RawPerson): string => {
  const [x, y] = [prepare(normalisePerson(a)), prepare(normalisePerson(b))];
  return judgePair(builtInPolicy, assessPair(builtInPolicy, sure, x, y)).verdict;
};

describe('twins in the names of many countries', () => {
  for (const [way, write] of Object.entries(ways))
    it(`are told apart ${way}`, () => {
      fc.assert(
        fc.property(alike, fc.constantFrom(...numbers), (twins, [one, two = one]) => {
          const [first = [], second = []] = write(twins);
          const pair = [person(first, 'east', one), person(second, 'west', two)] as const;
          assert.notEqual(verdictOf(...pair), 'auto', JSON.stringify(pair.map((p) => p.names)));
        }),
        { numRuns: 400, seed: 20_260_606 },
      );
    });

  it('are no reason to doubt a misspelling that is no name', () => {
    const written = ['Mrio/Mario', 'Lachlzn/Lachlan', 'Kzrima/Karima', 'Hqruto/Haruto'];
    for (const [wrong = '', right = ''] of written.map((pair) => pair.split('/'))) {
      const at = (given: string, place: string) =>
        person([{ given, family: 'Holloway' }], place, '401223344');
      assert.equal(verdictOf(at(wrong, 'east'), at(right, 'west')), 'auto', wrong);
    }
  });
});
