import { type MessageId, partitionOf } from '../ids.ts';
import type { Row } from '../lanes/index.ts';
import type { ChannelRef } from './channel-ref.ts';
import { enqueueCounted } from './enqueue.ts';
import type { Partition, QueueRow } from './partition.ts';
import type { Partitions } from './partitions.ts';
import { toRow } from './queue.ts';
import { counts, type State, states } from './schema.ts';
import type { Tally } from './tally.ts';
import type { Write } from './writer.ts';

/**
 * The answers that senders are owed once their message is settled. They lie in a queue like that of
 * a route, from the landing on, in the same commit; only those whose message the chain has ended
 * with are read from it.
 */
export function writeOwed(
  partition: Partition,
  tally: Tally,
  channel: ChannelRef,
  id: MessageId,
  generation: number,
): void {
  if (channel.answers === undefined) return;
  const to = { channel: channel.no, no: channel.answers };
  enqueueCounted(partition, tally, { id, generation }, to);
}

/** One that waits goes out anyway, one that is held goes out now; else there is one more. */
function oweAgain(partition: Partition, tally: Tally, channel: ChannelRef, id: MessageId): void {
  const { answers } = channel;
  if (answers === undefined) return;
  const { lastOwed, freeOwed } = partition.statements;
  const last = lastOwed.get(id, answers) as { generation: number; state: State } | undefined;
  if (last?.state === states.ready || last?.state === states.retry) return;
  if (last?.state !== states.held) {
    writeOwed(partition, tally, channel, id, (last?.generation ?? -1) + 1);
    return;
  }
  const { changes } = freeOwed.run(id, last.generation, answers);
  tally.add(channel.no, answers, counts.held, -changes);
  tally.add(channel.no, answers, counts.pending, changes);
}

/** Which answers are looked for: those of messages above `afterId`, up to `lastId`. */
export type OwedRange = {
  readonly afterId: number;
  readonly lastId: number;
  readonly limit: number;
};

/** Owed answers whose message is settled, oldest first. */
function readOwedRows(
  partitions: Pick<Partitions, 'all' | 'using'>,
  { answers, chain }: Pick<ChannelRef, 'answers' | 'chain'>,
  { afterId, lastId, limit }: OwedRange,
): Row[] {
  const rows: Row[] = [];
  for (const { no } of partitions.all()) {
    if (rows.length >= limit) break;
    const found = partitions.using(no, (partition) => {
      const { owedRows } = partition.statements;
      const left = limit - rows.length;
      const some = owedRows.all({ answers, chain, afterId, lastId, left }) as QueueRow[];
      return some.map((row) => toRow(partition, row));
    });
    if (found) rows.push(...found);
  }
  return rows;
}

/** The same for certain messages. */
function owedRowsOf(
  partitions: Pick<Partitions, 'using'>,
  channel: Pick<ChannelRef, 'answers' | 'chain'>,
  ids: readonly MessageId[],
): Row[] {
  const { answers, chain } = channel;
  return ids.flatMap((id) => {
    const read = ({ statements }: Partition) =>
      statements.owedRows.all({ answers, chain, afterId: id - 1, lastId: id, left: 1 });
    return (
      partitions.using(partitionOf(id), (partition) =>
        (read(partition) as QueueRow[]).map((row) => toRow(partition, row)),
      ) ?? []
    );
  });
}

/** What the journal does with owed answers. */
export function owedBooks(
  partitions: Pick<Partitions, 'all' | 'using'>,
  ride: (no: number, run: Write['run']) => Promise<void>,
) {
  return {
    /** Answers that are owed to senders whose message is settled, oldest first. */
    readOwed: (channel: ChannelRef, range: OwedRange): Row[] =>
      readOwedRows(partitions, channel, range),
    /** Those of certain messages. */
    owedRowsOf: (channel: ChannelRef, ids: readonly MessageId[]): Row[] =>
      owedRowsOf(partitions, channel, ids),
    /** A duplicate of this message is owed its answer again; resolves when that is durable. */
    oweAgain: (channel: ChannelRef, id: MessageId): Promise<void> =>
      ride(partitionOf(id), (partition, tally) => oweAgain(partition, tally, channel, id)),
  };
}
