// Goal: the load generator tells the truth about what was sent and acknowledged, the same seed
// gives the same load, and the floor keeps each message before it says AA.
// Method: the generator against the floor and against our own listener, and against a listener that
// cannot store; the floor's database is opened afterwards. Nothing here is timed.
import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startFloor } from '../../bench/floor.ts';
import { loadDefaults, runLoad } from '../../bench/load.ts';
import { messageMaker } from '../../bench/messages.ts';
import { openDatabase } from '../../engine/index.ts';
import { peekHeader } from '../../transforms/hl7v2/index.ts';
import { openListener } from '../channels/mllp/memory-journal.ts';

const load = { ...loadDefaults, patients: 100, connections: 4, messages: 200 };

describe('bench load and floor', () => {
  it('acknowledges what the floor has stored', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'plexus-floor-test-'));
    try {
      const key = Buffer.alloc(32, 7);
      const floor = await startFloor({ folder, key });
      const result = await runLoad({ ...load, port: floor.port });
      const cost = await floor.stop();
      deepEqual([result.sent, result.acked, result.refused, result.broken], [200, 200, 0, 0]);
      equal(cost.messages, 200);
      ok(cost.commits <= 200);
      const db = openDatabase(join(folder, 'floor.db'), { key, readonly: true });
      equal(db.prepare('SELECT count(*) AS rows FROM message').pluck().get(), 200);
      db.close();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('sends messages that our listener lands, each under a control id of its own', async () => {
    const { port, journal, source } = await openListener();
    const result = await runLoad({ ...load, port });
    equal(result.acked, 200);
    equal(new Set(journal.landings.map(({ controlId }) => controlId)).size, 200);
    ok(journal.landings.every(({ orderingKeys }) => orderingKeys.length === 1));
    equal(
      journal.landings.reduce((bytes, { raw }) => bytes + raw.length, 0),
      result.bytes,
    );
    await source.close(0);
  });

  it('does not count AE as acknowledged', async () => {
    const { port, journal, source } = await openListener();
    journal.onLand = () => Promise.reject(new Error('disk full'));
    const result = await runLoad({ ...load, port, messages: 20 });
    deepEqual([result.sent, result.acked, result.refused], [20, 0, 20]);
    await source.close(0);
  });

  it('makes the same messages of the same seed, of about 650 bytes, of three types', () => {
    const series = (seed: number) => {
      const make = messageMaker(seed);
      return Array.from({ length: 500 }, (_, index) => make(`M${index}`));
    };
    const messages = series(1);
    deepEqual(messages, series(1));
    ok(!messages[0]!.equals(series(2)[0]!));
    const mean = messages.reduce((bytes, { length }) => bytes + length, 0) / messages.length;
    ok(mean > 600 && mean < 700, `mean ${mean}`);
    const types = new Set(messages.map((bytes) => peekHeader(bytes)!.messageType));
    deepEqual([...types].sort(), ['ADT^A01', 'ADT^A08', 'ORU^R01']);
    match(messages[0]!.toString(), /\rPID\|1\|\|P\d{6}\^/);
  });
});
