/**
 * `npm run bench:link`: batch linking of 1,000,000 synthetic records, by the threads that
 * `identity link` uses, and how it grows up to there. Written to bench/results/ with date and
 * machine. Splink's published figure for a million records is about a minute on a laptop.
 *
 *   ./bin/node24 bench/identity-link.ts [--records 10000,100000,1000000] [--dry]
 *
 * Wall time depends on who else uses the machine; processor time does so less. Records are of
 * households with skewed names; a quarter of the people have a second record, with mistakes.
 */
import { createWriteStream, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  builtInPolicy,
  linkAll,
  linkSeed,
  openLinkThreads,
  readColumns,
} from '../transforms/identity/index.ts';
import { corrupt, people, randomOf, recordOf, ssnSystem, usual } from './people/index.ts';

const columns = {
  id: 'id',
  given: 'given',
  family: 'family',
  birthDate: 'birth_date',
  sex: 'sex',
  line: 'line',
  city: 'city',
  state: 'state',
  postalCode: 'postcode',
  phone: 'phone',
  email: 'email',
  identifier: { [ssnSystem]: 'ssn' },
};

type Row = {
  readonly records: number;
  readonly read_ms: number;
  readonly fit_ms: number;
  readonly compare_and_cluster_ms: number;
  readonly wall_ms: number;
  readonly cpu_ms: number;
  readonly rss_mb: number;
  readonly compared: number;
  readonly auto: number;
  readonly review: number;
  readonly wrong_auto: number;
  readonly true_pairs: number;
  readonly hot_keys: number;
  readonly left_out: number;
};

/** Records of a file; the id of a second record is that of the first with `-2`. */
async function writeRecords(file: string, records: number): Promise<number> {
  const out = createWriteStream(file);
  const put = async (cells: readonly unknown[]) => {
    const line = cells.map((cell) => `"${String(cell ?? '').replaceAll('"', '""')}"`).join(',');
    if (!out.write(`${line}\n`)) await new Promise<void>((done) => out.once('drain', () => done()));
  };
  await put(Object.values({ ...columns, identifier: 'ssn' }));
  let written = 0;
  let pairs = 0;
  for (const person of people(7, records)) {
    const random = randomOf(7, person.no);
    const isTwice = random.chance(0.25) && written + 2 <= records;
    const first = recordOf(person, 'east', random, usual);
    const second = corrupt(recordOf(person, 'east', random, usual), 1, random);
    for (const [no, raw] of (isTwice ? [first, second] : [first]).entries()) {
      const name = raw.names?.[0];
      const home = raw.addresses?.[0];
      const ssn = raw.identifiers?.find(({ system }) => system === ssnSystem)?.value;
      const id = no === 0 ? `p${person.no}` : `p${person.no}-2`;
      const who = [id, name?.given, name?.family, raw.birthDate, raw.sex];
      const where = [home?.line, home?.city, home?.state, home?.postalCode];
      await put([...who, ...where, raw.phones?.[0], raw.emails?.[0], ssn]);
    }
    written += isTwice ? 2 : 1;
    if (isTwice) pairs += 1;
    if (written >= records) break;
  }
  await new Promise<void>((done) => out.end(() => done()));
  return pairs;
}

async function measure(folder: string, records: number): Promise<Row> {
  const file = join(folder, 'people.csv');
  const columnsFile = join(folder, 'columns.json');
  const true_pairs = await writeRecords(file, records);
  writeFileSync(columnsFile, JSON.stringify(columns));
  const cpuBefore = process.cpuUsage();
  const started = performance.now();
  let rss = 0;
  const watch = setInterval(() => {
    rss = Math.max(rss, process.memoryUsage.rss());
  }, 500);
  const task = {
    files: [file],
    columns: readColumns(columnsFile),
    policy: builtInPolicy,
    seed: linkSeed,
    source: 'bench',
  };
  const threads = await openLinkThreads(task, 2);
  const read = performance.now();
  let fitted = read;
  const timed = {
    ...threads,
    fit: async () => {
      const model = await threads.fit();
      fitted = performance.now();
      return model;
    },
  };
  const { counts, edges } = await linkAll(timed, builtInPolicy);
  const ended = performance.now();
  await threads.close();
  clearInterval(watch);
  const cpu = process.cpuUsage(cpuBefore);
  const personOf = (id: string) => id.replace('-2', '');
  const wrong = edges.filter((edge) => edge.decision === 'auto');
  return {
    records: counts.records,
    read_ms: Math.round(read - started),
    fit_ms: Math.round(fitted - read),
    compare_and_cluster_ms: Math.round(ended - fitted),
    wall_ms: Math.round(ended - started),
    cpu_ms: Math.round((cpu.user + cpu.system) / 1000),
    rss_mb: Math.round(rss / 1024 / 1024),
    compared: counts.compared,
    auto: counts.auto,
    review: counts.review,
    wrong_auto: wrong.filter(({ a, b }) => personOf(a) !== personOf(b)).length,
    true_pairs,
    hot_keys: counts.hotKeys,
    left_out: counts.leftOut,
  };
}

const { values } = parseArgs({
  options: {
    records: { type: 'string', default: '10000,100000,1000000' },
    dry: { type: 'boolean', default: false },
  },
});
const folder = mkdtempSync(join(tmpdir(), 'plexus-bench-link-'));
const rows: Row[] = [];
try {
  for (const records of values.records.split(',').map(Number)) {
    rows.push(await measure(folder, records));
    process.stdout.write(`${JSON.stringify(rows.at(-1))}\n`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
if (!values.dry) {
  const results = join(import.meta.dirname, 'results');
  mkdirSync(results, { recursive: true });
  const date = new Date().toISOString().slice(0, 10);
  const machine = { cpu: cpus()[0]?.model, cores: availableParallelism(), node: process.version };
  const text = JSON.stringify({ date, machine, rows }, undefined, 2);
  writeFileSync(join(results, `identity-link-${date}.json`), `${text}\n`);
}
