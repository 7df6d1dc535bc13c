import { setImmediate } from 'node:timers/promises';
import type { MessageId } from '../ids.ts';
import type { Issue } from '../issue.ts';
import { batchCode, type ChannelRef, type Journal, states } from '../journal/index.ts';
import { outcomeOfVerdict } from '../outcome.ts';
import type { Settlement, Written } from '../settlement.ts';
import type { Done } from './report.ts';

/** What the journal knows of a message's newest run. */
type State = {
  readonly state: number;
  readonly code: string | null;
  readonly issues: string | null;
};

/** Messages of a batch that are looked up before others get a turn. */
const partsAtOnce = 500;

/**
 * Who waits for what a message came to (`ack: settled`). The journal is read first: a message that
 * is settled already, perhaps in an earlier life of the engine, is answered from there.
 */
export function createAnswers(journal: {
  stateOf(id: MessageId): State | undefined;
  /** The messages of a batch. */
  partsOf(whole: MessageId): readonly MessageId[];
  /** What the requests in a message came to. */
  writtenBy(id: MessageId): Written | undefined;
}) {
  const waiting = new Map<MessageId, ((settlement: Settlement) => void)[]>();

  /** A batch has ended when each of its messages has, as badly as the worst of them. */
  async function ofBatch(whole: MessageId): Promise<Settlement> {
    const asked: Promise<Settlement>[] = [];
    for (const id of journal.partsOf(whole)) {
      // Each is read from the disk: others get their turn between.
      if (asked.length % partsAtOnce === partsAtOnce - 1) await setImmediate();
      asked.push(of(id));
    }
    const parts = await Promise.all(asked);
    const held = parts.filter(({ outcome }) => outcome === 'quarantined');
    if (held.length === 0) return { outcome: 'delivered', issues: [], parts };
    return { outcome: 'quarantined', issues: held.flatMap(({ issues }) => issues), parts };
  }

  function told(id: MessageId, settlement: Settlement): Settlement {
    const written = settlement.outcome === 'quarantined' ? undefined : journal.writtenBy(id);
    return written === undefined ? settlement : { ...settlement, written };
  }

  function of(id: MessageId): Promise<Settlement> {
    const row = journal.stateOf(id);
    if (row?.state === states.settled && row.code === batchCode) return ofBatch(id);
    const known = row && settlementOf(row);
    if (known) return Promise.resolve(told(id, known));
    return new Promise((resolve) => {
      const others = waiting.get(id);
      if (others) others.push(resolve);
      else waiting.set(id, [resolve]);
    });
  }

  return {
    of,
    settled(done: readonly Done[]): void {
      if (waiting.size === 0) return;
      for (const { row, reply } of done) {
        const resolves = waiting.get(row.id);
        const { verdict } = reply;
        if (!resolves || verdict.kind === 'retry') continue;
        waiting.delete(row.id);
        const issues: readonly Issue[] = verdict.kind === 'held' ? verdict.issues : [];
        const outcome = outcomeOfVerdict[verdict.kind];
        const settlement = told(row.id, { outcome, issues });
        for (const resolve of resolves) resolve(settlement);
      }
    },
  };
}

/** How the chain settled a message; undefined while it is open, perhaps once more. */
export function settlementIn(
  journal: Pick<Journal, 'stateOf'>,
  { chain }: ChannelRef,
  id: MessageId,
): Settlement | undefined {
  const row = journal.stateOf(id, chain);
  return row && settlementOf(row);
}

function settlementOf(row: State): Settlement | undefined {
  switch (row.state) {
    case states.settled:
      return { outcome: 'delivered', issues: [] };
    case states.filtered:
    case states.waived:
      return { outcome: 'filtered', issues: [] };
    case states.held:
      return { outcome: 'quarantined', issues: row.issues ? JSON.parse(row.issues) : [] };
    default:
      return undefined;
  }
}
