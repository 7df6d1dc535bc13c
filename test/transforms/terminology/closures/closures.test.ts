// Goal: who began a closure table goes on with it after a restart, with the same versions and the
// same entries; a table that is too many makes room, and none is mixed with another.
// Method: model-based: random orders run against tables in a file, which is closed and opened again
// between any two of them, and against those in memory, which are the model.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { closureFile, storedClosures } from '../../../../transforms/terminology/closures/index.ts';
import {
  type ClosureTable,
  createClosureTables,
} from '../../../../transforms/terminology/operations/index.ts';

const names = fc.constantFrom('ann\u001ft', 'ann\u001fu', 'bob\u001ft');
const codes = fc.constantFrom('a', 'b', 'c');
const orders = fc.array(
  fc.record({
    name: names,
    verb: fc.constantFrom('begin', 'add', 'add'),
    source: codes,
    target: codes,
    isReopened: fc.boolean(),
  }),
  { maxLength: 12 },
);

const plain = (table: ClosureTable | undefined) =>
  table && {
    ...{ version: table.version, entries: table.entries },
    codes: [...table.codes].map(([system, own]) => [system, [...own].sort()]).sort(),
  };

describe('closure tables in a file', () => {
  const folder = () => mkdtempSync(join(tmpdir(), 'plexus-closures-'));

  it('are what tables in memory are, through every restart', () => {
    fc.assert(
      fc.property(orders, (all) => {
        const dataDir = folder();
        const key = randomBytes(32);
        let stored = storedClosures({ dataDir, key });
        const model = createClosureTables();
        try {
          for (const { name, verb, source, target, isReopened } of all) {
            const before = model.find(name);
            if (verb === 'begin') for (const tables of [stored, model]) tables.begin(name);
            else if (before !== undefined) {
              const version = before.version + 1;
              const system = `urn:${target}`;
              const entries = [{ system, source, target, version }];
              const more = [source, target].map((code) => ({ system, code }));
              for (const tables of [stored, model])
                tables.add(name, { version, codes: more, entries });
            }
            if (isReopened) {
              stored.close();
              stored = storedClosures({ dataDir, key });
            }
            assert.deepEqual(plain(stored.find(name)), plain(model.find(name)));
          }
        } finally {
          stored.close();
          rmSync(dataDir, { recursive: true });
        }
      }),
      { numRuns: 12 },
    );
  });

  it('keep those that were asked last', () => {
    const dataDir = folder();
    const stored = storedClosures({ dataDir, key: randomBytes(32) }, 2);
    stored.begin('a');
    stored.begin('b');
    assert.ok(stored.find('a'));
    stored.begin('c');
    assert.deepEqual(
      ['a', 'b', 'c'].map((name) => stored.find(name) !== undefined),
      [true, false, true],
    );
    stored.close();
    rmSync(dataDir, { recursive: true });
  });

  it('say so when their file is none', () => {
    const dataDir = folder();
    writeFileSync(closureFile(dataDir), 'no database at all, but long enough to be read as one');
    const stored = storedClosures({ dataDir, key: randomBytes(32) });
    assert.throws(() => stored.find('a'), { name: 'PlexusError' });
    rmSync(dataDir, { recursive: true });
  });
});
