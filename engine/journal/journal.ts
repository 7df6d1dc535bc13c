import type { Clock } from '../clock.ts';
import type { Events } from '../events.ts';
import { type MessageId, partitionOf } from '../ids.ts';
import type { Row } from '../lanes/index.ts';
import { limits } from '../limits.ts';
import type { Landing } from '../source.ts';
import type { ChannelRef } from './channel-ref.ts';
import { type LandingResult, writeLanding } from './landing.ts';
import { owedBooks } from './owed.ts';
import { openPartitions } from './partitions.ts';
import { readMessage, readOpenRows, readParts } from './queue.ts';
import { states } from './schema.ts';
import { type SettleContext, type Settling, writeSettlements } from './settlement.ts';
import { createTotals, seedTotals } from './tally.ts';
import { createUpkeep } from './upkeep.ts';
import { createWriter, type Write } from './writer.ts';

export type Journal = ReturnType<typeof openJournal>;

export type JournalOptions = {
  readonly dataDir: string;
  /** 32 bytes. */
  readonly key: Buffer;
  readonly clock: Clock;
  readonly events: Events;
  /** FULL is the guarantee; NORMAL exists for the test that shows what it would cost. */
  readonly synchronous?: 'FULL' | 'NORMAL';
};

/** Called in the order of the ids; promises of one commit may resolve in another. */
type Durable = (results: readonly LandingResult[]) => void;
const ignored = (): void => {};

/**
 * Raw landing, queue and settlement in one store with one writer. All methods that write resolve
 * after the fsync. Throws PlexusError `wrong-key` or `database-unavailable` when control.db does
 * not open.
 */
