// Goal: a batch is linked the same whatever the order of its rows and the number of threads, its
// output keeps its promises, and wrong input is told in one line. Method: synthetic people with
// mistakes in a file, its rows permuted; every kind of bad input through the reader.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { corrupt, people, randomOf, recordOf, usual } from '../../../../bench/people/index.ts';
import { PlexusError } from '../../../../engine/index.ts';
import {
  builtInPolicy,
  type LinkResult,
  linkAll,
  linkInProcess,
  linkSeed,
  openLinkThreads,
  readColumns,
  readPeople,
} from '../../../../transforms/identity/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'plexus-link-'));
after(() => rmSync(folder, { recursive: true }));

let files = 0;
const write = (text: string): string => {
  files += 1;
  const file = join(folder, `${files}.csv`);
  writeFileSync(file, text);
  return file;
};
const columnsFile = join(folder, 'columns.json');
const named = {
  id: 'id',
  given: 'given',
  family: 'family',
  birthDate: 'born',
  line: ['line'],
  city: 'city',
  postalCode: 'zip',
  phone: 'phone',
};
writeFileSync(columnsFile, JSON.stringify(named));
const columns = readColumns(columnsFile);
const header = 'id, given, family, born, line, city, zip, phone';

/** Two records each of `count` people, the second with a mistake; who is who is in the id. */
function rowsOf(count: number): string[] {
  return [...people(3, count)].flatMap((person) => {
    const random = randomOf(3, person.no);
    const first = recordOf(person, 'east', random, usual);
    const second = corrupt(recordOf(person, 'west', random, usual), 1, random);
    return [first, second].map(({ names, birthDate, addresses, phones }, no) => {
      const [name, home] = [names?.[0], addresses?.[0]];
      const cells = [`${person.no}-${no}`, name?.given, name?.family, birthDate];
      return [...cells, home?.line, home?.city, home?.postalCode, phones?.[0]]
        .map((cell) => String(cell ?? '').replaceAll(',', ' '))
        .join(', ');
    });
  });
}

const task = { columns, policy: builtInPolicy, seed: linkSeed, source: 'test' };
const fileOf = (rows: readonly string[]) => write([header, ...rows].join('\n'));
async function link(...inputs: readonly string[]): Promise<LinkResult> {
  return linkAll(linkInProcess(await readPeople(inputs, columns), task), builtInPolicy);
}

