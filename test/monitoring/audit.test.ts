// Goal: what the audit trail was told is there after a restart, in its order, and nothing changes
// or removes it; a storm of one refusal costs one row a commit; a disk that is full is said.
// Method: the trail over a real database, read with a handle of its own; the clock turned by hand.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEvents, type Event, openDatabase } from '../../engine/index.ts';
import { createAuditTrail } from '../../monitoring/index.ts';
import { handClock } from '../channels/source-context.ts';

describe('the audit trail', () => {
  const key = randomBytes(32);
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'plexus-audit-'));
  });
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

  const open = () => openDatabase(join(dataDir, 'audit.db'), { key });
  const refusal = (reason: string): Event => ({
    type: 'access-refused',
    channel: 'north',
    client: 'emr',
    reason,
  });

  it('keeps what happened over a restart, counts what is equal, and takes nothing back', () => {
    const clock = handClock();
    const events = createEvents();
    for (const round of [1, 2]) {
      const trail = createAuditTrail({ events, clock, dataDir, key });
      for (let n = 0; n < 1_000; n += 1) events.emit(refusal('assertion-replayed'));
      events.emit({ type: 'commit', rows: 1, tookMs: 1 });
      clock.advance(20);
      events.emit(refusal(`round-${round}`));
      trail.close();
    }
    const db = open();
    const rows = db.prepare('SELECT body, times FROM entry ORDER BY no').all() as {
      body: string;
      times: number;
    }[];
    assert.deepEqual(
      rows.map(({ body, times }) => [(JSON.parse(body) as { reason: string }).reason, times]),
      [
        ['assertion-replayed', 1_000],
        ['round-1', 1],
        ['assertion-replayed', 1_000],
        ['round-2', 1],
      ],
    );
    assert.throws(() => db.exec('DELETE FROM entry'), /never shortened/);
    assert.throws(() => db.exec('UPDATE entry SET times = 1'), /never changed/);
    db.close();
  });

  it('says when it cannot write, and writes when it can', () => {
    const clock = handClock();
    const events = createEvents();
    const failures: Event[] = [];
    events.subscribe((event) => event.type === 'audit-failed' && failures.push(event));
    const trail = createAuditTrail({ events, clock, dataDir, key });
    const other = open();
    other.exec("CREATE TRIGGER full BEFORE INSERT ON entry BEGIN SELECT RAISE(ABORT, 'full'); END");
    events.emit(refusal('assertion-expired'));
    clock.advance(20);
    assert.deepEqual(failures, [{ type: 'audit-failed', cause: 'full', waiting: 1 }]);
    other.exec('DROP TRIGGER full');
    clock.advance(1_000);
    assert.equal(other.prepare('SELECT count(*) FROM entry').pluck().get(), 1);
    other.close();
    trail.close();
  });
});
