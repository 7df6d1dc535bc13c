import type { Clock } from '../clock.ts';
import type { Events } from '../events.ts';
import { type ChannelRef, counts, type Journal, strand, takeBack } from '../journal/index.ts';

/**
 * What a channel or a route leaves behind when the configuration has it no more: held, so that it
 * is seen and owned (G14), and open again when it comes back.
 */
export function createLeftBehind(options: {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly events: Events;
}) {
  const { journal, clock, events } = options;

  const queuesOf = (channel: number) =>
    journal.control.destinations().filter((each) => each.channel === channel);

  /**
   * Holds what lies in queues of a channel that nobody works off; `routes` are those that it has,
   * undefined when the channel itself is gone. Called while nothing is under way in these queues.
   */
  async function hold(channel: ChannelRef, routes: readonly string[] | undefined): Promise<void> {
    for (const queue of queuesOf(channel.no)) {
      if (routes && (queue.name === '' || routes.includes(queue.name))) continue;
      if (journal.totals.get(channel.no, queue.no, counts.pending) === 0) continue;
      const count = await strand(journal, channel, queue, clock.nowUs());
      if (count === 0) continue;
      const code = queue.name === '' ? 'channel-gone' : 'route-gone';
      events.emit({
        type: 'held',
        channel: channel.name,
        destination: queue.name,
        stage: queue.name || 'chain',
        code,
        count,
      });
    }
  }

  return {
    hold,
    /** The same for all channels but those that are there. */
    async holdOthers(isThere: (channel: string) => boolean): Promise<void> {
      for (const { name } of journal.control.channels()) {
        if (!isThere(name)) await hold(journal.channel(name, ''), undefined);
      }
    },
    /** Opens what was held so in the queues that the channel has (again). */
    async takeBack(channel: ChannelRef, routes: readonly string[]): Promise<void> {
      for (const queue of queuesOf(channel.no)) {
        if (queue.name !== '' && !routes.includes(queue.name)) continue;
        if (journal.totals.get(channel.no, queue.no, counts.held) === 0) continue;
        await takeBack(journal, channel, queue);
      }
    },
  };
}

export type LeftBehind = ReturnType<typeof createLeftBehind>;
