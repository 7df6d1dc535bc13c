import type { MessageId, Settlement } from '../../engine/index.ts';

/** What a settlement is as an answer. */
export type Render = (id: MessageId, settlement: Settlement) => Response;

/** What a sender may ask for by a status URL after its 202. */
export type Pending = {
  readonly settlement: Promise<Settlement>;
  readonly render: Render;
  /** The principal that sent it; nobody else is told. */
  readonly asker: string;
};

export type PendingSettlements = {
  add(id: MessageId, one: Pending): void;
  /** Undefined for an id that was never added, is long gone, or is somebody else's. */
  find(id: MessageId, asker: string): 'pending' | Response | undefined;
};

/** Remembers the newest `max`; who asks later finds the message by `./plexus trace`. */
export function createPendingSettlements(max = 10_000): PendingSettlements {
  const known = new Map<MessageId, Pending & { settled?: Settlement }>();
  return {
    add(id, pending) {
      const one: Pending & { settled?: Settlement } = { ...pending };
      known.set(id, one);
      const oldest = known.keys().next();
      if (known.size > max && !oldest.done) known.delete(oldest.value);
      pending.settlement.then(
        (settled) => {
          one.settled = settled;
        },
        () => known.delete(id),
      );
    },
    find(id, asker) {
      const one = known.get(id);
      if (one === undefined || one.asker !== asker) return undefined;
      return one.settled === undefined ? 'pending' : one.render(id, one.settled);
    },
  };
}
