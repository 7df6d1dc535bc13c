import assert from 'node:assert/strict';
import {
  type FileHandle,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import {
  createEvents,
  type Delivery,
  type Event,
  type MessageId,
  PlexusError,
  type Sink,
  type SinkContext,
  systemClock,
} from '../../../engine/index.ts';
import { type FileSystem, fileSystem } from '../../../routes/files/file-system.ts';
import { createFilesSink } from '../../../routes/files/files.ts';
import { filesRoute } from '../../../routes/files/index.ts';

// Goal: every message and generation is in the files exactly once and in order, whatever fails
// between the write, the fsync and the commit of the cursor; nothing that was settled is ever lost.
// Method: a journal of one line (cursors in a map, changed only when a commit succeeds) drives the
// real sink on a real folder; a property plays crashes, failed commits and full disks at random
// moments.
describe('routes/files', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'plexus-files-'));
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  it('keeps every line exactly once under crashes, failed commits and full disks', async () => {
    const step = fc.record({
      size: fc.integer({ min: 1, max: 5 }),
      fault: fc.constantFrom('none', 'none', 'crash', 'half-written', 'commit-fails', 'disk-full'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        const folder = await mkdtemp(join(root, 'run-'));
        const cursors = new Map<string, number>();
        const disk = faultyDisk();
        let sink = await open(folder, cursors, disk.files);
        let next = 1;
        for (const { size, fault } of steps) {
          const batch = Array.from({ length: size }, (_, i) => delivery(next + i));
          if (fault === 'disk-full') disk.failAfterBytes(20 * size);
          if (fault === 'half-written') disk.failAfterBytes(10);
          const result = await sink.deliver(batch);
          disk.heal();
          const isDelivered = result.verdicts.every((verdict) => verdict.kind === 'delivered');
          if (isDelivered && (fault === 'none' || fault === 'commit-fails')) {
            if (fault === 'none') {
              for (const { path, bytes } of result.cursors ?? []) cursors.set(path, bytes);
              next += size;
            }
          } else if (fault === 'crash' || fault === 'half-written') {
            // As a killed process leaves it: the system closes its files, no code of it runs again.
            await disk.closeHandles();
            sink = await open(folder, cursors, disk.files);
          }
        }
        const rest = await sink.deliver([delivery(next)]);
        assert.deepEqual(rest.verdicts, [{ kind: 'delivered' }]);
        await disk.closeHandles();
        const expected = Array.from({ length: next }, (_, i) => i + 1);
        assert.deepEqual(await numbers(folder, 'Patient'), expected);
        assert.deepEqual(
          await numbers(folder, 'Observation'),
          expected.filter((n) => n % 2 === 0),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('answers unavailable while the disk is full, and leaves no half line behind', async () => {
    const disk = faultyDisk();
    const folder = join(root, 'full');
    const sink = await open(folder, new Map(), disk.files);
    await sink.deliver([delivery(1)]);
    disk.failAfterBytes(7);
    const refused = await sink.deliver([delivery(2), delivery(3)]);
    assert.deepEqual(
      refused.verdicts,
      [2, 3].map(() => ({
        kind: 'unavailable',
        cause: 'cannot write to the folder: ENOSPC',
      })),
    );
    assert.equal(refused.cursors, undefined);
    disk.heal();
    assert.deepEqual(await numbers(folder, 'Patient'), [1]);
    await sink.deliver([delivery(2), delivery(3)]);
    assert.deepEqual(await numbers(folder, 'Patient'), [1, 2, 3]);
    await sink.close();
  });

  it('waits for a folder that cannot be made, and goes on when it can', async () => {
    const blocked = join(root, 'mount');
    await writeFile(blocked, 'a file where the folder should be');
    const sink = await open(join(blocked, 'out'), new Map());
    const [verdict] = (await sink.deliver([delivery(1)])).verdicts;
    assert.equal(verdict?.kind, 'unavailable');
    await rm(blocked);
    assert.deepEqual((await sink.deliver([delivery(1)])).verdicts, [{ kind: 'delivered' }]);
    await sink.close();
  });

  it('begins a file that somebody cut again, reports it, and keeps what is left', async () => {
    const folder = join(root, 'cut');
    const cursors = new Map<string, number>();
    await settleAll(folder, cursors, [1, 2, 3]);
    await truncate(join(folder, 'Patient.ndjson'), 10);
    const seen: Event[] = [];
    // Twice: a crash right after the first repair must not let unsettled lines through.
    const disk = faultyDisk();
    const crashed = await open(folder, cursors, disk.files, seen);
    await crashed.deliver([delivery(4), delivery(5), delivery(6), delivery(7)]);
    await disk.closeHandles();
    await settleAll(folder, cursors, [4, 5], seen);
    await settleAll(folder, cursors, [6], seen);
    assert.deepEqual(await numbers(folder, 'Patient'), [4, 5, 6]);
    assert.deepEqual(await numbers(folder, 'Observation'), [2, 4, 6]);
    assert.equal((await stat(join(folder, 'Patient.ndjson.aside-1'))).size, 10);
    assert.ok(
      seen.some((event) => event.type === 'issue' && event.code === 'file-shorter-than-cursor'),
    );
  });

  it('never writes into a folder that is not its own', async () => {
    const folder = join(root, 'foreign');
    await settleAll(folder, new Map(), [1]);
    await assert.rejects(
      createFilesSink({ folder }, context(new Map(), [], 'other/files')),
      (error) => error instanceof PlexusError && error.code === 'folder-taken',
    );
    const strange = await mkdtemp(join(root, 'strange-'));
    await writeFile(join(strange, 'Patient.ndjson'), '{"not":"ours"}\n');
    await assert.rejects(
      open(strange, new Map()),
      (error) => error instanceof PlexusError && error.code === 'folder-taken',
    );
    assert.equal(await readFile(join(strange, 'Patient.ndjson'), 'utf8'), '{"not":"ours"}\n');
  });

  it('keeps a file that rested for longer than the journal keeps a day', async () => {
    const folder = join(root, 'rested');
    await settleAll(folder, new Map(), [2]);
    const first = new Map([...(await cursorsOf(folder))]);
    const today = new Map<string, number>();
    const sink = await open(folder, first);
    for (const { path, bytes } of (await sink.deliver([delivery(3)])).cursors ?? []) {
      today.set(path, bytes);
    }
    await sink.close();
    await settleAll(folder, today, [5]);
    assert.deepEqual(await numbers(folder, 'Observation'), [2]);
    assert.deepEqual(await numbers(folder, 'Patient'), [2, 3, 5]);
  });

  it('sets lines aside when the journal that knew of them is gone', async () => {
    const folder = join(root, 'fresh');
    await settleAll(folder, new Map(), [1, 2]);
    await settleAll(folder, new Map(), [1]);
    assert.deepEqual(await numbers(folder, 'Patient'), [1]);
    assert.ok((await readdir(folder)).includes('Patient.ndjson.aside-1'));
  });

  it('makes files that only their owner reads, and holds a type that names no file', async () => {
    const folder = join(root, 'modes');
    const sink = await open(folder, new Map());
    const evil = { ...delivery(1), resources: () => [{ type: '../x', id: '1', json: '{}' }] };
    const { verdicts } = await sink.deliver([evil, delivery(2)]);
    assert.deepEqual(
      verdicts.map((verdict) => verdict.kind),
      ['hold', 'delivered'],
    );
    await sink.close();
    for (const name of await readdir(folder)) {
      assert.equal((await stat(join(folder, name))).mode & 0o777, 0o600, name);
    }
  });

  it('refuses a folder inside the data folder, before and at the start', async () => {
    const at = () => ({ file: 'x.yaml', line: 3, column: 7 });
    const place = { configDir: join(root, 'config'), channel: 'c', at };
    const check = (folder: string, dataDir?: string) =>
      filesRoute.check?.({ folder }, dataDir === undefined ? place : { ...place, dataDir }) ?? [];
    assert.deepEqual(
      ['data', 'data/out', './data/../data/x', 'out', 'database'].map((f) => check(f).length),
      [1, 1, 1, 0, 0],
    );
    assert.deepEqual(
      ['data/out', 'elsewhere/out'].map((f) => check(f, join(root, 'elsewhere')).length),
      [0, 1],
    );
    const inside = { ...context(new Map(), []), dataDir: join(root, 'elsewhere') };
    await assert.rejects(
      createFilesSink({ folder: join(root, 'elsewhere', 'out') }, inside),
      (error) => error instanceof PlexusError && error.code === 'folder-inside-data',
    );
  });
});

function delivery(n: number): Delivery {
  const line = (type: string) => ({ type, id: `${n}`, json: JSON.stringify({ n, name: 'Zoë ✓' }) });
  return {
    id: n as MessageId,
    generation: 0,
    channel: 'mercy-west',
    sha256: '',
    receivedUs: 0,
    attempts: 0,
    uncertain: false,
    raw: () => Buffer.alloc(0),
    settlement: () => ({ outcome: 'delivered', issues: [] }),
    resources: () => (n % 2 === 0 ? [line('Patient'), line('Observation')] : [line('Patient')]),
  };
}

function context(
  cursors: ReadonlyMap<string, number>,
  seen: Event[],
  destination = 'mercy-west/files',
): SinkContext {
  const events = createEvents();
  events.subscribe((event) => seen.push(event));
  const resolvePath = (path: string) => path;
  return { channel: 'mercy-west', destination, clock: systemClock(), events, cursors, resolvePath };
}

function open(
  folder: string,
  cursors: ReadonlyMap<string, number>,
  files: FileSystem = fileSystem,
  seen: Event[] = [],
): Promise<Sink> {
  return createFilesSink({ folder }, context(cursors, seen), files);
}

async function settleAll(
  folder: string,
  cursors: Map<string, number>,
  messages: number[],
  seen: Event[] = [],
): Promise<void> {
  const sink = await open(folder, cursors, fileSystem, seen);
  const result = await sink.deliver(messages.map(delivery));
  for (const { path, bytes } of result.cursors ?? []) cursors.set(path, bytes);
  await sink.close();
}

/** The cursors that a journal would hold had it settled everything in the folder. */
async function cursorsOf(folder: string): Promise<[string, number][]> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.ndjson'));
  const sized = async (name: string): Promise<[string, number]> => [
    `${folder}/${name}`,
    (await stat(join(folder, name))).size,
  ];
  return Promise.all(files.map(sized));
}

async function numbers(folder: string, type: string): Promise<number[]> {
  const text = await readFile(join(folder, `${type}.ndjson`), 'utf8').catch(() => '');
  assert.ok(text === '' || text.endsWith('\n'), 'the file ends with a whole line');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line).n);
}

/** A disk that takes so many bytes more and then, mid-write, no more. */
function faultyDisk() {
  let left = Number.POSITIVE_INFINITY;
  const handles: FileHandle[] = [];
  const full = () =>
    Object.assign(new Error('no space left on device'), { code: 'ENOSPC', errno: -28 });
  const files: FileSystem = {
    ...fileSystem,
    open: async (path, flags, mode) => {
      const handle = await fileSystem.open(path, flags, mode);
      handles.push(handle);
      const write = handle.write.bind(handle);
      const cut = async (bytes: Buffer, offset: number, length: number, position: number) => {
        if (left <= 0) throw full();
        const result = await write(bytes, offset, Math.min(length, left), position);
        left -= result.bytesWritten;
        return result;
      };
      return Object.assign(handle, { write: cut });
    },
  };
  return {
    files,
    failAfterBytes(bytes: number) {
      left = bytes;
    },
    async closeHandles() {
      await Promise.allSettled(handles.splice(0).map((handle) => handle.close()));
    },
    heal() {
      left = Number.POSITIVE_INFINITY;
    },
  };
}
