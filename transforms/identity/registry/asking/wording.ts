import type { DatabaseHandle } from '../../../../engine/index.ts';
import type { RecordNo } from '../../events.ts';

/** Of each criterion one text at least must occur in what a record says. */
export type Wording = readonly (readonly string[])[];

/**
 * The records with numbers in (`after`, `through`] whose attributes hold these texts, as they are
 * normalised, somewhere: whoever asks must look closer. SQLite looks; nothing is parsed.
 */
export function recordsSaying(
  db: DatabaseHandle,
  wording: Wording,
  { after, through }: { readonly after: RecordNo; readonly through: RecordNo },
): readonly RecordNo[] {
  const holds = wording.map((texts) => `(${texts.map(() => 'instr(body, ?) > 0').join(' OR ')})`);
  return db
    .prepare<unknown[], number>(
      `SELECT no FROM record JOIN event ON event.seq = record.attributes
        WHERE no > ? AND no <= ?${holds.map((one) => ` AND ${one}`).join('')} ORDER BY no`,
    )
    .pluck()
    .all(after, through, ...wording.flat());
}

/** The highest number of a record; 0 without any. */
export function lastRecord(db: DatabaseHandle): RecordNo {
  return db.prepare<[], number>('SELECT coalesce(max(no), 0) FROM record').pluck().get()!;
}
