import type { MessageId, Settlement } from '../../engine/index.ts';

/** Settlements that a sender may ask for by a status URL after its 202. */
export type PendingSettlements = {
  add(id: MessageId, settlement: Promise<Settlement>): void;
  /** Undefined for an id that was never added or is long gone. */
  find(id: MessageId): 'pending' | Settlement | undefined;
};

/** Remembers the newest `max`; who asks later finds the message by `./plexus trace`. */
export function createPendingSettlements(max = 10_000): PendingSettlements {
  const known = new Map<MessageId, 'pending' | Settlement>();
  return {
    add(id, settlement) {
      known.set(id, 'pending');
      const oldest = known.keys().next();
      if (known.size > max && !oldest.done) known.delete(oldest.value);
      settlement.then(
        (settled) => known.has(id) && known.set(id, settled),
        () => known.delete(id),
      );
    },
    find: (id) => known.get(id),
  };
}
