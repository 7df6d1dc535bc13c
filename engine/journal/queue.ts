import { inflateRawSync } from 'node:zlib';
import type { MessageId } from '../ids.ts';
import { messageId, partitionOf } from '../ids.ts';
import type { Row } from '../lanes/index.ts';
import type { Partition, QueueRow, StoredMessage } from './partition.ts';
import type { Partitions } from './partitions.ts';
import { states } from './schema.ts';

/** Open rows of one destination over all partitions, oldest first, above `afterId`. */
export function readOpenRows(
  partitions: Pick<Partitions, 'all' | 'using'>,
  destination: number,
  afterId: number,
  limit: number,
): Row[] {
  const rows: Row[] = [];
  for (const { no } of partitions.all()) {
    if (rows.length >= limit) break;
    if (messageId(no + 1, 0) <= afterId) continue;
    const found = partitions.using(no, (partition) => {
      const { openRows } = partition.statements;
      const some = openRows.all(destination, afterId, limit - rows.length) as QueueRow[];
      return some.map((row) => toRow(partition, row));
    });
    if (found) rows.push(...found);
  }
  return rows;
}

export function toRow(partition: Partition, row: QueueRow): Row {
  return {
    id: row.id,
    generation: row.generation,
    keys: keysOf(partition, row.id, row.key),
    bytes: row.bytes,
    attempts: row.attempts,
    retries: row.retries,
    suspect: row.state === states.ready && row.attempts > 0,
    dueUs: row.state === states.retry ? (row.dueUs ?? 0) : 0,
    ...(row.reconverted === 0 ? {} : { isReconverted: true as const }),
  };
}

function keysOf(partition: Partition, id: MessageId, key: number | null): readonly number[] {
  if (key === null) return [];
  if (key > 0) return [key];
  const all = (partition.statements.keys.all(id) as { key: number }[]).map((row) => row.key);
  // The first key keeps its place: it names the lane that runs the message.
  return [-key, ...all.filter((other) => other !== -key)];
}

/**
 * A stored message with the bytes that a generation of it runs on: as they came, whatever they are
 * stored as, or the copy that a person edited for that generation or an earlier one.
 */
export function readMessage(
  partitions: Pick<Partitions, 'using'>,
  id: MessageId,
  generation: number,
): StoredMessage | undefined {
  return partitions.using(partitionOf(id), (partition) => {
    const row = partition.statements.message.get(id) as StoredMessage | undefined;
    const edit = row && generation > 0 ? editedCopy(partition, id, generation) : undefined;
    if (row && edit) return { ...row, ...edit };
    return row && { ...row, raw: decodeRaw(row, (parent) => readParent(partition, parent)) };
  });
}

function editedCopy({ statements }: Partition, id: MessageId, generation: number) {
  return statements.edited.get(id, generation) as Pick<StoredMessage, 'sha' | 'raw'> | undefined;
}

/**
 * The batch that was read last, by anybody: its messages are read one after the other, and to read
 * all of it for each would cost the square of its size.
 */
let parents: WeakMap<Partition, { readonly id: MessageId; readonly raw: Buffer }> = new WeakMap();
/** Nobody has asked for so long: what a batch weighs is not kept for nothing. */
const parentMs = 5_000;
let forgetting: NodeJS.Timeout | undefined;

function readParent(partition: Partition, id: MessageId): Buffer {
  const known = parents.get(partition);
  const raw = known?.id === id ? known.raw : readWhole(partition, id);
  // One batch is kept, whatever partition it lies in.
  if (known?.id !== id) parents = new WeakMap([[partition, { id, raw }]]);
  forgetting ??= setTimeout(() => {
    parents = new WeakMap();
    forgetting = undefined;
  }, parentMs).unref();
  forgetting.refresh();
  return raw;
}

function readWhole(partition: Partition, parent: MessageId): Buffer {
  const row = partition.statements.message.get(parent) as StoredMessage | undefined;
  if (!row) throw new Error(`message ${parent} of which others are slices is gone`);
  return decodeRaw(row, (id) => readParent(partition, id));
}

/** A batch and its parts land in one commit: their ids follow its own. */
export function readParts(partition: Partition, whole: MessageId): readonly MessageId[] {
  const parts: MessageId[] = [];
  const following = partition.statements.following.iterate(whole) as Iterable<StoredMessage>;
  for (const { id, codec, raw } of following) {
    if (codec !== 2 || (JSON.parse(raw.toString()) as [MessageId])[0] !== whole) break;
    parts.push(id);
  }
  return parts;
}

/** Undoes `codec`. */
export function decodeRaw(
  row: { readonly codec: number; readonly raw: Buffer },
  parent: (id: MessageId) => Buffer,
): Buffer {
  if (row.codec === 0) return row.raw;
  if (row.codec === 1) return inflateRawSync(row.raw);
  const [id, offset, length] = JSON.parse(row.raw.toString()) as [MessageId, number, number];
  return parent(id).subarray(offset, offset + length);
}
