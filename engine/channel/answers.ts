import type { MessageId } from '../ids.ts';
import type { Issue } from '../issue.ts';
import { states } from '../journal/index.ts';
import { outcomeOfVerdict } from '../outcome.ts';
import type { Settlement } from '../source.ts';
import type { Done } from './report.ts';

/**
 * Who waits for what a message came to (`ack: settled`). `stateOf` reads the journal: a message
 * that is settled already, perhaps in an earlier life of the engine, is answered from there.
 */
export function createAnswers(
  stateOf: (id: MessageId) => { state: number; issues: string | null } | undefined,
) {
  const waiting = new Map<MessageId, ((settlement: Settlement) => void)[]>();
  return {
    of(id: MessageId): Promise<Settlement> {
      const row = stateOf(id);
      const known = row && settlementOf(row);
      if (known) return Promise.resolve(known);
      return new Promise((resolve) => {
        const others = waiting.get(id);
        if (others) others.push(resolve);
        else waiting.set(id, [resolve]);
      });
    },
    settled(done: readonly Done[]): void {
      if (waiting.size === 0) return;
      for (const { row, reply } of done) {
        const resolves = waiting.get(row.id);
        const { verdict } = reply;
        if (!resolves || verdict.kind === 'retry') continue;
        waiting.delete(row.id);
        const issues: readonly Issue[] = verdict.kind === 'held' ? verdict.issues : [];
        const outcome = outcomeOfVerdict[verdict.kind];
        for (const resolve of resolves) resolve({ outcome, issues });
      }
    },
  };
}

function settlementOf(row: { state: number; issues: string | null }): Settlement | undefined {
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
