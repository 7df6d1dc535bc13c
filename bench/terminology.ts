/**
 * `npm run bench:terminology`: what the terminology store costs, on data that is made up here.
 *
 *   ./bin/node24 bench/terminology.ts [--concepts 1000000] [--hierarchy 300000] [--rows 100000]
 *
 * Prints one JSON object: import of a code system as FHIR JSON and of SNOMED-like RF2 (a hierarchy
 * in which a third of the concepts have two parents), its closure, `subsumes`, `$expand` of the
 * 10,000 codes below one concept and of a page of 10,000 below another (as the text of the
 * answer), an enumerated value set, and translation with and without what was kept; then what a
 * second process pays to open the store and to translate a first code, and the size of the file.
 * Times are wall time in seconds, milliseconds or microseconds as their names say; `cpu_s` and the
 * like are this process's own, and `best` is the least of several, for a machine that has other
 * work.
 */
import { randomBytes } from 'node:crypto';
import { appendFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  createTerminologyFace,
  importFiles,
  openTerminology,
  type TerminologyStore,
  translateByMap,
  translator,
} from '../transforms/terminology/index.ts';
import { createClosureTables } from '../transforms/terminology/operations/index.ts';

const { values } = parseArgs({
  options: {
    concepts: { type: 'string', default: '1000000' },
    hierarchy: { type: 'string', default: '300000' },
    rows: { type: 'string', default: '100000' },
  },
});
const concepts = Number(values.concepts);
const hierarchy = Number(values.hierarchy);
const rows = Number(values.rows);
const folder = mkdtempSync(join(tmpdir(), 'plexus-bench-'));
const round = (value: number) => Number(value.toPrecision(3));

/** Writes a file piece by piece; gives its path. */
function write(name: string, pieces: Iterable<string>): string {
  const file = join(folder, name);
  writeFileSync(file, '');
  let text = '';
  for (const piece of pieces) {
    text += piece;
    if (text.length < 4_000_000) continue;
    appendFileSync(file, text);
    text = '';
  }
  appendFileSync(file, text);
  return file;
}

const heading = (resourceType: string, url: string, more: object = {}) =>
  JSON.stringify({ resourceType, url, version: '1', status: 'active', ...more }).slice(0, -1);

function* bigCodeSystem(): Iterable<string> {
  yield `${heading('CodeSystem', 'urn:bench:big', { content: 'complete' })},"concept":[`;
  for (let at = 0; at < concepts; at += 1)
    yield `${at === 0 ? '' : ','}\n{"code":"B${(at * 7919) % concepts}-${at}",` +
      `"display":"A concept by the number ${at}"}`;
  yield ']}';
}

const head = 'id\teffectiveTime\tactive\tmoduleId\t';
const common = '20260101\t1\t900000000000207008';
const idOf = (at: number) => String(100_000_000 + at * 7);

function* rf2Concepts(): Iterable<string> {
  yield `${head}definitionStatusId\r\n`;
  for (let at = 0; at < hierarchy; at += 1) yield `${idOf(at)}\t${common}\t900000000000074008\r\n`;
}
function* rf2Descriptions(): Iterable<string> {
  yield `${head}conceptId\tlanguageCode\ttypeId\tterm\tcaseSignificanceId\r\n`;
  for (let at = 0; at < hierarchy; at += 1)
    for (const type of ['900000000000003001', '900000000000013009'])
      yield `${at}\t${common}\t${idOf(at)}\ten\t${type}\tFinding ${at} (finding)\t1\r\n`;
}
/** Branches of ten, so some six levels; a third of the concepts stand below a second one too. */
function* rf2Relations(): Iterable<string> {
  yield `${head}sourceId\tdestinationId\trelationshipGroup\ttypeId\tcharacteristicTypeId\t`;
  yield 'modifierId\r\n';
  const row = (from: number, to: number) =>
    `${from}\t${common}\t${idOf(from)}\t${idOf(to)}\t0\t116680003\t9\t9\r\n`;
  for (let at = 1; at < hierarchy; at += 1) {
    const parent = Math.floor((at - 1) / 10);
    yield row(at, parent);
    const other = Math.floor((at * 0.37) / 3);
    if (at % 3 === 0 && other !== parent) yield row(at, other);
  }
}

