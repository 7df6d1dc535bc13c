import type { Channel } from './channel/index.ts';
import type { Clock } from './clock.ts';
import type { Events } from './events.ts';
import type { MessageId } from './ids.ts';
import { actOnHeld, type HeldAction, type HeldResult, type Journal } from './journal/index.ts';
import type { HeldSelection } from './operations.ts';

/** Assign, replay and waive on a running engine: the journal first, then the queues hear of it. */
export function heldActions(options: {
  readonly journal: Journal;
  readonly channels: ReadonlyMap<string, Channel>;
  readonly clock: Clock;
  readonly events: Events;
}) {
  const { journal, channels, clock, events } = options;

  function wake(selection: HeldSelection, result: HeldResult): void {
    const from = 'id' in selection ? selection.id : (1 as MessageId);
    for (const channel of channels.values()) {
      const pipeline = channel.pipeline();
      if (!pipeline) continue;
      if (result.destinations.has(channel.ref.chain)) pipeline.scheduler.lower(from);
      for (const each of pipeline.destinations) {
        if (result.destinations.has(each.no)) each.scheduler.lower(from);
      }
    }
  }

  function report(result: HeldResult, action: HeldAction): void {
    if (action.kind === 'assign' || result.count === 0) return;
    const place = journal.control.destinations().find(({ no }) => result.destinations.has(no));
    const channel = [...channels.values()].find((each) => each.ref.no === place?.channel);
    events.emit({
      type: action.kind === 'replay' ? 'replayed' : 'waived',
      channel: channel?.ref.name ?? '',
      destination: place?.name ?? '',
      count: result.count,
      by: action.by,
    });
  }

  /** How many messages it was; resolves when that is durable. */
  return async (selection: HeldSelection, action: HeldAction): Promise<number> => {
    const result = await actOnHeld(journal, selection, action, clock.nowUs());
    if (action.kind === 'replay') wake(selection, result);
    report(result, action);
    return result.count;
  };
}
