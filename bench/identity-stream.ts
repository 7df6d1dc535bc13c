/**
 * `npm run bench:identity`: people arrive one by one, as the identify stage meets them: batches of
 * 64 in one transaction, each person by a first hospital, every sixth of them later by a second
 * one with what goes wrong at a desk. Names, birth dates and households are skewed as they are
 * (bench/people). Writes what it measured to bench/results/ with date and machine.
 *
 *   ./bin/node24 bench/identity-stream.ts [--people 1000000] [--dry]
 */
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openDatabase } from '../engine/index.ts';
import { type Contribution, type Conversion, nameUuid } from '../transforms/fhir/index.ts';
import {
  builtInGovernance,
  type IdentityStore,
  openIdentityStore,
  type RawPerson,
  resolve,
  rulingOf,
} from '../transforms/identity/index.ts';
import { corrupt, people, randomOf, recordOf, usual } from './people/index.ts';

const batchMessages = 64;
const secondShare = 1 / 6;
/** The last of them are sent a second time, unchanged. */
const latestBatches = 100;
/** A second record comes this many people after the first. */
const lag = 5_000;

function* stream(count: number): Generator<RawPerson> {
  const waiting: RawPerson[] = [];
  for (const person of people(20_261_122, count)) {
    const random = randomOf(7, person.no);
    yield recordOf(person, 'east', random, usual);
    if (random.chance(secondShare)) {
      const second = recordOf(person, 'west', random, usual);
      waiting.push(random.chance(0.4) ? corrupt(second, 1, random) : second);
    }
    if (waiting.length > lag * secondShare) yield waiting.shift()!;
  }
  yield* waiting;
}

const listOf = (text: string | readonly string[] | undefined): string[] =>
  text === undefined ? [] : [text].flat();

function patientOf(raw: RawPerson): Contribution {
  const { names = [], birthDate, sex, addresses = [], phones = [], emails = [] } = raw;
  const identifier = (raw.identifiers ?? []).map(({ system, value, type }) => ({
    system,
    value,
    type: { coding: listOf(type).map((code) => ({ code })) },
  }));
  const telecom = [
    ...phones.map((value) => ({ system: 'phone', value })),
    ...emails.map((value) => ({ system: 'email', value })),
  ];
  const name = names.map(({ given, middle, family, suffix, isFormer }) => ({
    given: [...listOf(given), ...listOf(middle)],
    ...(family === undefined ? {} : { family }),
    ...(suffix === undefined ? {} : { suffix: [suffix] }),
    ...(isFormer === true ? { use: 'old' } : {}),
  }));
  const address = addresses.map(({ line, ...rest }) => ({ ...rest, line: listOf(line) }));
  const { system, value } = identifier[0]!;
  const set = { identifier, name, birthDate, gender: sex, address, telecom };
  return { type: 'Patient', id: nameUuid(`${system}|${value}`), set, remove: [] };
}

const conversionOf = (patient: Contribution): Conversion => ({
  messageType: 'ADT^A08',
  controlId: '',
  contributions: [patient],
  unvisited: [],
  issues: [],
  marks: [],
  provenance: { mapping: 'bench@1', maps: [] },
});

type Window = { readonly decideMs: number[]; readonly perMessageMs: number[]; commitMs: number[] };
const emptyWindow = (): Window => ({ decideMs: [], perMessageMs: [], commitMs: [] });

const share = (values: readonly number[], q: number): number => {
  const sorted = values.toSorted((one, other) => one - other);
  return Number(
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0).toFixed(3),
  );
};

type Counts = { linked: number; reviews: number; hot: number; records: number };