describe('linking files', () => {
  const rows = rowsOf(150);

  it('gives the same for any order of the rows', async () => {
    const expected = await link(fileOf(rows));
    assert.ok(expected.counts.auto > 75, `only ${expected.counts.auto} linked`);
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(rows, { minLength: rows.length }), async (other) => {
        assert.deepEqual(await link(fileOf(other)), expected);
      }),
      { numRuns: 3 },
    );
  });

  it('gives the same by two threads as by none', async () => {
    const file = fileOf(rows);
    const threads = await openLinkThreads({ ...task, files: [file] }, 2);
    const { edges, clusters, model } = await linkAll(threads, builtInPolicy);
    await threads.close();
    const alone = await link(file);
    assert.deepEqual(
      { edges, clusters, model },
      {
        edges: alone.edges,
        clusters: alone.clusters,
        model: alone.model,
      },
    );
  });

  it('prints a pair once; links share a cluster, reviews do not', async () => {
    const { edges, clusters } = await link(fileOf(rows));
    const clusterOf = new Map(
      clusters.flatMap(({ cluster, members }) => members.map((id) => [id, cluster])),
    );
    assert.equal(clusterOf.size, rows.length);
    assert.equal(clusters.flatMap(({ members }) => members).length, rows.length);
    const pairs = new Set(edges.map(({ a, b }) => [a, b].toSorted().join(' ')));
    assert.equal(pairs.size, edges.length);
    for (const { a, b, decision, vetoes, p } of edges) {
      assert.equal(clusterOf.get(a) === clusterOf.get(b), decision === 'auto');
      if (decision === 'auto') assert.deepEqual(vetoes, []);
      assert.ok(p >= builtInPolicy.thresholds.low && p <= 1);
    }
    for (const { a, b, decision } of edges)
      if (decision === 'auto') assert.equal(a.split('-')[0], b.split('-')[0]);
  });

  it('links two files across and prints nothing within one', async () => {
    const [first, second] = ['-0,', '-1,'].map((end) => rows.filter((row) => row.includes(end)));
    const { edges } = await link(fileOf(first!), fileOf(second!));
    assert.ok(edges.length > 75);
    for (const { a, b } of edges) assert.ok(a.endsWith('-0') && b.endsWith('-1'), `${a} ${b}`);
  });

  it('reads a day first where the file does', async () => {
    const born = ['03/02/1980', '25/12/1971', '04/05/1962'];
    const file = write(`id,born\n${born.map((date, no) => `${no},${date}`).join('\n')}`);
    const { prepared } = await readPeople([file], { id: 'id', birthDate: 'born' });
    const dates = prepared.map(({ record }) => record.birthDate);
    assert.deepEqual(dates, ['1980-02-03', '1971-12-25', '1962-05-04']);
  });

  it('links nothing where there is nothing but a sex', async () => {
    const file = write(`id,sex\n${Array.from({ length: 300 }, (_, no) => `${no},F`).join('\n')}`);
    const found = await readPeople([file], { id: 'id', sex: 'sex' });
    const { edges, counts } = await linkAll(linkInProcess(found, task), builtInPolicy);
    assert.deepEqual([edges.length, counts.clusters], [0, 300]);
  });

  it('ends on 10,000 records with one phone number, and says what it left out', async () => {
    const many = Array.from({ length: 10_000 }, (_, no) => `${no},5552013344`);
    const file = write(`id,phone\n${many.join('\n')}`);
    const found = await readPeople([file], { id: 'id', phone: ['phone'] });
    const { counts } = await linkAll(linkInProcess(found, task), builtInPolicy);
    assert.equal(counts.auto, 0);
    assert.ok(counts.leftOut > 0);
  }).timeout(600_000);
});

describe('bad input of a linkage', () => {
  const bad: readonly (readonly [string, string, string])[] = [
    ['an empty file', '', 'link-input-empty'],
    ['a header alone', `${header}\n`, 'link-input-empty'],
    ['a missing column', 'id, given\n1, Ann\n', 'link-column-missing'],
    ['a row too long', `${header}\n1,a,b,c,d,e,f,g,h\n`, 'link-input-malformed'],
    ['a row too short', `${header}\n1,a\n`, 'link-input-malformed'],
    ['a quote that never ends', `${header}\n"1,a,b,c,d,e,f,g\n`, 'link-input-malformed'],
    ['an id twice', `${header}\n1,a,b,c,d,e,f,g\n1,a,b,c,d,e,f,g\n`, 'link-id-duplicate'],
    ['a column twice', 'id,given,given\n1,a,b\n', 'link-column-twice'],
    ['no id', `${header}\n,a,b,c,d,e,f,g\n`, 'link-id-missing'],
  ];
  const refusal = (code: string) => (error: unknown) =>
    error instanceof PlexusError && error.code === code && [74, 78].includes(error.exit);

  for (const [name, text, code] of bad) {
    it(`${name} is refused`, () =>
      assert.rejects(readPeople([write(text)], columns), refusal(code)));
  }

  it('letters of another encoding are refused, for two names would become one', () => {
    const file = write('');
    writeFileSync(file, `${header}\n1,Zo\u00EB,b,c,d,e,f,g\n`, 'latin1');
    return assert.rejects(readPeople([file], columns), refusal('link-input-encoding'));
  });

  it('a file that is not there is refused', () =>
    assert.rejects(readPeople([join(folder, 'none')], columns), refusal('link-input-unreadable')));

  it('by threads, too', () =>
    assert.rejects(
      openLinkThreads({ ...task, files: [write('id\n')] }, 2),
      refusal('link-column-missing'),
    ));

  for (const text of ['{', '[]', '{"given":"a"}', '{"id":"a","shoe":"b"}', '{"id":1}']) {
    it(`columns as ${text} are refused`, () => {
      const file = write(text);
      assert.throws(() => readColumns(file), refusal('link-columns-invalid'));
    });
  }
});
