// What a Bulk Data export of a million lines costs: `./bin/node24 bench/bulk.ts [LINES]` serves one
// file of them from a process of its own, fetches it into a real journal with every fsync, and
// prints the lines landed a second, the CPU time and the memory at each tenth of the way. A whole
// million is written to bench/results/ too, with date and machine.
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bulkSource } from '../channels/bulk/index.ts';
import {
  createAccessTokens,
  createEvents,
  type SourceContext,
  systemClock,
} from '../engine/index.ts';
import { openJournal, sourceState } from '../engine/journal/index.ts';
import { writeResult } from './write-result.ts';

const lines = Number(process.argv[2] ?? 1_000_000);

const lineOf = (n: number): string =>
  `{"resourceType":"Observation","id":"o${n}","meta":{"versionId":"1"},"status":"final",` +
  `"code":{"coding":[{"system":"http://loinc.org","code":"2524-7"}]},` +
  `"subject":{"reference":"Patient/p${n % 50_000}"},"valueQuantity":{"value":${n % 90}.50}}\n`;

/** The server: kick-off, status and one file, whose lines are made as they are read. */
async function serve(): Promise<void> {
  const server = createServer(async (request, response) => {
    const own = `http://${request.headers.host}`;
    if (request.url?.includes('$export'))
      return response.writeHead(202, { 'content-location': `${own}/status` }).end();
    if (request.url !== '/file') {
      const output = [{ url: `${own}/file`, count: lines }];
      const transactionTime = '2026-01-01T00:00:00Z';
      const manifest = { transactionTime, requiresAccessToken: false, output, error: [] };
      return response.end(JSON.stringify(manifest));
    }
    for (let n = 0; n < lines; ) {
      let text = '';
      for (const end = Math.min(n + 500, lines); n < end; n += 1) text += lineOf(n);
      if (!response.write(text)) await once(response, 'drain');
    }
    return response.end();
  });
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as { port: number }).port));
}

async function fetchAll(): Promise<void> {
  const child = fork(import.meta.filename, [String(lines)], { env: { PLEXUS_BENCH: 'server' } });
  const [port] = (await once(child, 'message')) as [number];
  const dataDir = mkdtempSync(join(tmpdir(), 'plexus-bench-'));
  const [clock, events] = [systemClock(), createEvents()];
  const journal = openJournal({ dataDir, key: randomBytes(32), clock, events });
  const ref = journal.channel('bulk', 'bench');
  let landed = 0;
  const rows: object[] = [];
  const startedMs = performance.now();
  const report = (): void => {
    const seconds = (performance.now() - startedMs) / 1_000;
    const { user, system } = process.cpuUsage();
    const row = {
      landed,
      per_second: Math.round(landed / seconds),
      cpu_us_a_line: Math.round((user + system) / landed),
      rss_mb: Math.round(process.memoryUsage.rss() / 1e6),
    };
    rows.push(row);
    process.stdout.write(`${JSON.stringify(row)}\n`);
  };
  const context: SourceContext & { orderBy: readonly string[] } = {
    ...{ channel: 'bulk', ack: 'landed', clock, events, anyPort: true, orderBy: [] },
    state: sourceState(journal.control.db, ref.no),
    tokens: createAccessTokens(),
    async land(landing) {
      const result = await journal.land(ref, landing);
      landed += 1;
      if (landed % (lines / 10) === 0) report();
      return result;
    },
    landBatch: () => Promise.reject(new Error('a bulk source lands lines')),
    settled: () => Promise.reject(new Error('nothing is settled here')),
    resolvePath: (path) => path,
  };
  const base_url = `http://127.0.0.1:${port}/fhir`;
  const source = bulkSource.create(bulkSource.schema.parse({ base_url, every: '7d' }), context);
  await source.open();
  while ((context.state.get('export') as { epoch?: number } | undefined)?.epoch !== 1)
    await new Promise((resolve) => setTimeout(resolve, 100));
  await source.close(1_000);
  await journal.close();
  child.kill();
  rmSync(dataDir, { recursive: true, force: true });
  if (lines >= 1_000_000) writeResult('bulk', { lines, rows });
}

await (process.env.PLEXUS_BENCH === 'server' ? serve() : fetchAll());
