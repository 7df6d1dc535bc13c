// Goal: what a source keeps is there after a restart, of its own channel, and a name that was used
// up stays so until its time has passed.
// Method: a real control store, closed and opened again after each step of a random history, beside
// plain maps; a read-only store as one that cannot write.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { openControl, sourceState } from '../../../engine/journal/index.ts';

describe('the state of a source', () => {
  const key = randomBytes(32);
  const step = fc.record({
    channel: fc.constantFrom('a', 'b'),
    name: fc.constantFrom('x', 'y', 'z'),
    value: fc.option(fc.jsonValue(), { nil: undefined }),
    forUs: fc.integer({ min: 0, max: 5 }),
  });

  it('is what was last put there, whatever was closed in between', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const dataDir = mkdtempSync(join(tmpdir(), 'plexus-state-'));
        const values = new Map<string, unknown>();
        const used = new Map<string, number>();
        try {
          for (const [nowUs, { channel, name, value, forUs }] of steps.entries()) {
            const control = openControl(dataDir, key);
            const state = sourceState(control.db, control.channel(channel));
            const at = `${channel}/${name}`;
            assert.deepEqual(state.get(name), values.get(at));
            state.put(name, value);
            values.set(at, value === undefined ? undefined : JSON.parse(JSON.stringify(value)));
            assert.deepEqual(state.get(name), values.get(at));
            const isFree = (used.get(at) ?? -1) < nowUs;
            assert.equal(state.once(name, nowUs + forUs, nowUs), isFree);
            if (isFree) used.set(at, nowUs + forUs);
            control.close();
          }
        } finally {
          rmSync(dataDir, { recursive: true, force: true });
        }
      }),
      { numRuns: 15 },
    );
  });

  it('says so when it cannot be written', () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'plexus-state-'));
    try {
      openControl(dataDir, key).close();
      const control = openControl(dataDir, key, true);
      const state = sourceState(control.db, 1);
      const expected = { code: 'journal-unavailable' };
      assert.throws(() => state.put('x', 1), expected);
      assert.throws(() => state.put('x', undefined), expected);
      assert.throws(() => state.once('x', 2, 1), expected);
      control.close();
    } finally {
      rmSync(dataDir, { recursive: true, force: true });
    }
  });
});
