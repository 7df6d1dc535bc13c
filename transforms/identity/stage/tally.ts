import type { DatabaseHandle } from '../../../engine/index.ts';

/** Counts of what the stage did, kept with the state so that a restart does not lose them. */
export const tallySchema = `
CREATE TABLE IF NOT EXISTS tally(kind TEXT, label TEXT, count INT NOT NULL,
  PRIMARY KEY(kind, label)) STRICT, WITHOUT ROWID;
`;

/** `decision` by verdict, `veto` by the id of the rule, `shadow` by what the candidate said. */
const tallyKinds = ['decision', 'veto', 'shadow'] as const;
export type TallyKind = (typeof tallyKinds)[number];

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
  const counts = new Map(tallyKinds.map((kind) => [kind, new Map<string, number>()]));
  return {
    count(kind, label) {
      const ofKind = counts.get(kind)!;
      ofKind.set(label, (ofKind.get(label) ?? 0) + 1);
    },
    write() {
      for (const [kind, ofKind] of counts) {
        for (const [label, count] of ofKind) add.run(kind, label, count);
        ofKind.clear();
      }
    },
  };
}

export type Tallied = { readonly kind: string; readonly label: string; readonly count: number };

export const tallied = (db: DatabaseHandle): readonly Tallied[] =>
  db.prepare<[], Tallied>('SELECT kind, label, count FROM tally').all();
