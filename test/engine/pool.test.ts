// Goal: a batch that hangs its worker is given up, and those that waited behind it are not blamed.
// Method: a pool of one thread, a batch that hangs, and others that wait for the thread meanwhile.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { ChainTask, MessageId } from '../../engine/index.ts';
import { createPool } from '../../engine/pool.ts';

const message = {
  id: 1 as MessageId,
  generation: 0,
  receivedUs: 0,
  sha256: '',
  length: 0,
  keys: [],
};
const task = (messages: ChainTask['messages']): ChainTask => ({
  spec: { channel: 'c', revision: 'r', stages: [], configDir: '' },
  bytes: new Uint8Array(0),
  messages,
});

describe('pool', () => {
  it('counts the time of a batch from when its worker begins it', async () => {
    const file = join(import.meta.dirname, 'pool-worker.ts');
    const pool = createPool({ file, workerData: {}, threads: 1, timeoutMs: 1_500 });
    try {
      await pool.run(task([]));
      const hanging = pool.run(task([message])).then(
        () => 'done',
        () => 'lost',
      );
      const behind = Promise.all([1, 2, 3].map(() => pool.run(task([]))));
      assert.equal(await hanging, 'lost');
      assert.equal((await behind).length, 3);
    } finally {
      await pool.close();
    }
  });
});
