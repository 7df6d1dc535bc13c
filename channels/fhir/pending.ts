import { setImmediate as nextTurn } from 'node:timers/promises';
import type { MessageId, Settlement, SourceContext } from '../../engine/index.ts';
import { type MessageHead, replyTo, settledAnswer, transactionAnswer } from './answers/index.ts';
import { type BatchLayout, batchResponse } from './batch.ts';

/** What a settlement becomes as an answer; plain data, since it outlives the process. */
export type Shape =
  | { readonly kind: 'one' }
  | { readonly kind: 'transaction'; readonly isEmpty?: true }
  | { readonly kind: 'batch'; readonly layout: BatchLayout }
  | { readonly kind: 'message'; readonly head: MessageHead };

export function render(
  channel: string,
  shape: Shape,
  id: MessageId,
  settlement: Settlement,
): Response {
  switch (shape.kind) {
    case 'one':
      return settledAnswer({ id }, settlement);
    case 'transaction':
      return transactionAnswer({ id }, settlement, shape.isEmpty);
    case 'batch':
      return batchResponse({ id }, settlement, shape.layout);
    case 'message':
      return replyTo(channel, shape.head, id, settlement);
    default:
      return shape satisfies never;
  }
}

/** What a sender may ask for by a status URL after its 202; nobody but `asker` is told. */
type Kept = { readonly asker: string; readonly shape: Shape; readonly untilMs: number };

export type PendingSettlements = {
  /** Resolves once it is durable; rejects with `journal-unavailable`. */
  add(id: MessageId, asker: string, shape: Shape): Promise<void>;
  /** Undefined for an id that was never added, is past its term, or is somebody else's. */
  find(id: MessageId, asker: string): Promise<'pending' | Response | undefined>;
};

/** A status URL answers for so long; who asks later finds the message by `./plexus trace`. */
export const statusTermMs = 24 * 3_600_000;
/** What is read from the journal for one answer is kept for the next question for so long. */
const freshMs = 60_000;

type Waiting = { settled?: Settlement };
type Added = {
  readonly entries: readonly (readonly [string, unknown])[];
  done(cause?: unknown): void;
};

/**
 * Status URLs are kept in the channel's state, and what they tell is read from the journal: they
 * survive the process, and a batch that nobody asks for weighs nothing. Those that are added in one
 * turn of the event loop share a commit.
 */
export function createPendingSettlements(context: SourceContext): PendingSettlements {
  const { state, clock, channel } = context;
  const waiting = new Map<MessageId, Waiting>();
  let added: Added[] = [];
  const nowMs = (): number => Math.floor(clock.nowUs() / 1000);

  function write(): void {
    const now = added;
    added = [];
    try {
      state.putAll([...expired(), ...now.flatMap(({ entries }) => entries)]);
      for (const { done } of now) done();
    } catch (cause) {
      for (const { done } of now) done(cause);
    }
  }

  function* expired(): Generator<readonly [string, undefined]> {
    for (const key of state.keys(endPrefix)) {
      const [, until = '', id = ''] = key.split('|');
      if (Number(until) > nowMs()) return;
      yield [key, undefined];
      yield [statusKey(Number(id) as MessageId), undefined];
    }
  }

  /** The settlement as far as it is known now, or a little later. */
  async function settlementOf(id: MessageId): Promise<Settlement | undefined> {
    const known = waiting.get(id);
    if (known !== undefined) return known.settled;
    const one: Waiting = {};
    waiting.set(id, one);
    const settlement = context.settled(id).then((settled) => {
      one.settled = settled;
      clock.after(freshMs, () => waiting.delete(id));
    });
    settlement.catch(() => waiting.delete(id));
    await Promise.race([settlement.catch(() => {}), nextTurn()]);
    return one.settled;
  }

  return {
    add(id, asker, shape) {
      const untilMs = nowMs() + statusTermMs;
      const kept: Kept = { asker, shape, untilMs };
      const end = `${endPrefix}${String(untilMs).padStart(15, '0')}|${id}`;
      return new Promise((resolve, reject) => {
        if (added.length === 0) setImmediate(write);
        const done = (cause?: unknown) => (cause === undefined ? resolve() : reject(cause));
        added.push({ entries: [[statusKey(id), kept] as const, [end, id] as const], done });
      });
    },
    async find(id, asker) {
      const kept = state.get(statusKey(id)) as Kept | undefined;
      if (kept === undefined || kept.asker !== asker || kept.untilMs <= nowMs()) return undefined;
      const settled = await settlementOf(id);
      return settled === undefined ? 'pending' : render(channel, kept.shape, id, settled);
    },
  };
}

const endPrefix = 'status-end|';
const statusKey = (id: MessageId): string => `status|${id}`;
