// Goal: batch linking, whose model is fitted to the very file and whose numbers have no type, links
// no trap either: not where a file is all traps, so that nothing in it is one person, nor where
// they stand among true duplicates. Method: trap pairs of every class as rows of a CSV file, with
// and without social security numbers, linked like any file; who is who is in the id.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  complete,
  duplicatePairs,
  trapClasses,
  trapPairs,
  usual,
} from '../../../../bench/people/index.ts';
import {
  builtInPolicy,
  linkAll,
  linkInProcess,
  linkSeed,
  type RawPerson,
  readColumns,
  readPeople,
} from '../../../../transforms/identity/index.ts';

const pairsPerClass = Number(process.env.PLEXUS_TRAP_PAIRS ?? '80');
const columns = {
  id: 'id',
  given: 'given',
  family: 'family',
  suffix: 'suffix',
  birthDate: 'born',
  sex: 'sex',
  line: 'line',
  city: 'city',
  state: 'state',
  postalCode: 'zip',
  phone: 'phone',
  identifier: { 'urn:ssn': 'ssn' },
};
const header = 'id,given,family,suffix,born,sex,line,city,state,zip,phone,ssn';

function rowOf(id: string, person: RawPerson): string {
  const { names, addresses, birthDate, sex, phones, identifiers } = person;
  const [name, home] = [names?.[0], addresses?.[0]];
  const ssn = identifiers?.find(({ type }) => type === 'SS')?.value;
  const cells = [id, name?.given, name?.family, name?.suffix, birthDate, sex, home?.line];
  return [...cells, home?.city, home?.state, home?.postalCode, phones?.[0], ssn]
    .map((cell) => `"${String(cell ?? '').replaceAll('"', '')}"`)
    .join(',');
}

type Trap = (typeof trapClasses)[number];

/** Each class has households of its own, or its people would stand in the file several times. */
const seedOf = (trap: Trap): number => 1_000 * (trapClasses.indexOf(trap) + 1);

function trapRows(trap: Trap, hasSsn: boolean, count = pairsPerClass): string[] {
  return [0, 1].flatMap((mistakes) =>
    [
      ...trapPairs(trap, { seed: seedOf(trap) + mistakes, count: count / 2, hasSsn, mistakes }),
    ].flatMap(([a, b], no) => [
      rowOf(`${trap}-${mistakes}-${no}|a`, a),
      rowOf(`${trap}-${mistakes}-${no}|b`, b),
    ]),
  );
}

describe('linking a file of traps', function () {
  this.timeout(600_000);
  const folder = mkdtempSync(join(tmpdir(), 'plexus-traps-'));
  after(() => rmSync(folder, { recursive: true }));
  const columnsFile = join(folder, 'columns.json');
  writeFileSync(columnsFile, JSON.stringify(columns));

  /** Automatic edges between rows that are not one person. */
  async function wrongLinks(rows: readonly string[]) {
    const file = join(folder, 'traps.csv');
    writeFileSync(file, `${[header, ...rows].join('\n')}\n`);
    const people = await readPeople([file], readColumns(columnsFile));
    const task = { policy: builtInPolicy, seed: linkSeed, source: 'traps' };
    const { edges } = await linkAll(linkInProcess(people, task), builtInPolicy);
    const auto = edges.filter(({ decision }) => decision === 'auto');
    const isOne = (a: string, b: string) =>
      a.startsWith('true') && b.startsWith('true') && a.split('|')[0] === b.split('|')[0];
    const wrong = auto.filter(({ a, b }) => !isOne(a, b)).map(({ a, b }) => `${a} ${b}`);
    return { wrong, auto: auto.length, review: edges.length - auto.length };
  }

  for (const hasSsn of [true, false]) {
    const numbered = hasSsn ? 'with numbers' : 'without numbers';
    for (const trap of trapClasses) {
      it(`links no ${trap} ${numbered} in a file of their own`, async () => {
        const { wrong, review } = await wrongLinks(trapRows(trap, hasSsn));
        console.log(`      ${trap} ${numbered}: ${wrong.length} linked, ${review} to review`);
        assert.deepEqual(wrong, []);
      });
    }

    it(`links no trap ${numbered} among true duplicates`, async () => {
      const completeness = hasSsn ? usual : { ...complete, ssn: 0 };
      const options = { seed: 5, count: 600, completeness, mistaken: 0.3 };
      const duplicates = [...duplicatePairs(options)].flatMap(([a, b], no) => [
        rowOf(`true-${no}|a`, a),
        rowOf(`true-${no}|b`, b),
      ]);
      const traps = trapClasses.flatMap((trap) => trapRows(trap, hasSsn, 40));
      const { wrong, auto } = await wrongLinks([...duplicates, ...traps]);
      console.log(`      ${numbered}: ${wrong.length} wrong of ${auto} linked`);
      assert.deepEqual(wrong, []);
      assert.ok(auto > 300, 'true duplicates are linked');
    });
  }

  // So few that the file does not show that families use one number.
  const fewOf = [
    ['twins', 'exchanged-twins'],
    ['one-letter-twins', 'twins-family-name-first'],
    ['father-and-son', 'father-and-son-of-one-birthday'],
  ] as const;
  for (const [one, other] of fewOf) {
    it(`links no ${one}, ${other} with one number among true duplicates`, async () => {
      const options = { seed: 7, count: 600, completeness: usual, mistaken: 0.3 };
      const duplicates = [...duplicatePairs(options)].flatMap(([a, b], no) => [
        rowOf(`true-${no}|a`, a),
        rowOf(`true-${no}|b`, b),
      ]);
      const traps = [one, other].flatMap((trap) =>
        [...trapPairs(trap, { seed: seedOf(trap), count: 6, hasSsn: true, mistakes: 0 })].flatMap(
          ([a, b], no) => {
            const { identifiers = [] } = a;
            return [rowOf(`${trap}-${no}|a`, a), rowOf(`${trap}-${no}|b`, { ...b, identifiers })];
          },
        ),
      );
      const { wrong, auto } = await wrongLinks([...duplicates, ...traps]);
      assert.deepEqual(wrong, []);
      assert.ok(auto > 300, 'true duplicates are linked');
    });
  }
});
