import type { Channel } from './channel/index.ts';
import type { Clock } from './clock.ts';
import type { Events } from './events.ts';
import type { MessageId } from './ids.ts';
import {
  actOnHeld,
  type HeldAction,
  type HeldResult,
  type Journal,
  type Place,
} from './journal/index.ts';
import type { HeldSelection } from './operations.ts';

/** Assign, replay, move and waive: the journal first, then the queues hear of it. */
export function heldActions(options: {
  readonly journal: Journal;
  readonly channels: ReadonlyMap<string, Channel>;
  /** Does anybody work this queue off? */
  isWorked(place: Place): boolean;
  readonly clock: Clock;
  readonly events: Events;
}) {
  const { journal, channels, isWorked, clock, events } = options;

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
    if (action.kind === 'assign') return;
    const place = journal.control.destinations().find(({ no }) => result.destinations.has(no));
    const channel = journal.control.channels().find(({ no }) => no === place?.channel);
    events.emit({
      type: action.kind === 'replay' ? 'replayed' : action.kind === 'move' ? 'moved' : 'waived',
      channel: channel?.name ?? '',
      destination: place?.name ?? '',
      count: result.count,
      by: action.by,
    });
  }

  /** How many messages it was; resolves when that is durable. */
  return async (selection: HeldSelection, action: HeldAction): Promise<number> => {
    const result = await actOnHeld(journal, {
      selection,
      action,
      nowUs: clock.nowUs(),
      isWorked,
      progress(part) {
        // What is open again is worked off while the rest is still to be written.
        if (action.kind === 'replay' || action.kind === 'move') wake(selection, part);
        report(part, action);
      },
    });
    return result.count;
  };
}
