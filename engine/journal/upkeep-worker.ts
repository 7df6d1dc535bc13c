import { existsSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { deflateRawSync } from 'node:zlib';
import { reasonOf } from '../errors.ts';
import { type DatabaseHandle, openDatabase, removeDatabase } from '../store/index.ts';
import { copyEdits } from './edits.ts';
import { partitionSchema } from './schema.ts';

/** What the journal asks of its upkeep thread, so that none of it stops a sender. */
export type UpkeepTask =
  | { readonly kind: 'checkpoint'; readonly file: string }
  /** Writes a copy that keeps the raw payloads, compressed, and nothing of the work. */
  | { readonly kind: 'compact'; readonly file: string; readonly to: string }
  | { readonly kind: 'forget'; readonly file: string };

export type UpkeepReply =
  | { readonly ok: true; readonly framesLeft: number }
  | { readonly ok: false; readonly cause: string };

const key = Buffer.from((workerData as { key: Uint8Array }).key);
const open = new Map<string, DatabaseHandle>();

function handleOf(file: string): DatabaseHandle {
  const known = open.get(file);
  if (known) return known;
  const db = openDatabase(file, { key, autoCheckpointPages: 0, cacheKiB: 512 });
  open.set(file, db);
  return db;
}

function forget(file: string): void {
  open.get(file)?.close();
  open.delete(file);
}

/** Copies what is in the WAL into the file beside running commits; tells how much is left. */
function checkpoint(file: string): number {
  // A pass that was asked for before the file went: to open it would make an empty one.
  if (!open.has(file) && !existsSync(file)) return 0;
  const [row] = handleOf(file).pragma('wal_checkpoint(PASSIVE)') as {
    log: number;
    checkpointed: number;
  }[];
  return row ? row.log - row.checkpointed : 0;
}

const rowsAtOnce = 500;

function compact(file: string, to: string): void {
  removeDatabase(to);
  const from = openDatabase(file, { key, readonly: true });
  const copy = openDatabase(to, { key, pageBytes: 8192 });
  copy.exec(partitionSchema);
  const read = from.prepare('SELECT * FROM message WHERE id > ? ORDER BY id LIMIT ?');
  const write = copy.prepare(
    `INSERT INTO message(id, channel, received_us, sha, dedupe, control_id, key_ref, codec, raw)
     VALUES(@id, @channel, @received_us, @sha, NULL, @control_id, @key_ref, @codec, @raw)`,
  );
  type Row = { readonly id: number; readonly codec: number; readonly raw: Buffer };
  let last = 0;
  for (;;) {
    const rows = read.all(last, rowsAtOnce) as Row[];
    if (rows.length === 0) break;
    copy.transaction(() => {
      for (const row of rows) {
        write.run(row.codec === 0 ? { ...row, codec: 1, raw: deflateRawSync(row.raw) } : row);
      }
    })();
    last = rows.at(-1)!.id;
  }
  copyEdits(from, copy);
  copy.pragma('wal_checkpoint(TRUNCATE)');
  copy.close();
  from.close();
}

parentPort?.on('message', ({ n, task }: { n: number; task: UpkeepTask }) => {
  let reply: UpkeepReply;
  try {
    if (task.kind === 'checkpoint') reply = { ok: true, framesLeft: checkpoint(task.file) };
    else {
      forget(task.file);
      if (task.kind === 'compact') compact(task.file, task.to);
      reply = { ok: true, framesLeft: 0 };
    }
  } catch (cause) {
    reply = { ok: false, cause: reasonOf(cause) };
  }
  parentPort?.postMessage({ n, reply });
});
