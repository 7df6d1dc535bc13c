import type { DatabaseHandle } from '../store/index.ts';

export type RevisionRow = {
  readonly no: number;
  readonly hash: string;
  readonly stages: readonly string[];
  readonly snapshot: string;
  readonly deployedUs: number;
};

const revisionColumns = 'no, hash, stages, snapshot, deployed_us AS deployedUs';

/** The revisions of the channels, and which of them each is at. */
export function revisionsOf(db: DatabaseHandle) {
  type Stored = Omit<RevisionRow, 'stages'> & { readonly stages: string };
  const toRow = (row: Stored): RevisionRow => ({
    ...row,
    stages: JSON.parse(row.stages) as string[],
  });
  const channelOf = (no: number): number =>
    (db.prepare('SELECT channel FROM revision WHERE no = ?').get(no) as { channel: number })
      .channel;
  const makeActive = (no: number, channel: number): void => {
    db.prepare('UPDATE revision SET active = (no = ?) WHERE channel = ?').run(no, channel);
  };

  return {
    /** Gives a revision its number, once; it has not run yet. */
    enrol(channel: number, hash: string, stages: readonly string[], snapshot: string): number {
      db.prepare(
        `INSERT INTO revision(channel, hash, stages, snapshot, deployed_us) VALUES(?, ?, ?, ?, 0)
         ON CONFLICT DO UPDATE SET snapshot = excluded.snapshot`,
      ).run(channel, hash, JSON.stringify(stages), snapshot);
      const row = db
        .prepare('SELECT no FROM revision WHERE channel = ? AND hash = ?')
        .get(channel, hash);
      return (row as { no: number }).no;
    },
    /** Makes it the newest and active revision of its channel, and lifts a pin. */
    activate(no: number, nowUs: number): void {
      const channel = channelOf(no);
      db.transaction(() => {
        db.prepare('UPDATE revision SET deployed_us = ? WHERE no = ?').run(nowUs, no);
        makeActive(no, channel);
        db.prepare('DELETE FROM pin WHERE channel = ?').run(channel);
      })();
    },
    /** Makes it active as old as it is, and pins it. */
    pin(no: number, nowUs: number): void {
      const channel = channelOf(no);
      db.transaction(() => {
        makeActive(no, channel);
        db.prepare(
          `INSERT INTO pin(channel, revision, at_us) VALUES(?, ?, ?)
           ON CONFLICT DO UPDATE SET revision = excluded.revision, at_us = excluded.at_us`,
        ).run(channel, no, nowUs);
      })();
    },
    pinned(channel: number): RevisionRow | undefined {
      const row = db
        .prepare(
          `SELECT ${revisionColumns} FROM revision
           WHERE no = (SELECT revision FROM pin WHERE channel = ?)`,
        )
        .get(channel) as Stored | undefined;
      return row && toRow(row);
    },
    active(channel: number): RevisionRow | undefined {
      const row = db
        .prepare(`SELECT ${revisionColumns} FROM revision WHERE channel = ? AND active = 1`)
        .get(channel) as Stored | undefined;
      return row && toRow(row);
    },
    /** Those that ran, the newest deployment first. */
    revisions(channel: number): readonly RevisionRow[] {
      const rows = db
        .prepare(
          `SELECT ${revisionColumns} FROM revision
           WHERE channel = ? AND deployed_us > 0 ORDER BY deployed_us DESC`,
        )
        .all(channel) as Stored[];
      return rows.map(toRow);
    },
    revision(no: number): RevisionRow | undefined {
      const row = db.prepare(`SELECT ${revisionColumns} FROM revision WHERE no = ?`).get(no);
      return row === undefined ? undefined : toRow(row as Stored);
    },
  };
}
