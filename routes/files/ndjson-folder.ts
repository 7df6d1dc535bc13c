import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type FileSystem, sizeOf, syncFolder } from './file-system.ts';
import { type Ledger, openLedger, writeLedger } from './ledger.ts';

/** A folder of `Type.ndjson` files that grow by whole batches or not at all. */
export type NdjsonFolder = {
  /** Adds a line to the batch under way; writes when much is waiting, so that memory stays bounded. */
  append(type: string, json: string): Promise<void>;
  /** Writes and fsyncs the batch; answers with the size of each file it touched. */
  commit(): Promise<{ path: string; bytes: number }[]>;
  /** The batch before is settled: from here on a rewind stops at its end. */
  settle(): void;
  /** Cuts off the batch under way (and, unless settled, the one before); opens the files afresh. */
  rewind(): Promise<void>;
  close(): Promise<void>;
};

export type FolderOptions = {
  readonly files: FileSystem;
  readonly folder: string;
  readonly destination: string;
  /** Committed sizes by cursor name. */
  readonly cursors: ReadonlyMap<string, number>;
  /** First part of the cursor names: the folder as the channel file writes it. */
  readonly cursorPrefix: string;
  /** Told of what was found wrong at opening; the code is stable. */
  readonly report: (code: 'file-without-cursor' | 'file-shorter-than-cursor') => void;
};

type LiveFile = {
  readonly path: string;
  readonly cursor: string;
  readonly handle: FileHandle;
  /** Size at the end of the last settled batch. */
  settled: number;
  size: number;
  waiting: string[];
  waitingChars: number;
};

/** Past this many characters of one file a batch is written in pieces. */
const pieceChars = 4 * 1024 * 1024;

/**
 * Opens the folder and cuts every file back to its cursor: what lies behind it was never settled and
 * will come again. A file without a cursor, or shorter than its cursor, is set aside (never deleted) as
 * `Type.ndjson.aside-N`, reported, and begun again.
 * Throws PlexusError `folder-taken`; errors of the file system as they come.
 */
export async function openNdjsonFolder(options: FolderOptions): Promise<NdjsonFolder> {
  const { files, folder } = options;
  let ledger = await openLedger(files, folder, options.destination);
  const live = new Map<string, LiveFile>();
  const settledSizes = new Map<string, number>();

  const cursorOf = (type: string): string => {
    const epoch = ledger.epochs[type] ?? 1;
    return `${options.cursorPrefix}/${type}.ndjson${epoch === 1 ? '' : `#${epoch}`}`;
  };

  async function inspect(type: string): Promise<void> {
    const path = join(folder, `${type}.ndjson`);
    const size = await sizeOf(files, path);
    const cursor = options.cursors.get(cursorOf(type));
    if (cursor !== undefined && (size ?? 0) < cursor) {
      options.report('file-shorter-than-cursor');
      if (size) await setAside(files, path);
      do ledger = withNextEpoch(ledger, type);
      while (options.cursors.has(cursorOf(type)));
      await writeLedger(files, folder, ledger);
    } else if (cursor === undefined && size) {
      options.report('file-without-cursor');
      await setAside(files, path);
    }
    settledSizes.set(type, options.cursors.get(cursorOf(type)) ?? 0);
  }

  async function openFile(type: string): Promise<LiveFile> {
    const path = join(folder, `${type}.ndjson`);
    const isNew = (await sizeOf(files, path)) === undefined;
    const handle = await files.open(path, constants.O_RDWR | constants.O_CREAT, 0o600);
    const settled = settledSizes.get(type) ?? 0;
    settledSizes.set(type, settled);
    const file = { path, cursor: cursorOf(type), handle, settled, size: settled };
    const opened = { ...file, waiting: [], waitingChars: 0 };
    live.set(type, opened);
    await handle.truncate(settled);
    if (isNew) await syncFolder(files, folder);
    return opened;
  }

  async function closeAll(): Promise<void> {
    const handles = [...live.values()].map((file) => file.handle);
    live.clear();
    await Promise.allSettled(handles.map((handle) => handle.close()));
  }

  async function reopenAll(): Promise<void> {
    await closeAll();
    try {
      for (const type of settledSizes.keys()) await openFile(type);
    } catch (cause) {
      await closeAll();
      throw cause;
    }
  }

  const names = await files.readdir(folder);
  const types = names.filter((name) => name.endsWith('.ndjson')).map((n) => basename(n, '.ndjson'));
  const gone = [...options.cursors.keys()].map((key) => typeOfCursor(key, options.cursorPrefix));
  for (const type of new Set([...types, ...gone])) {
    if (type !== undefined) await inspect(type);
  }
  await reopenAll();

  return {
    async append(type, json) {
      const file = live.get(type) ?? (await openFile(type));
      file.waiting.push(json, '\n');
      file.waitingChars += json.length + 1;
      if (file.waitingChars >= pieceChars) await write(file);
    },
    async commit() {
      const touched = [...live.values()].filter(
        (file) => file.waitingChars > 0 || file.size > file.settled,
      );
      const results = await Promise.allSettled(
        touched.map(async (file) => {
          await write(file);
          await file.handle.datasync();
        }),
      );
      // All have ended before a failure is told: a rewind must not race a write under way.
      const failed = results.find((result) => result.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
      return touched.map((file) => ({ path: file.cursor, bytes: file.size }));
    },
    settle() {
      for (const [type, file] of live) {
        file.settled = file.size;
        settledSizes.set(type, file.size);
      }
    },
    async rewind() {
      // After a failed fsync the state of the pages is unknown: the handle is not used again.
      await reopenAll();
    },
    close: closeAll,
  };
}

async function write(file: LiveFile): Promise<void> {
  const bytes = Buffer.from(file.waiting.join(''), 'utf8');
  file.waiting = [];
  file.waitingChars = 0;
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.handle.write(bytes, done, bytes.length - done, file.size);
    done += bytesWritten;
    file.size += bytesWritten;
  }
}

function withNextEpoch(ledger: Ledger, type: string): Ledger {
  return { ...ledger, epochs: { ...ledger.epochs, [type]: (ledger.epochs[type] ?? 1) + 1 } };
}

async function setAside(files: FileSystem, path: string): Promise<void> {
  for (let n = 1; ; n += 1) {
    const aside = `${path}.aside-${n}`;
    if ((await sizeOf(files, aside)) !== undefined) continue;
    await files.rename(path, aside);
    return;
  }
}

/** The type that a cursor of this folder speaks of; undefined for a cursor of another folder. */
function typeOfCursor(cursor: string, prefix: string): string | undefined {
  if (!cursor.startsWith(`${prefix}/`)) return undefined;
  return /^([A-Za-z]+)\.ndjson(?:#\d+)?$/.exec(cursor.slice(prefix.length + 1))?.[1];
}
