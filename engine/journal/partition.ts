import { type MessageId, messageId } from '../ids.ts';
import { type DatabaseHandle, openDatabase, type Statement } from '../store/index.ts';
import { type CountKind, partitionSchema, type State, states } from './schema.ts';

/** One file of the journal, opened for writing, with its statements prepared. */
export type Partition = ReturnType<typeof openPartition>;

export type PartitionOptions = {
  readonly no: number;
  readonly file: string;
  readonly key: Buffer;
  readonly synchronous: 'FULL' | 'NORMAL';
};

/** A row of the queue, as the scheduler sees it. */
export type QueueRow = {
  readonly id: MessageId;
  readonly generation: number;
  readonly state: State;
  readonly attempts: number;
  readonly retries: number;
  readonly dueUs: number | null;
  readonly key: number | null;
  readonly bytes: number;
  /** 1 when a reconversion ordered this generation. */
  readonly reconverted: number;
};

export type StoredMessage = {
  readonly id: MessageId;
  readonly channel: number;
  readonly receivedUs: number;
  readonly sha: Buffer;
  readonly controlId: string | null;
  readonly codec: number;
  readonly raw: Buffer;
};

// 2 kB messages fill 8 kB pages with half the waste of 4 kB ones (measured: 2.21 to 1.53 bytes a
// byte).
const pageBytes = 8192;

const sql = {
  insertMessage: `INSERT INTO
    message(id, channel, received_us, sha, dedupe, control_id, key_ref, codec, raw)
    VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  insertKey: 'INSERT OR IGNORE INTO message_key(message_id, key) VALUES(?, ?)',
  insertDuplicate: 'INSERT INTO duplicate(of_id, received_us) VALUES(?, ?)',
  findByControl: `SELECT id, sha, received_us AS receivedUs, channel FROM message
    WHERE control_id = ? AND dedupe = ?`,
  findByDedupe: `SELECT id, sha, received_us AS receivedUs, channel FROM message
    WHERE control_id IS NULL AND dedupe = ?`,
  insertWork: `INSERT OR IGNORE INTO work(message_id, generation, destination, state, revision,
      code, owner, changed_us, issues)
    VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  claim: `UPDATE work SET attempts = attempts + 1
    WHERE message_id = ? AND generation = ? AND destination = ?`,
  claimRetry: `UPDATE work SET attempts = attempts + 1, state = ${states.ready}
    WHERE message_id = ? AND generation = ? AND destination = ? AND state = ${states.retry}`,
  settle: `UPDATE work SET state = ?, due_us = ?, revision = ?, code = ?, owner = ?,
      changed_us = ?, issues = ?, trace = ?
    WHERE message_id = ? AND generation = ? AND destination = ? AND state < 2`,
  retry: `UPDATE work SET state = ${states.retry}, attempts = 0, retries = retries + 1, due_us = ?,
      code = ? WHERE message_id = ? AND generation = ? AND destination = ? AND state < 2`,
  giveBack: `UPDATE work SET attempts = MAX(0, attempts - 1)
    WHERE message_id = ? AND generation = ? AND destination = ? AND state < 2`,
  setCursor: `INSERT INTO file_cursor(destination, path, bytes) VALUES(?, ?, ?)
    ON CONFLICT DO UPDATE SET bytes = excluded.bytes`,
  cursors: 'SELECT path, bytes FROM file_cursor WHERE destination = ?',
  count: `INSERT INTO counter(channel, destination, kind, value) VALUES(?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET value = value + excluded.value`,
  counters: 'SELECT channel, destination, kind, value FROM counter',
  openRows: `SELECT w.message_id AS id, w.generation AS generation, w.state AS state,
      w.attempts AS attempts, w.retries AS retries,
      w.due_us AS dueUs, m.key_ref AS key, length(m.raw) AS bytes,
      CASE w.generation WHEN 0 THEN 0 ELSE EXISTS(SELECT 1 FROM history h
        WHERE h.message_id = w.message_id AND h.generation = w.generation - 1
          AND h.destination = w.destination AND h.action = 'reconvert') END AS reconverted
    FROM work w INDEXED BY work_open CROSS JOIN message m ON m.id = w.message_id
    WHERE w.destination = ? AND w.state < 2 AND w.message_id > ?
    ORDER BY w.message_id LIMIT ?`,
  owedRows: `SELECT w.message_id AS id, w.generation AS generation, w.state AS state,
      w.attempts AS attempts, w.retries AS retries,
      w.due_us AS dueUs, m.key_ref AS key, length(m.raw) AS bytes
    FROM work w INDEXED BY work_open CROSS JOIN message m ON m.id = w.message_id
    WHERE w.destination = :answers AND w.state < 2
      AND w.message_id > :afterId AND w.message_id <= :lastId
      AND NOT EXISTS (SELECT 1 FROM work c WHERE c.message_id = w.message_id
        AND c.destination = :chain AND c.state < 2)
    ORDER BY w.message_id LIMIT :left`,
  lastOwed: `SELECT generation, state FROM work WHERE message_id = ? AND destination = ?
    ORDER BY generation DESC LIMIT 1`,
  freeOwed: `UPDATE work SET state = ${states.ready}, attempts = 0, retries = 0, code = NULL,
      owner = NULL, issues = NULL
    WHERE message_id = ? AND generation = ? AND destination = ? AND state = ${states.held}`,
  openBetween: `SELECT message_id AS id FROM work INDEXED BY work_open
    WHERE destination = ? AND state < 2 AND message_id BETWEEN ? AND ?`,
  keys: 'SELECT key FROM message_key WHERE message_id = ?',
  message: `SELECT id, channel, received_us AS receivedUs, sha, control_id AS controlId, codec, raw
    FROM message WHERE id = ?`,
  insertEdit: 'INSERT INTO edit(message_id, generation, sha, raw) VALUES(?, ?, ?, ?)',
  edited: `SELECT sha, raw FROM edit WHERE message_id = ? AND generation <= ?
    ORDER BY generation DESC LIMIT 1`,
  lastId: 'SELECT max(id) AS id FROM message',
  following: 'SELECT id, codec, raw FROM message WHERE id > ? ORDER BY id',
  workState: `SELECT state, code, issues FROM work WHERE message_id = ? AND destination = ?
    ORDER BY generation DESC LIMIT 1`,
} as const;

/** Opens (and where new, creates) a partition. Throws PlexusError as `openDatabase` does. */
export function openPartition(options: PartitionOptions) {
  const db: DatabaseHandle = openDatabase(options.file, {
    key: options.key,
    pageBytes,
    synchronous: options.synchronous,
    // Checkpoints are the journal's own business: automatic ones cost 9 ms at p99.
    autoCheckpointPages: 0,
    cacheKiB: 16 * 1024,
  });
  db.exec(partitionSchema);
  const statements = Object.fromEntries(
    Object.entries(sql).map(([name, text]) => [name, db.prepare(text)]),
  ) as { [Name in keyof typeof sql]: Statement };
  const lastId = (statements.lastId.get() as { id: number | null }).id;
  let sequence = lastId === null ? 0 : lastId - messageId(options.no, 0);

  return {
    no: options.no,
    file: options.file,
    db,
    statements,
    /** The next id; taken back by `rewind` when the transaction that used it failed. */
    nextId(): MessageId {
      sequence += 1;
      return messageId(options.no, sequence);
    },
    rewind(to: number): void {
      sequence = to;
    },
    sequence: () => sequence,
    count(channel: number, destination: number, kind: CountKind, delta: number): void {
      statements.count.run(channel, destination, kind, delta);
    },
    close(): void {
      db.close();
    },
  };
}
