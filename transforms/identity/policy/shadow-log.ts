import type { DatabaseHandle } from '../../../engine/index.ts';
import type { PersonId, RecordNo } from '../events.ts';
import type { Disagreement } from './ruling.ts';

/** What a shadow said otherwise, the newest of it; the registry does not know of it. */
export const shadowLogSchema = `
CREATE TABLE IF NOT EXISTS shadow_said(no INTEGER PRIMARY KEY, at_us INT NOT NULL,
  policy TEXT NOT NULL, record INT NOT NULL, person TEXT NOT NULL, was TEXT NOT NULL,
  said TEXT NOT NULL, vetoes TEXT NOT NULL) STRICT;
`;

/** Some 15 MB; what falls out can be had again by a preview. */
const rowsMax = 100_000;

export type ShadowNote = {
  readonly atUs: number;
  readonly record: RecordNo;
  readonly person: PersonId;
  readonly was: string;
  readonly said: string;
  readonly vetoes: readonly string[];
};

/** Notes disagreements inside the caller's transaction; the tables must be there. */
export function openShadowLog(db: DatabaseHandle, policy: string) {
  const add = db.prepare(
    `INSERT INTO shadow_said(at_us, policy, record, person, was, said, vetoes)
      VALUES(?, ?, ?, ?, ?, ?, ?)`,
  );
  const drop = db.prepare<[number]>('DELETE FROM shadow_said WHERE no <= ?');
  return {
    note(atUs: number, found: readonly Disagreement[]): void {
      for (const { record, person, from, to, vetoesAfter } of found) {
        const ids = vetoesAfter.map(({ id }) => id).join(' ');
        const { lastInsertRowid } = add.run(atUs, policy, record, person, from, to, ids);
        drop.run(Number(lastInsertRowid) - rowsMax);
      }
    },
  };
}

type Row = Omit<ShadowNote, 'vetoes' | 'atUs'> & {
  readonly at_us: number;
  readonly vetoes: string;
};

/** What the shadow with this policy has said otherwise since then, oldest first. */
export function* shadowNotes(
  db: DatabaseHandle,
  policy: string,
  sinceUs: number,
): Generator<ShadowNote> {
  const made = db.prepare(`SELECT 1 FROM sqlite_master WHERE name = 'shadow_said'`).get();
  if (made === undefined) return;
  const rows = db.prepare<[string, number], Row>(
    `SELECT at_us, record, person, was, said, vetoes FROM shadow_said
      WHERE policy = ? AND at_us >= ? ORDER BY no`,
  );
  for (const { at_us: atUs, vetoes, ...row } of rows.iterate(policy, sinceUs))
    yield { atUs, ...row, vetoes: vetoes === '' ? [] : vetoes.split(' ') };
}
