// Goal: a data folder of another version is refused in one sentence, and nothing in it is touched.
// Method: control.db as it is made, then with the number of another layout, opened both ways.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openControl } from '../../../engine/journal/index.ts';

describe('control.db', () => {
  it('opens again under its own layout and refuses another one', () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'plexus-control-'));
    const key = randomBytes(32);
    try {
      const first = openControl(dataDir, key);
      first.channel('c');
      first.close();
      const second = openControl(dataDir, key);
      assert.deepEqual(
        second.channels().map(({ name }) => name),
        ['c'],
      );
      second.db.pragma('user_version = 99');
      second.close();
      for (const readonly of [false, true]) {
        assert.throws(() => openControl(dataDir, key, readonly), {
          code: 'data-layout',
          exit: 74,
          message: /layout 99/,
        });
      }
    } finally {
      rmSync(dataDir, { recursive: true, force: true });
    }
  });
});
