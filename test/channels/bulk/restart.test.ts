// Goal: over a real journal, closed and opened again wherever it is, an export lands every line
// once, and an assertion that was used stays used.
// Method: a bulk server that fails by a random plan; at random requests the source is cut off in
// the middle of what it does, the journal closed, and both opened again on the same folder.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { bulkSource } from '../../../channels/bulk/index.ts';
import { createAccessTokens, createEvents, systemClock } from '../../../engine/index.ts';
import { counts, openJournal, sourceState } from '../../../engine/journal/index.ts';
import { eagerClock } from '../eager-clock.ts';
import { type Fault, faults, openExportServer } from './export-server.ts';

const linesOf = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, n) => `{"resourceType":"Patient","id":"p${from + n}"}`);

type Server = Awaited<ReturnType<typeof openExportServer>>;
const key = randomBytes(32);

/** A life of the process: journal and source, until `end`. */
async function live(dataDir: string, server: Server) {
  const events = createEvents();
  const journal = openJournal({ dataDir, key, clock: systemClock(), events });
  const ref = journal.channel('bulk', 'test');
  const state = sourceState(journal.control.db, ref.no);
  const config = bulkSource.schema.parse({ base_url: server.baseUrl, every: '7d' });
  const source = bulkSource.create(config, {
    ...{ channel: 'bulk', ack: 'landed', clock: eagerClock(), events, state, orderBy: [] },
    ...{ anyPort: true, tokens: createAccessTokens(), resolvePath: (path: string) => path },
    land: (landing) => journal.land(ref, landing),
    landBatch: () => Promise.reject(new Error('unused')),
    settled: () => Promise.reject(new Error('unused')),
  });
  await source.open();
  return {
    isDone: () => ((state.get('export') as { epoch?: number } | undefined)?.epoch ?? 0) > 0,
    landed: () =>
      journal.partitions.all().flatMap(({ db }) => {
        const rows = db.prepare('SELECT raw FROM message ORDER BY id').all() as { raw: Buffer }[];
        return rows.map(({ raw }) => raw.toString());
      }),
    balance: () =>
      [counts.received, counts.duplicate].map((kind) =>
        [0, ref.chain].reduce((sum, at) => sum + journal.totals.get(ref.no, at, kind), 0),
      ) as [number, number],
    async end() {
      await source.close(0);
      await journal.close();
    },
  };
}

describe('a bulk source over a journal', () => {
  it('lands each line once, wherever it is cut off', async () => {
    const plan = fc.array(fc.constantFrom<Fault>(undefined, undefined, undefined, ...faults), {
      maxLength: 14,
    });
    const cuts = fc.uniqueArray(fc.nat(16), { minLength: 1, maxLength: 3 });
    const run = async (planned: Fault[], cutAt: number[]) => {
      const files = [linesOf(0, 150), linesOf(150, 160), linesOf(160, 400)];
      const dataDir = mkdtempSync(join(tmpdir(), 'plexus-bulk-'));
      let requests = 0;
      let isCut = false;
      const server = await openExportServer({
        data: (since) => ({ output: since === null ? files : [] }),
        fault() {
          isCut ||= cutAt.includes(requests);
          requests += 1;
          return planned[requests - 1];
        },
      });
      let life = await live(dataDir, server);
      while (isCut || !life.isDone()) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        if (!isCut) continue;
        isCut = false;
        await life.end();
        life = await live(dataDir, server);
      }
      const landed = life.landed();
      const [received, duplicates] = life.balance();
      await life.end();
      server.close();
      rmSync(dataDir, { recursive: true, force: true });
      assert.deepEqual(landed.sort(), files.flat().sort());
      assert.equal(received - duplicates, landed.length);
    };
    await fc.assert(fc.asyncProperty(plan, cuts, run), { numRuns: 4 });
  });

  it('keeps the names that were used up', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'plexus-bulk-'));
    const claim = async () => {
      const journal = openJournal({ dataDir, key, clock: systemClock(), events: createEvents() });
      const state = sourceState(journal.control.db, journal.channel('c', 'test').no);
      const isFirst = state.once('jti', 1_000, 1);
      await journal.close();
      return isFirst;
    };
    assert.deepEqual([await claim(), await claim()], [true, false]);
    rmSync(dataDir, { recursive: true, force: true });
  });
});
