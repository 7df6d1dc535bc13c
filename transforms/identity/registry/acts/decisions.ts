import type { RecordNo } from '../../events.ts';
import type { Log } from '../log.ts';

/** One effect of a message: which of its contributions, in which run. */
export type EffectKey = {
  readonly message: number;
  readonly generation: number;
  readonly ordinal: number;
};

/** What was decided for a patient of a message; a second run reads it instead of deciding. */
export type Decision = {
  readonly record: RecordNo;
  /** The record that named the person at the time. */
  readonly anchor: RecordNo;
  /** Number of the last event when it was decided. */
  readonly at: number;
  /** The stage's own words: how it was linked, which issues there were. */
  readonly detail: string | undefined;
};

export type Decisions = {
  decided(key: EffectKey): Decision | undefined;
  /** Throws what SQLite throws when this effect has a decision already. */
  decide(key: EffectKey, record: RecordNo, detail?: string): Decision;
  /** Effects on these records that were decided after an event, in the order of that. */
  since(at: number, records: ReadonlySet<RecordNo>): readonly (EffectKey & Decision)[];
};

type Row = {
  readonly message: number;
  readonly generation: number;
  readonly ordinal: number;
  readonly record: number;
  readonly person: number;
  readonly at: number;
  readonly detail: string | null;
};

/** `refresh`: when another connection may have decided something, or a transaction was lost. */
export function openDecisions(log: Log): Decisions & { refresh(): void } {
  const { db } = log;
  const find = db.prepare<[number, number, number], Row>(
    'SELECT * FROM decision WHERE message = ? AND generation = ? AND ordinal = ?',
  );
  const highest = db
    .prepare<[], number>('SELECT coalesce(max(message), 0) FROM decision')
    .pluck() as unknown as { get(): number | undefined };
  const add = db.prepare<[number, number, number, number, number, number, string | null]>(
    `INSERT INTO decision(message, generation, ordinal, record, person, at, detail)
      VALUES(?, ?, ?, ?, ?, ?, ?)`,
  );
  const since = db.prepare<[number], Row>(
    'SELECT * FROM decision INDEXED BY decision_at WHERE at >= ? ORDER BY at, message',
  );
  const decision = ({ record, person: anchor, at, detail }: Row): Decision => ({
    ...{ record, anchor, at, detail: detail ?? undefined },
  });
  /** The highest message that has a decision: a new message need not be looked for. */
  let latest = Number.POSITIVE_INFINITY;
  return {
    refresh() {
      latest = highest.get()!;
    },
    decided({ message, generation, ordinal }) {
      if (message > latest) return undefined;
      const row = find.get(message, generation, ordinal);
      return row && decision(row);
    },
    decide({ message, generation, ordinal }, record, detail) {
      const { anchor } = log.record(record);
      const at = log.last;
      add.run(message, generation, ordinal, record, anchor, at, detail ?? null);
      latest = Math.max(latest, message);
      return { record, anchor, at, detail };
    },
    since(at, records) {
      const found: (EffectKey & Decision)[] = [];
      for (const row of since.iterate(at)) {
        if (!records.has(row.record)) continue;
        const { message, generation, ordinal } = row;
        found.push({ message, generation, ordinal, ...decision(row) });
      }
      return found;
    },
  };
}
