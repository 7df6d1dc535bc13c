import type { Issue } from '../issue.ts';
import { limits } from '../limits.ts';
import type { ChannelRef } from './channel-ref.ts';
import { heldCode } from './held-code.ts';
import type { Journal } from './journal.ts';
import type { Partition } from './partition.ts';
import { counts, states } from './schema.ts';

/** A queue of a channel: its own chain (the name is empty) or one of its routes. */
export type Queue = { readonly no: number; readonly name: string };

type Key = { readonly id: number; readonly generation: number };

const routeGone: Issue = {
  severity: 'error',
  code: 'route-gone',
  diagnostics:
    'The channel has no route of this name any more. Move this to another route, waive it, or ' +
    'bring the route back.',
};

const channelGone: Issue = {
  severity: 'error',
  code: 'channel-gone',
  diagnostics: 'The configuration has no such channel any more. Bring it back, or waive this.',
};

const issueOf = (queue: Queue): Issue => (queue.name === '' ? channelGone : routeGone);
const goneCode = (queue: Queue): string => heldCode(queue.name || 'chain', issueOf(queue));

/**
 * Holds what is open in a queue that nobody works off any more, so that it is seen, owned and ages
 * (G14). Answers with how many it was; resolves when that is durable.
 */
export function strand(
  journal: Journal,
  channel: ChannelRef,
  queue: Queue,
  nowUs: number,
): Promise<number> {
  const open = `SELECT message_id AS id, generation FROM work INDEXED BY work_open
    WHERE destination = ? AND state < 2 ORDER BY message_id LIMIT ${limits.heldRowsAtOnce}`;
  const hold = `UPDATE work SET state = ${states.held}, due_us = NULL, code = ?, owner = ?,
      changed_us = ?, issues = ?
    WHERE message_id = ? AND generation = ? AND destination = ? AND state < 2`;
  const issues = JSON.stringify([issueOf(queue)]);
  return inChunks(journal, {
    find: (partition) => partition.db.prepare(open).all(queue.no) as Key[],
    change: (partition, { id, generation }) =>
      partition.db
        .prepare(hold)
        .run(goneCode(queue), channel.owner, nowUs, issues, id, generation, queue.no).changes,
    channel: channel.no,
    queue: queue.no,
    from: counts.pending,
    to: counts.held,
  });
}

/**
 * Opens again what was held because its route or channel had gone: it is back. Attempts stay as
 * they were, so that a delivery which was under way at a crash is doubtful still.
 */
export function takeBack(journal: Journal, channel: ChannelRef, queue: Queue): Promise<number> {
  const held = `SELECT message_id AS id, generation FROM work
    WHERE state = ${states.held} AND destination = ? AND code = ?
    ORDER BY message_id LIMIT ${limits.heldRowsAtOnce}`;
  const free = `UPDATE work SET state = ${states.ready}, code = NULL, owner = NULL, issues = NULL
    WHERE message_id = ? AND generation = ? AND destination = ? AND state = ${states.held}`;
  return inChunks(journal, {
    find: (partition) => partition.db.prepare(held).all(queue.no, goneCode(queue)) as Key[],
    change: (partition, { id, generation }) =>
      partition.db.prepare(free).run(id, generation, queue.no).changes,
    channel: channel.no,
    queue: queue.no,
    from: counts.held,
    to: counts.pending,
  });
}

type Change = {
  /** The next rows to be changed, none when there are no more. */
  find(partition: Partition): readonly Key[];
  change(partition: Partition, key: Key): number;
  readonly channel: number;
  readonly queue: number;
  readonly from: typeof counts.pending | typeof counts.held;
  readonly to: typeof counts.pending | typeof counts.held;
};

/** So many rows a commit, that a backlog of a dead destination stops no sender. */
async function inChunks(journal: Journal, change: Change): Promise<number> {
  let count = 0;
  for (const each of journal.partitions.all()) {
    while (change.find(each).length > 0) {
      let done = 0;
      await journal.ride(each.no, (partition, tally) => {
        const rows = change.find(partition);
        // Runs again when its commit has failed.
        done = 0;
        for (const row of rows) done += change.change(partition, row);
        tally.add(change.channel, change.queue, change.from, -done);
        tally.add(change.channel, change.queue, change.to, done);
      });
      if (done === 0) break;
      count += done;
    }
  }
  return count;
}