export function openJournal(options: JournalOptions) {
  const { clock, events } = options;
  const partitions = openPartitions({ ...options, synchronous: options.synchronous ?? 'FULL' });
  partitions.recover();
  const totals = createTotals();
  /** A commit that failed may be in the file all the same: only the files know the counts then. */
  function count(): void {
    const { control } = partitions;
    const archived = new Set(control.archivedPartitions());
    totals.clear();
    seedTotals(
      totals,
      partitions.all().filter(({ no }) => !archived.has(no)),
    );
    for (const row of control.archivedCounters())
      totals.add(row.channel, row.destination, row.kind, row.value);
  }
  count();
  const stopCounting = events.subscribe(({ type }) => {
    if (type === 'partition-damaged' || type === 'partition-unreadable') count();
  });
  const upkeep = createUpkeep(options.key);
  const writer = createWriter({ partitions, totals, recount: count, clock, events, upkeep });

  function land(
    channel: ChannelRef,
    landings: readonly Landing[],
    batch: boolean,
    durable: Durable,
  ): Promise<readonly LandingResult[]> {
    return new Promise((resolve, reject) => {
      let results: LandingResult[] = [];
      writer.land({
        run(partition, tally) {
          const sinceUs = clock.nowUs() - channel.dedupeHours * 3600 * 1_000_000;
          const within = channel.dedupeHours > 0 ? partitions.dedupeWindow(sinceUs) : [];
          const window = { partitions: within, sinceUs };
          results = [];
          for (const [n, landing] of landings.entries()) {
            const whole = results[0];
            if (batch && n > 0 && whole?.duplicate) break;
            const part = !batch
              ? {}
              : n === 0
                ? { whole: true }
                : sliceOf(landings[0]!, landing, whole!.id);
            results.push(writeLanding(partition, window, tally, channel, landing, part));
          }
        },
        committed() {
          durable(results);
          resolve(results);
        },
        failed: reject,
      });
    });
  }

  function ride(no: number, run: Write['run']): Promise<void> {
    return new Promise((resolve, reject) => {
      writer.ride(no, { run, committed: resolve, failed: reject });
    });
  }

  /** One write a partition, for rows that may lie in several. */
  async function rideEach<T extends { readonly row: Row }>(
    items: readonly T[],
    run: (items: readonly T[]) => Write['run'],
  ): Promise<void> {
    const groups = Map.groupBy(items, (item) => partitionOf(item.row.id));
    await Promise.all([...groups].map(([no, group]) => ride(no, run(group))));
  }

  return {
    totals,
    control: partitions.control,
    partitions,
    upkeep,

    channel(name: string, owner: string, dedupeHours: number = limits.dedupeHours): ChannelRef {
      const no = partitions.control.channel(name);
      return { name, no, chain: partitions.control.destination(no, ''), owner, dedupeHours };
    },

    async land(
      channel: ChannelRef,
      landing: Landing,
      durable: Durable = ignored,
    ): Promise<LandingResult> {
      return (await land(channel, [landing], false, durable))[0]!;
    },
    /** The whole first, then its parts; only the whole when it is a duplicate. */
    landBatch: (
      channel: ChannelRef,
      whole: Landing,
      parts: readonly Landing[],
      durable: Durable = ignored,
    ) => land(channel, [whole, ...parts], true, durable),

    /** Open rows of a destination above an id, oldest first. */
    read: (destination: number, afterId: number, limit: number): Row[] =>
      readOpenRows(partitions, destination, afterId, limit),

    ...owedBooks(partitions, ride),
    message: (id: MessageId, generation = 0) => readMessage(partitions, id, generation),

    /** Makes one more attempt at each row durable before it is made (G6). */
    claim(destination: number, rows: readonly Row[]): Promise<void> {
      return rideEach(
        rows.map((row) => ({ row })),
        (items) => (partition) => {
          const { claim, claimRetry } = partition.statements;
          for (const { row } of items) {
            const statement = row.dueUs > 0 ? claimRetry : claim;
            statement.run(row.id, row.generation, destination);
          }
        },
      );
    },

    settle(
      context: SettleContext,
      settlings: readonly Settling[],
      cursors: readonly { readonly path: string; readonly bytes: number }[] = [],
    ): Promise<void> {
      return rideEach(settlings, (items) => (partition, tally) => {
        writeSettlements(partition, tally, context, items);
        for (const { path, bytes } of cursors) {
          partition.statements.setCursor.run(context.destination, path, bytes);
        }
      });
    },

    /** Committed file positions of a destination; of two partitions the further one counts. */
    cursors(destination: number): Map<string, number> {
      const cursors = new Map<string, number>();
      for (const partition of partitions.all()) {
        const rows = partition.statements.cursors.all(destination) as {
          path: string;
          bytes: number;
        }[];
        for (const { path, bytes } of rows)
          cursors.set(path, Math.max(bytes, cursors.get(path) ?? 0));
      }
      return cursors;
    },

    /** The state of a message's newest row and what is wrong with it, for `ack: settled`. */
    stateOf(id: MessageId, destination: number) {
      return partitions.using(partitionOf(id), ({ statements }) =>
        statements.workState.get(id, destination),
      ) as { state: number; code: string | null; issues: string | null } | undefined;
    },

    /** Which of these messages a queue has still to work off. */
    openAmong(destination: number, ids: readonly MessageId[]): readonly MessageId[] {
      const open = new Set<number>();
      for (const [no, own] of Map.groupBy(ids, partitionOf)) {
        const [first, last] = [Math.min(...own), Math.max(...own)];
        const rows = partitions.using(no, ({ statements }) =>
          statements.openBetween.all(destination, first, last),
        ) as { id: MessageId }[] | undefined;
        for (const { id } of rows ?? []) open.add(id);
      }
      return ids.filter((id) => open.has(id));
    },

    /** The messages of a batch that landed whole, but for those that had landed before. */
    partsOf(whole: MessageId): readonly MessageId[] {
      return partitions.using(partitionOf(whole), (partition) => readParts(partition, whole)) ?? [];
    },

    /** For writes that ride on a partition's next commit: quarantine, expiry. */
    ride,
    /** How many rows were claimed, ready and held when the journal was opened. */
    openCounts(): { claimed: number; ready: number; held: number } {
      const result = { claimed: 0, ready: 0, held: 0 };
      for (const partition of partitions.all()) {
        const { open, claimed } = partition.db
          .prepare(
            `SELECT count(*) AS open, sum(state = ${states.ready} AND attempts > 0) AS claimed
             FROM work WHERE state < 2`,
          )
          .get() as { open: number; claimed: number | null };
        const held = partition.db
          .prepare(`SELECT count(*) AS n FROM work WHERE state = ${states.held}`)
          .get() as { n: number };
        result.claimed += claimed ?? 0;
        result.ready += open - (claimed ?? 0);
        result.held += held.n;
      }
      return result;
    },
    /** The revisions that open and held work names. */
    openRevisions(): ReadonlySet<number> {
      const numbers = partitions.all().flatMap(({ db }) => {
        const sql = `SELECT DISTINCT revision AS no FROM work
          WHERE state <= ${states.held} AND revision IS NOT NULL`;
        return (db.prepare(sql).all() as { no: number }[]).map(({ no }) => no);
      });
      return new Set(numbers);
    },
    giveUp: writer.giveUp,
    async close(): Promise<void> {
      writer.close();
      stopCounting();
      await upkeep.close();
      partitions.close();
    },
  };
}

function sliceOf(whole: Landing, part: Landing, parent: MessageId) {
  const offset = part.raw.byteOffset - whole.raw.byteOffset;
  const shared = part.raw.buffer === whole.raw.buffer && offset >= 0;
  return shared && offset + part.raw.length <= whole.raw.length
    ? { slice: { parent, offset } }
    : {};
}
