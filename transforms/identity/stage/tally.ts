import type { DatabaseHandle } from '../../../engine/index.ts';

/** Counts of what the stage did, kept with the state so that a restart does not lose them. */
export const tallySchema = `
CREATE TABLE IF NOT EXISTS tally(kind TEXT, label TEXT, count INT NOT NULL,
  PRIMARY KEY(kind, label)) STRICT, WITHOUT ROWID;
`;

/** `decision` by verdict, `veto` by the id of the rule. */
export type TallyKind = 'decision' | 'veto';

export type Tally = {
  count(kind: TallyKind, label: string): void;
  /** Before a commit. */
  write(): void;
};

export function openTally(db: DatabaseHandle): Tally {
  const add = db.prepare<[string, string, number]>(
    `INSERT INTO tally(kind, label, count) VALUES(?, ?, ?)
      ON CONFLICT DO UPDATE SET count = count + excluded.count`,
  );
  const counts: Record<TallyKind, Map<string, number>> = { decision: new Map(), veto: new Map() };
  return {
    count(kind, label) {
      counts[kind].set(label, (counts[kind].get(label) ?? 0) + 1);
    },
    write() {
      for (const kind of ['decision', 'veto'] as const) {
        for (const [label, count] of counts[kind]) add.run(kind, label, count);
        counts[kind].clear();
      }
    },
  };
}
