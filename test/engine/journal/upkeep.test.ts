// Goal: a day's file that was let go is never opened again by the thread that looks after files:
// it would make an empty one where expiry has just unlinked the day, or hold what was unlinked.
// Method: commits are told of, the file is let go before the next checkpoint is due, and a clock
// that the test turns makes it due; SQLite's own companion of an opened file tells what happened.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mock } from 'node:test';
import { openPartition } from '../../../engine/journal/partition.ts';
import { createUpkeep } from '../../../engine/journal/upkeep.ts';
import { limits } from '../../../engine/limits.ts';

describe('the upkeep of journal files', () => {
  const key = randomBytes(32);
  const dir = mkdtempSync(join(tmpdir(), 'plexus-upkeep-'));
  after(() => rmSync(dir, { recursive: true }));

  for (const isLetGo of [false, true])
    it(isLetGo ? 'opens no file that was let go' : 'opens a file that is written', async () => {
      mock.timers.enable({ apis: ['setTimeout'] });
      const upkeep = createUpkeep(key);
      const file = join(dir, `${isLetGo}.db`);
      const partition = openPartition({ no: 1, file, key, synchronous: 'FULL' });
      try {
        upkeep.committed(partition);
        if (isLetGo) partition.close();
        mock.timers.tick(limits.checkpointMs);
        // The thread takes what it is asked in turn: this answer comes after the checkpoint's.
        await upkeep.ask({ kind: 'forget', file: join(dir, 'none.db') });
        if (!isLetGo) partition.close();
        assert.equal(existsSync(`${file}-wal`), !isLetGo, 'it holds the file open');
      } finally {
        mock.timers.reset();
        await upkeep.close();
      }
    });
});
