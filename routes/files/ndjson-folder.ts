import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { sizeOf, syncFolder } from './file-system.ts';
import { type RecoveryOptions, recoverFolder } from './recovery.ts';

/** A folder of `Type.ndjson` files that grow by whole batches or not at all. */
export type NdjsonFolder = {
  /** Adds a line to the batch under way; writes when much waits, so that memory stays bounded. */
  append(type: string, json: string): Promise<void>;
  /**
   * Writes and fsyncs the batch; answers with the size of every file. Also of those it did not
   * touch: the journal keeps cursors with the day's messages, and must not forget a file that rests
   * for longer than it keeps the day.
   */
  commit(): Promise<{ path: string; bytes: number }[]>;
  /** The batch before is settled: from here on a rewind stops at its end. */
  settle(): void;
  /** Cuts off the batch under way (and, unless settled, the one before); opens the files afresh. */
  rewind(): Promise<void>;
  close(): Promise<void>;
};

type LiveFile = {
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
 * Opens the folder and cuts every file back to its cursor: what lies behind it was never settled
 * and will come again. Throws what `recoverFolder` throws.
 */
export async function openNdjsonFolder(options: RecoveryOptions): Promise<NdjsonFolder> {
  const { files, folder } = options;
  const { settled, cursorOf } = await recoverFolder(options);
  const live = new Map<string, LiveFile>();

  async function openFile(type: string): Promise<LiveFile> {
    const path = join(folder, `${type}.ndjson`);
    const isNew = (await sizeOf(files, path)) === undefined;
    const handle = await files.open(path, constants.O_RDWR | constants.O_CREAT, 0o600);
    const size = settled.get(type) ?? 0;
    settled.set(type, size);
    const cursor = cursorOf(type);
    const file: LiveFile = { cursor, handle, settled: size, size, waiting: [], waitingChars: 0 };
    live.set(type, file);
    await handle.truncate(size);
    if (isNew) await syncFolder(files, folder);
    return file;
  }

  async function closeAll(): Promise<void> {
    const handles = [...live.values()].map((file) => file.handle);
    live.clear();
    await Promise.allSettled(handles.map((handle) => handle.close()));
  }

  async function reopenAll(): Promise<void> {
    // After a failed fsync the state of the pages is unknown: no handle is used again.
    await closeAll();
    try {
      for (const type of settled.keys()) await openFile(type);
    } catch (cause) {
      await closeAll();
      throw cause;
    }
  }

  await reopenAll();
  return {
    async append(type, json) {
      const file = live.get(type) ?? (await openFile(type));
      file.waiting.push(json, '\n');
      file.waitingChars += json.length + 1;
      if (file.waitingChars >= pieceChars) await write(file);
    },
    commit: () => commitAll([...live.values()]),
    settle() {
      for (const [type, file] of live) {
        file.settled = file.size;
        settled.set(type, file.size);
      }
    },
    rewind: reopenAll,
    close: closeAll,
  };
}

async function commitAll(files: readonly LiveFile[]): Promise<{ path: string; bytes: number }[]> {
  const touched = files.filter((file) => file.waitingChars > 0 || file.size > file.settled);
  const results = await Promise.allSettled(
    touched.map(async (file) => {
      await write(file);
      await file.handle.datasync();
    }),
  );
  // All have ended before a failure is told: a rewind must not race a write under way.
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return files
    .filter((file) => file.size > 0)
    .map((file) => ({ path: file.cursor, bytes: file.size }));
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
