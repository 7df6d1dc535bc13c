// Goal: who reads along while a database is made sees it whole or not at all, never half a page
// that looks like the wrong key. Method: a thread makes databases one after another, and this one
// opens each for reading in the very moment in which its name appears.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { openDatabase } from '../../../engine/index.ts';

const files = 60;

const maker = `
  import { join } from 'node:path';
  import { workerData } from 'node:worker_threads';
  const { openDatabase } = await import(workerData.engine);
  const key = Buffer.alloc(32, 7);
  for (let at = 0; at < ${files}; at += 1)
    openDatabase(join(workerData.folder, at + '.db'), { key }).close();
`;

describe('a database that is being made', () => {
  const folder = mkdtempSync(join(tmpdir(), 'plexus-database-'));
  after(() => rmSync(folder, { recursive: true }));

  it('opens for reading from the moment that its name is there', async () => {
    const engine = new URL('../../../engine/index.ts', import.meta.url).href;
    const source = new URL(`data:text/javascript,${encodeURIComponent(maker)}`);
    const worker = new Worker(source, { workerData: { engine, folder } });
    const ended = new Promise((resolve, reject) => worker.on('exit', resolve).on('error', reject));
    const key = Buffer.alloc(32, 7);
    const deadline = Date.now() + 150_000;
    for (let at = 0; at < files; at += 1) {
      const file = join(folder, `${at}.db`);
      while (!existsSync(file)) assert.ok(Date.now() < deadline, 'nothing was made');
      openDatabase(file, { key, readonly: true }).close();
      assert.equal(statSync(file).mode & 0o777, 0o600);
    }
    assert.equal(await ended, 0);
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.endsWith('.new')),
      [],
    );
  });
});
