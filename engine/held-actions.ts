import type { Channel } from './channel/index.ts';
import type { Clock } from './clock.ts';
import { PlexusError } from './errors.ts';
import type { Events } from './events.ts';
import type { MessageId } from './ids.ts';
import {
  actOnHeld,
  counts,
  type HeldAction,
  type HeldResult,
  type Journal,
  type Place,
  type RerunOrder,
  rerun,
} from './journal/index.ts';
import type { HeldSelection, Operations } from './operations.ts';

type Options = {
  readonly journal: Journal;
  readonly channels: ReadonlyMap<string, Channel>;
  /** Does anybody work this queue off? */
  isWorked(place: Place): boolean;
  readonly clock: Clock;
  readonly events: Events;
};

/** Messages run again: the journal first, then the chains hear of it. */
export function reruns(options: Options): Pick<Operations, 'rerun' | 'reconvert' | 'waiting'> {
  const { journal, channels } = options;
  return {
    rerun: (ids, reason, by) => runAgain(options, { ids, action: 'rerun', reason, by }),
    reconvert(messages, reason, by) {
      const generations = new Map<MessageId, number>();
      for (const { id, generation } of messages)
        if (generation !== undefined) generations.set(id, generation);
      const ids = messages.map(({ id }) => id);
      return runAgain(options, { ids, generations, action: 'reconvert', reason, by });
    },
    waiting(name, ids) {
      const ref = channels.get(name)?.ref;
      if (!ref) throw new PlexusError('unknown-channel', `no channel is called \`${name}\``);
      const inAll = journal.totals.get(ref.no, ref.chain, counts.pending);
      return { open: journal.openAmong(ref.chain, ids), inAll };
    },
  };
}

type RerunWish = Pick<RerunOrder, 'ids' | 'action' | 'generations' | 'reason' | 'by'>;

async function runAgain(
  { journal, channels, isWorked, clock, events }: Options,
  wish: RerunWish,
): Promise<number> {
  const again = await rerun(journal, { ...wish, nowUs: clock.nowUs(), isWorked });
  for (const { ref, pipeline } of channels.values()) {
    const own = again.get(ref.chain);
    if (own === undefined) continue;
    for (const id of own) pipeline()?.scheduler.lower(id);
  }
  const queues = journal.control.destinations();
  const named = journal.control.channels();
  for (const [no, own] of again) {
    const place = queues.find((each) => each.no === no);
    const channel = named.find((each) => each.no === place?.channel)?.name ?? '';
    events.emit({ type: 'replayed', channel, destination: '', count: own.length, by: wish.by });
  }
  return [...again.values()].reduce((sum, own) => sum + own.length, 0);
}

const happened = { replay: 'replayed', edit: 'replayed', move: 'moved', waive: 'waived' } as const;

/** Assign, replay, edit, move and waive: the journal first, then the queues hear of it. */
type HeldOperations = Pick<Operations, 'assign' | 'replay' | 'edit' | 'move' | 'waive'>;

export function heldActions(options: Options): HeldOperations {
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
      type: happened[action.kind],
      channel: channel?.name ?? '',
      destination: place?.name ?? '',
      count: result.count,
      by: action.by,
    });
  }

  /** How many messages it was; resolves when that is durable. */
  async function act(selection: HeldSelection, action: HeldAction): Promise<number> {
    const result = await actOnHeld(journal, {
      selection,
      action,
      nowUs: clock.nowUs(),
      isWorked,
      progress(part) {
        // What is open again is worked off while the rest is still to be written.
        if (action.kind !== 'assign' && action.kind !== 'waive') wake(selection, part);
        report(part, action);
      },
    });
    return result.count;
  }

  return {
    assign: (selection, owner, by) => act(selection, { kind: 'assign', owner, by }),
    replay: (selection, by) => act(selection, { kind: 'replay', by }),
    edit: (id, raw, reason, by) => act({ id }, { kind: 'edit', raw, reason, by }),
    move: (selection, to, reason, by) => act(selection, { kind: 'move', to, reason, by }),
    waive: (selection, reason, by) => act(selection, { kind: 'waive', reason, by }),
  };
}