function* mapRows(): Iterable<string> {
  yield 'source_system,source_code,target_system,target_code,relationship\n';
  for (let at = 0; at < rows; at += 1) yield `urn:local,L${at},urn:bench:big,T${at},equivalent\n`;
}

function* listedSet(): Iterable<string> {
  const concept = Array.from({ length: 10_000 }, (_, at) => ({
    code: `C${at}`,
    display: `C ${at}`,
  }));
  const compose = { include: [{ system: 'urn:bench:big', concept }] };
  yield `${heading('ValueSet', 'urn:bench:set', { compose })}}`;
}

async function load(store: TerminologyStore, ...files: readonly string[]) {
  const began = performance.now();
  const cpu = process.cpuUsage();
  let rssMax = process.memoryUsage.rss();
  const timer = setInterval(() => {
    rssMax = Math.max(rssMax, process.memoryUsage.rss());
  }, 50);
  const before = process.memoryUsage.rss();
  const report = await importFiles(store, {
    ...{ files, dryRun: false, approval: { by: 'bench' }, nowUs: () => Date.now() * 1000 },
    ...(files[0]?.endsWith('.csv') ? { url: 'urn:bench:map', version: '1' } : {}),
  });
  clearInterval(timer);
  if (report.outcome !== 'imported') throw new Error(JSON.stringify(report.findings[0]));
  const { user, system } = process.cpuUsage(cpu);
  return {
    ...{ seconds: round((performance.now() - began) / 1000), cpu_s: round((user + system) / 1e6) },
    rss_growth_mb: Math.round((rssMax - before) / 1e6),
  };
}

/** Microseconds a call, the mean of many: by the clock, of this process's own, and at the best. */
function each(count: number, work: (at: number) => unknown) {
  const parts = 10;
  const part = Math.floor(count / parts);
  for (let at = 0; at < Math.min(count, 2_000); at += 1) work(at);
  const cpu = process.cpuUsage();
  const began = performance.now();
  let best = Number.POSITIVE_INFINITY;
  for (let turn = 0; turn < parts; turn += 1) {
    const begun = performance.now();
    for (let at = 0; at < part; at += 1) work(turn * part + at);
    best = Math.min(best, performance.now() - begun);
  }
  const us = round(((performance.now() - began) * 1000) / (part * parts));
  const { user, system } = process.cpuUsage(cpu);
  const cpuUs = round((user + system) / (part * parts));
  return { us, cpu_us: cpuUs, best_us: round((best * 1000) / part) };
}

/** Milliseconds, the median of fifteen and the least of them. */
async function median(work: () => number | Promise<number>) {
  let codes = 0;
  const times: number[] = [];
  let cpuMs = Number.POSITIVE_INFINITY;
  for (let turn = 0; turn < 15; turn += 1) {
    const began = performance.now();
    const cpu = process.cpuUsage();
    codes = await work();
    times.push(performance.now() - began);
    const { user, system } = process.cpuUsage(cpu);
    cpuMs = Math.min(cpuMs, (user + system) / 1000);
  }
  times.sort((a, b) => a - b);
  return { codes, ms: round(times[7]!), best_ms: round(times[0]!), best_cpu_ms: round(cpuMs) };
}

type System = NonNullable<ReturnType<TerminologyStore['knowledge']['codeSystem']>>;
const sct = 'http://snomed.info/sct';

/** The code that has the fewest others below it, but 10,000. */
function codeAbove(system: System): string {
  let best = { code: idOf(0), count: Number.POSITIVE_INFINITY };
  for (let at = 0; at < 200; at += 1) {
    const count = system.choose!({ by: 'ancestor', code: idOf(at), isSelf: true }).count ?? 0;
    if (count >= 10_000 && count < best.count) best = { code: idOf(at), count };
  }
  return best.code;
}

