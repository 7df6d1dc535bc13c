import assert from 'node:assert/strict';
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { filesSource } from '../../../channels/files/index.ts';
import { PlexusError, type Source } from '../../../engine/index.ts';
import { memoryContext } from '../source-context.ts';

// Goal: every message of a file that was dropped is landed exactly once, whatever stops the source
// in between, and a file leaves the folder only when all of it is durable.
// Method: the real source on a real folder; a journal in memory that survives its restarts and
// fails when told; the hands of the clock are turned by the test, one turn a look.
describe('channels/files', () => {
  let root: string;
  const opened: Source[] = [];
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'plexus-watch-'));
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((source) => source.close(0)));
    await rm(root, { recursive: true, force: true });
  });

  type Memory = ReturnType<typeof memoryContext>;

  async function watch(memory: Memory, folder: string, format = 'hl7'): Promise<Source> {
    const config = filesSource.schema.parse({ folder, format, every_ms: 100 });
    const source = filesSource.create(config, memory.context);
    opened.push(source);
    await source.open();
    return source;
  }

  /** Turns the clock, a look a turn, until `done` holds; mocha ends it where that never comes. */
  async function turn(memory: Memory, done: () => Promise<boolean>): Promise<void> {
    do {
      memory.state.clock.advance(100);
      await new Promise((next) => setTimeout(next, 2));
    } while (!(await done()));
  }

  const names = async (...path: string[]): Promise<string[]> =>
    (await readdir(join(...path), { withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => entry.name)
      .sort();

  const isEmpty = (folder: string) => async () => (await names(folder)).length === 0;

  it('lands each message once, through failing commits and restarts at any point', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 3 }),
        fc.array(fc.nat(150), { maxLength: 4 }),
        fc.constantFrom('hl7', 'ndjson'),
        async (sizes, failures, format) => {
          const folder = await mkdtemp(join(root, 'drop-'));
          const header = 'MSH|^~\\&|A|B|||||ADT^A01|';
          const expected: string[] = [];
          for (const [index, size] of sizes.entries()) {
            const lines = Array.from({ length: size }, (_, n) =>
              format === 'hl7'
                ? `${header}${n % 7 === 0 ? '' : `${index}-${n}`}|P|2.5\rNTE|${n}\r`
                : `{"resourceType":"Patient","id":"p${n % 5}"}\n`,
            );
            await writeFile(join(folder, `f${index}`), lines.join(''));
            expected.push(...lines.map((line) => line.replace('\n', '')));
          }
          const memory = memoryContext();
          for (const failFrom of failures) {
            memory.state.failFrom = failFrom;
            const source = await watch(memory, folder, format);
            for (let looks = 0; looks < 3; looks += 1) {
              memory.state.clock.advance(100);
              for (let i = 0; i < 10; i += 1) await new Promise((next) => setImmediate(next));
            }
            await source.close(0);
          }
          memory.state.failFrom = Number.POSITIVE_INFINITY;
          await watch(memory, folder, format);
          await turn(memory, isEmpty(folder));
          const landed = memory.state.landings.map(({ raw }) => raw.toString());
          assert.deepEqual([...landed].sort(), [...expected].sort());
          assert.equal((await names(folder, 'done')).length, sizes.length);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('leaves alone what is still being written', async () => {
    const memory = memoryContext();
    await watch(memory, root);
    const text = 'MSH|^~\\&|A|B|||||ADT^A01|1|P|2.5\r';
    const grown = text.replace('|1|', '|2|');
    await writeFile(join(root, 'ready.hl7'), text);
    await writeFile(join(root, 'coming.hl7.tmp'), text);
    await writeFile(join(root, '.hidden'), text);
    await writeFile(join(root, 'growing.hl7'), grown.slice(0, 20));
    let bytes = 20;
    await turn(memory, async () => {
      if (bytes < grown.length) {
        await appendFile(join(root, 'growing.hl7'), grown.slice(bytes, bytes + 2));
        bytes += 2;
        assert.ok(memory.state.landings.length <= 1);
        return false;
      }
      return (await names(root, 'done')).length === 2;
    });
    assert.deepEqual(await names(root), ['.hidden', 'coming.hl7.tmp']);
    assert.deepEqual(
      memory.state.landings.map(({ raw }) => raw.toString()),
      [text, grown],
    );
  });

  it('sends what is no message to failed, with its reason, and to quarantine', async () => {
    const memory = memoryContext();
    await watch(memory, root);
    await writeFile(join(root, 'a.hl7'), 'MSH|^~\\&|A|B|||||ADT^A01|1|P|2.5\r');
    await writeFile(join(root, 'b.txt'), 'nothing of ours\nat all\n');
    await writeFile(join(root, 'c.hl7'), '');
    await writeFile(join(root, 'd.hl7'), Buffer.from('\ufeffMSH|^~\\&|A', 'utf16le'));
    await turn(memory, isEmpty(root));
    assert.deepEqual(await names(root, 'done'), ['a.hl7']);
    assert.deepEqual(
      (await names(root, 'failed')).filter((name) => !name.endsWith('.reason.txt')),
      ['b.txt', 'c.hl7', 'd.hl7'],
    );
    const reason = (name: string) => readFile(join(root, 'failed', `${name}.reason.txt`), 'utf8');
    assert.match(await reason('b.txt'), /no-msh: 1/);
    assert.match(await reason('c.hl7'), /file-empty/);
    const refused = memory.state.landings.filter((landing) => landing.refused !== undefined);
    assert.equal(refused.length, 2);
    assert.ok(refused.every((landing) => landing.refused?.[0]?.diagnostics));
  });

  it('overwrites nothing in done, and takes a file that comes again by its name', async () => {
    const memory = memoryContext();
    await watch(memory, root, 'ndjson');
    for (const n of [1, 2]) {
      await writeFile(join(root, 'daily.ndjson'), `{"resourceType":"Patient","id":"${n}"}\n`);
      await turn(memory, isEmpty(root));
    }
    assert.deepEqual(await names(root, 'done'), ['daily.ndjson', 'daily.ndjson.2']);
    assert.deepEqual(
      memory.state.landings.map(({ orderingKeys }) => orderingKeys),
      [['Patient/1'], ['Patient/2']],
    );
  });

  it('says in one line that a folder cannot be used', async () => {
    await writeFile(join(root, 'file'), 'not a folder');
    await assert.rejects(
      watch(memoryContext(), join(root, 'file', 'in')),
      (error) => error instanceof PlexusError && error.code === 'folder-unusable',
    );
  });

  it('goes on when a folder that went away is back', async () => {
    const memory = memoryContext();
    const folder = join(root, 'share');
    const source = await watch(memory, folder);
    await rm(folder, { recursive: true });
    await turn(memory, async () => source.connections?.() === 0);
    await mkdir(join(folder, 'done'), { recursive: true });
    await mkdir(join(folder, 'failed'));
    await writeFile(join(folder, 'a.hl7'), 'MSH|^~\\&|A|B|||||ADT^A01|1|P|2.5\r');
    await turn(memory, isEmpty(folder));
    assert.equal(memory.state.landings.length, 1);
    assert.ok(memory.state.seen.some((e) => e.type === 'input-flagged' && e.code === 'enoent'));
  });
});