function main(): void {
  const { values } = parseArgs({
    options: {
      people: { type: 'string', default: '1000000' },
      dry: { type: 'boolean', default: false },
    },
  });
  const total = Number(values.people);
  const marks = [10_000, 100_000, 1_000_000].filter((mark) => mark < total);
  marks.push(total);
  const folder = mkdtempSync(join(tmpdir(), 'plexus-identity-bench-'));
  const file = join(folder, 'identity.db');
  const db = openDatabase(file, {
    key: Buffer.alloc(32, 1),
    cacheKiB: 16 * 1024,
    autoCheckpointPages: 4096,
  });
  const governed = { governance: builtInGovernance, ...rulingOf('config', builtInGovernance) };
  const store = openIdentityStore(db, governed);
  const counts: Counts = { linked: 0, reviews: 0, hot: 0, records: 0 };
  const rows: unknown[] = [];
  let window = emptyWindow();
  let windowMs = 0;
  let cpu = process.cpuUsage();
  let batch: Conversion[] = [];
  const latest: Conversion[][] = [];
  for (const raw of stream(total)) {
    batch.push(conversionOf(patientOf(raw)));
    if (batch.length < batchMessages) continue;
    windowMs += runBatch(store, db.exec.bind(db), batch, window, counts);
    latest.push(batch);
    if (latest.length > latestBatches) latest.shift();
    batch = [];
    const mark = marks[0];
    if (mark === undefined) break;
    if (counts.records < mark) continue;
    marks.shift();
    const row = {
      records: counts.records,
      per_second: Math.round((window.decideMs.length * 1000) / windowMs),
      cpu_ms_per_message: cpuMs(cpu, window.decideMs.length),
      decide_p50_ms: share(window.decideMs, 0.5),
      decide_p99_ms: share(window.decideMs, 0.99),
      decide_and_commit_p50_ms: share(window.perMessageMs, 0.5),
      decide_and_commit_p99_ms: share(window.perMessageMs, 0.99),
      commit_p50_ms: share(window.commitMs, 0.5),
      commit_p99_ms: share(window.commitMs, 0.99),
      linked: counts.linked,
      reviews: counts.reviews,
      with_hot_key: counts.hot,
      hot_keys: store.index.counts().hotKeys,
      file_mb: Math.round(statSync(file).size / 2 ** 20),
      rss_mb: Math.round(process.memoryUsage.rss() / 2 ** 20),
      load_average: Number(loadavg()[0]!.toFixed(1)),
    };
    process.stderr.write(`${JSON.stringify(row)}\n`);
    rows.push(row);
    window = emptyWindow();
    windowMs = 0;
    cpu = process.cpuUsage();
  }
  const known = repeat(store, db.exec.bind(db), latest, counts);
  db.close();
  rmSync(folder, { recursive: true });
  const result = { date: new Date().toISOString().slice(0, 10), machine: machine(), rows, known };
  const text = `${JSON.stringify(result, undefined, 2)}\n`;
  if (values.dry) process.stdout.write(text);
  else writeResult(text, result.date);
}

const cpuMs = (since: NodeJS.CpuUsage, messages: number): number => {
  const { user, system } = process.cpuUsage(since);
  return Number(((user + system) / 1000 / messages).toFixed(3));
};

/** What the common message costs: a person on file, of whom nothing new is said. */
function repeat(
  store: IdentityStore,
  exec: (sql: string) => unknown,
  batches: readonly (readonly Conversion[])[],
  counts: Counts,
) {
  const window = emptyWindow();
  for (const batch of batches) runBatch(store, exec, batch, window, counts);
  const decide_p50_ms = share(window.decideMs, 0.5);
  return {
    messages: window.decideMs.length,
    decide_p50_ms,
    decide_p99_ms: share(window.decideMs, 0.99),
  };
}

/** One batch in one transaction; adds its times to the window and returns its milliseconds. */
function runBatch(
  store: IdentityStore,
  exec: (sql: string) => unknown,
  batch: readonly Conversion[],
  window: Window,
  counts: Counts,
): number {
  const startedMs = performance.now();
  exec('BEGIN IMMEDIATE');
  store.begun();
  const decideMs: number[] = [];
  for (const conversion of batch) {
    counts.records += 1;
    const beforeMs = performance.now();
    const message = { id: counts.records, generation: 0, receivedUs: counts.records };
    const { resolved, issues } = resolve(store, conversion, message);
    decideMs.push(performance.now() - beforeMs);
    if (resolved[0]?.method === 'linked') counts.linked += 1;
    if (issues.some(({ code }) => code === 'identity-review')) counts.reviews += 1;
    if (issues.some(({ code }) => code === 'identity-key-hot')) counts.hot += 1;
  }
  const commitFromMs = performance.now();
  store.committing();
  exec('COMMIT');
  const endedMs = performance.now();
  const commitMs = endedMs - commitFromMs;
  window.commitMs.push(commitMs);
  for (const ms of decideMs) {
    window.decideMs.push(ms);
    window.perMessageMs.push(ms + commitMs / batch.length);
  }
  return endedMs - startedMs;
}

const machine = () => ({
  cpu: cpus()[0]?.model,
  cores: cpus().length,
  memory_gb: Math.round(totalmem() / 2 ** 30),
  kernel: release(),
  node: process.version,
});

function writeResult(text: string, date: string): void {
  const folder = join(import.meta.dirname, 'results');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `identity-stream-${date}.json`), text);
}

main();