/** The HTTP face's answer to `$expand`, to its last byte. */
async function expand(face: ReturnType<typeof createTerminologyFace>, code: string) {
  const filter = [{ property: 'concept', op: 'is-a', value: code }];
  const valueSet = {
    ...{
      resourceType: 'ValueSet',
      status: 'active',
      compose: { include: [{ system: sct, filter }] },
    },
  };
  const parameter = [
    { name: 'valueSet', resource: valueSet },
    { name: 'count', valueInteger: 10_000 },
  ];
  const body = JSON.stringify({ resourceType: 'Parameters', parameter });
  const init = { method: 'POST', body, headers: { 'Content-Type': 'application/fhir+json' } };
  const request = new Request('http://localhost/ValueSet/$expand', init);
  const answer = await face.fetch(request, { principal: { id: 'bench', kind: 'client' } } as never);
  return (await answer.text()).split('"code":').length - 1;
}

/** What somebody pays who opens the store, as a chain worker does, and asks for one code. */
function openAndAsk(file: string, key: Buffer): number {
  using opened = openTerminology({ file, key, readonly: true, isTranslator: true });
  const map = opened.knowledge.conceptMap('urn:bench:map', '1')!;
  return translateByMap(map, 'urn:local', 'L1').targets.length;
}

try {
  const file = join(folder, 'terminology.db');
  const key = randomBytes(32);
  const store = openTerminology({ file, key });
  const sizes = { before: statSync(file).size, big: 0, all: 0 };
  const sizeNow = () => {
    store.db.pragma('wal_checkpoint(TRUNCATE)');
    return statSync(file).size;
  };
  const big = await load(store, write('big.json', bigCodeSystem()));
  sizes.big = sizeNow();
  const snomed = await load(
    store,
    write('sct2_Concept_Snapshot_INT_20260101.txt', rf2Concepts()),
    write('sct2_Description_Snapshot-en_INT_20260101.txt', rf2Descriptions()),
    write('sct2_Relationship_Snapshot_INT_20260101.txt', rf2Relations()),
  );
  const map = await load(store, write('map.csv', mapRows()));
  await load(store, write('set.json', listedSet()));
  sizes.all = sizeNow();
  const { knowledge } = store;
  const system = knowledge.codeSystem(sct, knowledge.versions('CodeSystem', sct)[0]!)!;
  // As a chain worker has it.
  const worker = openTerminology({ file, key, readonly: true, isTranslator: true });
  const conceptMap = worker.knowledge.conceptMap('urn:bench:map', '1')!;
  const translate = translator(conceptMap);
  const face = createTerminologyFace({
    ...{ knowledge: () => knowledge, document: () => undefined, nowUs: () => 0 },
    ...{ closures: createClosureTables(), about: { version: '0' }, bug: console.error },
    unavailable: console.error,
  });
  const above = codeAbove(system);
  const scattered = (at: number) => (at * 7919) % rows;
  const results = {
    machine: `${cpus()[0]?.model}, ${availableParallelism()} threads, Node ${process.version}`,
    import: { concepts, json: big, hierarchy, rf2_with_closure: snomed, rows, csv_map: map },
    store_mb: {
      concepts: Math.round((sizes.big - sizes.before) / 1e6),
      all: Math.round(sizes.all / 1e6),
    },
    open_and_first_code: await median(() => openAndAsk(file, key)),
    subsumes: each(50_000, (at) =>
      system.subsumes(idOf((at * 31) % 3_000), idOf((at * 7919) % hierarchy)),
    ),
    expand_computed: await median(() => expand(face, above)),
    expand_page_of: system.choose!({ by: 'ancestor', code: idOf(3), isSelf: true }).count,
    expand_page: await median(() => expand(face, idOf(3))),
    expand_stored: await median(() => store.members('urn:bench:set', '1')!.length),
    translate_uncached: each(100_000, (at) =>
      translateByMap(conceptMap, 'urn:local', `L${scattered(at)}`),
    ),
    translate_cached: each(1_000_000, (at) => translate('urn:local', `L${at % 5_000}`)),
  };
  console.log(JSON.stringify(results, null, 2));
  worker.close();
  store.close();
} finally {
  rmSync(folder, { recursive: true });
}
