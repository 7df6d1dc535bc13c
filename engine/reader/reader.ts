import type { ChannelState } from '../events.ts';
import { type CountKind, counts } from '../journal/index.ts';
import type { ChannelView, Conservation, QueueView, Reader } from '../operations.ts';
import type { ResourceReader } from '../sink.ts';
import { searchMessages } from './messages.ts';
import { heldGroups, heldMessages } from './quarantine.ts';
import { type JournalView, queuesOf } from './store.ts';
import { traceMessage } from './trace.ts';

/** What only a running engine knows of a channel. */
export type LiveChannel = {
  readonly owner: string;
  readonly source: string;
  readonly state: ChannelState;
  readonly revision: string;
  readonly lastReceivedUs: number;
};

/** Days in which the last message of a channel is looked for: a scrape must stay cheap. */
const lookBackDays = 3;

/** The reading half of the operations, over any view of a journal. */
export function createReader(
  view: JournalView,
  resources: ResourceReader,
  live: (channel: string) => LiveChannel | undefined = () => undefined,
): Reader {
  function oldestPendingUs(destination: number): number {
    for (const { db } of view.openPartitions()) {
      const row = db
        .prepare(
          `SELECT m.received_us AS us FROM work w INDEXED BY work_open
           CROSS JOIN message m ON m.id = w.message_id
           WHERE w.destination = ? AND w.state < 2 ORDER BY w.message_id LIMIT 1`,
        )
        .get(destination) as { us: number } | undefined;
      if (row) return row.us;
    }
    return 0;
  }

  function lastReceivedUs(channel: number): number {
    for (const { db } of [...view.partitions()].slice(-lookBackDays).reverse()) {
      // Ids grow with time: the newest row of the channel is found from the end.
      const row = db
        .prepare('SELECT received_us AS us FROM message WHERE channel = ? ORDER BY id DESC LIMIT 1')
        .get(channel) as { us: number } | undefined;
      if (row) return row.us;
    }
    return 0;
  }

  function channelView(no: number, name: string): ChannelView {
    const { chain, routes } = queuesOf(view, no);
    const known = live(name);
    const get = (queue: number, kind: CountKind) => view.count(no, queue, kind);
    const queues: QueueView[] = routes.map((each) => ({
      destination: each.name,
      pending: get(each.no, counts.pending),
      held: get(each.no, counts.held),
      delivered: get(each.no, counts.settled),
      oldestPendingUs: oldestPendingUs(each.no),
    }));
    return {
      channel: name,
      owner: known?.owner ?? '',
      source: known?.source ?? '',
      state: known?.state ?? 'stopped',
      revision: known?.revision ?? view.control.active(no)?.hash ?? '',
      pinned: view.control.pinned(no) !== undefined,
      received: get(0, counts.received),
      duplicates: get(0, counts.duplicate),
      pending: get(chain, counts.pending),
      held: get(chain, counts.held),
      settled: get(chain, counts.settled),
      filtered: get(chain, counts.filtered),
      lastReceivedUs: known?.lastReceivedUs || lastReceivedUs(no),
      oldestPendingUs: oldestPendingUs(chain),
      destinations: queues,
    };
  }

  return {
    channels: () => view.control.channels().map(({ no, name }) => channelView(no, name)),
    messages: (query) => searchMessages(view, query),
    trace: (id) => traceMessage(view, resources, id),
    quarantine: (query) => heldGroups(view, query),
    held: (query) => heldMessages(view, query),
    conservation: () =>
      view.control.channels().map(({ no, name }) => conservationOf(view, no, name)),
  };
}

/** G13 for one channel, from the counters that are committed with the facts. */
function conservationOf(view: JournalView, no: number, channel: string): Conservation {
  const { chain, routes } = queuesOf(view, no);
  const get = (queue: number, kind: CountKind) => view.count(no, queue, kind);
  const own = {
    received: get(0, counts.received),
    duplicate: get(0, counts.duplicate),
    filtered: get(chain, counts.filtered),
    waived: get(chain, counts.waived),
    held: get(chain, counts.held),
    pending: get(chain, counts.pending),
    settled: get(chain, counts.settled),
  };
  const destinations = routes.map((each) => ({
    destination: each.name,
    enqueued: get(each.no, counts.enqueued),
    delivered: get(each.no, counts.settled),
    waived: get(each.no, counts.waived),
    held: get(each.no, counts.held),
    pending: get(each.no, counts.pending),
  }));
  const sum = own.duplicate + own.filtered + own.waived + own.held + own.pending + own.settled;
  const lost = destinations.map((each) =>
    Math.abs(each.enqueued - each.delivered - each.waived - each.held - each.pending),
  );
  return {
    channel,
    ...own,
    violations: Math.abs(own.received - sum) + lost.reduce((total, each) => total + each, 0),
    destinations,
  };
}
