// Goal: who reads the files of a route ends up with what the senders left standing: deletions
// reach it as tombstones, of a single request, a transaction and a batch, and over a kill -9.
// Method: an engine that really runs, with a route that writes files; a reader keeps of each
// resource the highest version, and is compared with what was asked for.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Door, openDoor, settled } from './door.ts';

type Line = {
  readonly resourceType: string;
  readonly id: string;
  readonly name?: string;
  readonly meta: { readonly versionId: string; readonly tag?: readonly { code: string }[] };
};

describe('tombstones of an engine', function () {
  this.timeout(180_000);
  let door: Door;
  before(async () => {
    const route = 'routes:\n  - files: { folder: out/north }\n';
    door = await openDoor('{ port: 8661 }', `${settled}${route}`);
  });
  after(() => door.close());

  const lines = (): Line[] => {
    const folder = join(door.dataDir, '../out/north');
    if (!existsSync(folder)) return [];
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((one) => one.isFile() && one.name.endsWith('.ndjson'))
      .flatMap((one) => readFileSync(join(one.parentPath, one.name), 'utf8').split('\n'))
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Line);
  };

  /** What a reader of the files has: the names of the places that stand. */
  function standing(): string[] {
    const kept = new Map<string, Line>();
    for (const line of lines()) {
      const before = Number(kept.get(line.id)?.meta.versionId ?? 0);
      if (Number(line.meta.versionId) >= before) kept.set(line.id, line);
    }
    return [...kept.values()]
      .filter(({ meta }) => meta.tag?.some(({ code }) => code === 'deleted') !== true)
      .map(({ name = '' }) => name)
      .sort();
  }

  async function reads(names: readonly string[]): Promise<void> {
    for (let tries = 0; tries < 6_000 && standing().join() !== names.join(); tries += 1)
      await wait(50);
    assert.deepEqual(standing(), names);
  }

  const ward = (id: string, name = id) => ({ resourceType: 'Location', id, name });
  const put = (id: string, name = id) => door.ask('PUT', `/Location/${id}`, ward(id, name));
  const remove = (id: string) => ({ request: { method: 'DELETE', url: `Location/${id}` } });
  const bundle = (type: string, ...entry: object[]) => ({ resourceType: 'Bundle', type, entry });

  it('reach who reads its files', async () => {
    for (const id of ['w1', 'w2', 'w3', 'w4', 'w5']) assert.equal((await put(id)).status, 201);
    await reads(['w1', 'w2', 'w3', 'w4', 'w5']);
    assert.equal((await door.ask('DELETE', '/Location/w1')).status, 204);
    const asked = { request: { method: 'PUT', url: 'Location/w6' }, resource: ward('w6') };
    assert.equal(
      (await door.ask('POST', '', bundle('transaction', remove('w2'), asked))).status,
      200,
    );
    assert.equal(
      (await door.ask('POST', '', bundle('batch', remove('w3'), remove('w9')))).status,
      200,
    );
    await reads(['w4', 'w5', 'w6']);
  });

  it('are told once more after a kill -9 at worst, and what begins anew stands', async () => {
    const dying = Promise.allSettled([
      door.ask('DELETE', '/Location/w4'),
      door.ask('DELETE', '/Location/w5'),
    ]);
    await door.kill();
    await dying;
    await door.start();
    for (const id of ['w4', 'w5'])
      assert.equal((await door.ask('DELETE', `/Location/${id}`)).status, 204);
    assert.equal((await put('w1', 'w1 again')).status, 201);
    await reads(['w1 again', 'w6']);
    const versions = lines().filter(({ name }) => name === 'w1 again');
    assert.ok(versions.every(({ meta }) => Number(meta.versionId) === 3));
  });
});
