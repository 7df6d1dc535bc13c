// Goal: batch linking holds on public sets that nobody here wrote. Method: each set through the
// same call as `identity evaluate`, with the built-in policy and nothing tuned to it; with and
// without identifiers and with single columns left out.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  builtInPolicy,
  countTruePairs,
  type Evaluation,
  evaluate,
  linkAll,
  linkInProcess,
  linkSeed,
  readColumns,
  readPeople,
} from '../../../transforms/identity/index.ts';

const root = process.env.PLEXUS_CORPORA ?? join(import.meta.dirname, '../../../../shared/corpora');
const folder = join(root, 'identity');

const febrl = {
  id: 'rec_id',
  given: 'given_name',
  family: 'surname',
  birthDate: 'date_of_birth',
  line: ['street_number', 'address_1', 'address_2'],
  city: 'suburb',
  postalCode: 'postcode',
  state: 'state',
};
const withSsn = { ...febrl, identifier: { 'urn:ssn': 'soc_sec_id' } };
const { line: _line, ...withoutLine } = febrl;
const fake = {
  id: 'unique_id',
  given: 'first_name',
  family: 'surname',
  birthDate: 'dob',
  city: 'city',
  email: 'email',
};
const byRecordId = { column: 'rec_id', pattern: /^rec-(\d+)-/ };

async function linked(file: string, columns: object, truth: { column: string; pattern?: RegExp }) {
  const scratch = mkdtempSync(join(tmpdir(), 'plexus-columns-'));
  const columnsFile = join(scratch, 'columns.json');
  writeFileSync(columnsFile, JSON.stringify(columns));
  const read = readColumns(columnsFile);
  rmSync(scratch, { recursive: true });
  const people = await readPeople([join(folder, file)], read, truth);
  const task = { policy: builtInPolicy, seed: linkSeed, source: 'corpus' };
  const result = await linkAll(linkInProcess(people, task), builtInPolicy);
  const truths = new Map(people.ids.map((id, at) => [id, people.truth[at] ?? '']));
  const counts = countTruePairs(people.truth, people.secondFrom);
  return evaluate(result, (id) => truths.get(id) ?? '', counts, false);
}

const cases: readonly {
  readonly name: string;
  readonly file: string;
  readonly columns: object;
  readonly truth: { column: string; pattern?: RegExp };
  readonly f1: number;
}[] = [
  { name: 'FEBRL 3', file: 'dataset3.csv', columns: withSsn, truth: byRecordId, f1: 0.999 },
  { name: 'FEBRL 3, no SSN', file: 'dataset3.csv', columns: febrl, truth: byRecordId, f1: 0.993 },
  {
    name: 'FEBRL 3, no SSN, no street',
    file: 'dataset3.csv',
    columns: withoutLine,
    truth: byRecordId,
    f1: 0.93,
  },
  { name: 'FEBRL 1', file: 'dataset1.csv', columns: withSsn, truth: byRecordId, f1: 0.999 },
  { name: 'FEBRL 1, no SSN', file: 'dataset1.csv', columns: febrl, truth: byRecordId, f1: 0.995 },
  {
    name: 'fake 1000',
    file: 'fake_1000.csv',
    columns: fake,
    truth: { column: 'cluster' },
    f1: 0.92,
  },
];

const say = (name: string, { best, wrongAuto, autoShare, reviewShare, recordShares }: Evaluation) =>
  console.log(
    `      ${name.padEnd(28)} F1 ${best.f1.toFixed(5)} from p ${best.p.toFixed(3)}, auto ` +
      `${(100 * autoShare).toFixed(2)} %, review ${(100 * reviewShare).toFixed(2)} %, ` +
      `${wrongAuto} wrong; records linked ${(100 * recordShares.linked).toFixed(2)} %, to review ` +
      `${(100 * recordShares.review).toFixed(2)} %`,
  );

describe('linking public sets', () => {
  it('has the sets', () => assert.ok(existsSync(join(folder, 'dataset3.csv')), folder));

  for (const { name, file, columns, truth, f1 } of cases) {
    it(`${name}: best F1 at least ${f1}, no wrong automatic link`, async () => {
      const found = await linked(file, columns, truth);
      say(name, found);
      assert.equal(found.wrongAuto, 0);
      assert.ok(found.best.f1 >= f1, `F1 ${found.best.f1}`);
    });
  }
});
