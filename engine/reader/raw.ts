import { type MessageId, partitionOf } from '../ids.ts';
import { batchCode, decodeRaw, editedIds, latestEdit, stateNames } from '../journal/index.ts';
import type { WorkState } from '../operations.ts';
import type { DatabaseHandle } from '../store/index.ts';
import { openJournalView, queuesOf } from './store.ts';

/** A stored message, and how its latest run through the chain stands. */
export type RawMessage = {
  readonly id: MessageId;
  /** As it came, or the copy that somebody edited last. */
  readonly raw: Buffer;
  /** Of `raw`, lower-case hex. */
  readonly sha256: string;
  /** Microseconds since the epoch. */
  readonly receivedUs: number;
  /** Undefined when its work has expired. */
  readonly work:
    | { readonly generation: number; readonly state: WorkState; readonly code: string }
    | undefined;
};

/** Ids of one partition, `to` not included. */
export type IdRange = { readonly partition: number; readonly from: number; readonly to: number };

export type RawQuery = {
  readonly channel: string;
  readonly sinceUs: number;
  readonly untilUs: number;
};

export type RawReader = ReturnType<typeof openRawReader>;

const dayUs = 24 * 3600 * 1_000_000;

type Row = {
  readonly id: MessageId;
  readonly codec: number;
  readonly raw: Buffer;
  readonly sha: Buffer;
  readonly receivedUs: number;
  readonly generation: number | null;
  readonly state: number | null;
  readonly code: string | null;
};

const select = `SELECT m.id AS id, m.codec AS codec, m.raw AS raw, m.sha AS sha,
    m.received_us AS receivedUs, w.generation AS generation, w.state AS state, w.code AS code
  FROM message m LEFT JOIN work w ON w.message_id = m.id AND w.destination = @chain
    AND w.generation = (SELECT max(generation) FROM work
      WHERE message_id = m.id AND destination = @chain)
  WHERE m.id >= @from AND m.id < @to AND m.channel = @channel
    AND m.received_us >= @sinceUs AND m.received_us < @untilUs ORDER BY m.id`;

/**
 * Raw messages of a channel, read on handles of their own beside a running engine or without one;
 * finished days too. Throws what `openReader` throws.
 */
export function openRawReader(dataDir: string, key: Buffer) {
  const view = openJournalView(dataDir, key);
  const numberOf = (channel: string): number =>
    view.control.channels().find(({ name }) => name === channel)?.no ?? -1;

  return {
    /** Ids among which the messages of a query lie, oldest first, at most `size` a range. */
    ranges({ channel, sinceUs, untilUs }: RawQuery, size: number): readonly IdRange[] {
      const days = new Map(view.control.partitions().map(({ no, day }) => [no, day]));
      const ranges: IdRange[] = [];
      if (numberOf(channel) === -1) return ranges;
      for (const { no, db } of view.partitions()) {
        const startUs = Date.parse(days.get(no) ?? '') * 1000;
        // A message may have been received just before its day, and be of another clock.
        if (startUs + 2 * dayUs < sinceUs || startUs - dayUs > untilUs) continue;
        const { first, last } = db
          .prepare('SELECT min(id) AS first, max(id) AS last FROM message')
          .get() as { first: number | null; last: number | null };
        for (let from = first ?? 1; from <= (last ?? 0); from += size)
          ranges.push({ partition: no, from, to: Math.min(from + size, (last ?? 0) + 1) });
      }
      return ranges;
    },

    /** The messages of a query in a range, oldest first; no batches, whose messages stand alone. */
    messages(query: RawQuery, { partition, from, to }: IdRange): readonly RawMessage[] {
      const db = view.partitions().find(({ no }) => no === partition)?.db;
      const channel = numberOf(query.channel);
      if (db === undefined) return [];
      const { sinceUs, untilUs } = query;
      const { chain } = queuesOf(view, channel);
      const rows = db
        .prepare(select)
        .all({ chain, from, to, channel, sinceUs, untilUs }) as readonly Row[];
      const parents = parentsIn(db);
      const edited = editedIds(db, from, to);
      return rows.flatMap((row): RawMessage[] => {
        if (row.code === batchCode) return [];
        const edit = edited.has(row.id) ? latestEdit(db, row.id) : undefined;
        return [
          rawOf(edit ? { ...row, sha: edit.sha } : row, edit?.raw ?? decodeRaw(row, parents)),
        ];
      });
    },

    /** One message with the bytes it would run on now, or with those that came. */
    one(id: MessageId, asReceived = false): Pick<RawMessage, 'raw' | 'receivedUs'> | undefined {
      const db = view.partitions().find(({ no }) => no === partitionOf(id))?.db;
      const row = db
        ?.prepare<[number], Row>(
          'SELECT codec, raw, received_us AS receivedUs FROM message WHERE id = ?',
        )
        .get(id);
      if (db === undefined || row === undefined) return undefined;
      const edit = asReceived ? undefined : latestEdit(db, id);
      return { raw: edit?.raw ?? decodeRaw(row, parentsIn(db)), receivedUs: row.receivedUs };
    },

    close: view.close,
  };
}

function rawOf({ id, sha, receivedUs, generation, state, code }: Row, raw: Buffer): RawMessage {
  const name = state === null ? undefined : stateNames[state];
  const work =
    generation === null || name === undefined
      ? undefined
      : { generation, state: name, code: code ?? '' };
  return { id, raw, sha256: sha.toString('hex'), receivedUs, work };
}

/** The batches of which messages are slices; neighbours share theirs. */
function parentsIn(db: DatabaseHandle): (id: MessageId) => Buffer {
  let last: { readonly id: MessageId; readonly raw: Buffer } | undefined;
  const read = (id: MessageId): Buffer => {
    if (last?.id === id) return last.raw;
    const row = db.prepare('SELECT codec, raw FROM message WHERE id = ?').get(id) as
      | { readonly codec: number; readonly raw: Buffer }
      | undefined;
    if (row === undefined) throw new Error(`message ${id} of which others are slices is gone`);
    last = { id, raw: decodeRaw(row, read) };
    return last.raw;
  };
  return read;
}
