import { existsSync } from 'node:fs';
import type { DatabaseHandle } from '../../../engine/index.ts';
import { defaultBounds } from './record.ts';
import { openWorkListDatabase, workListFile } from './schema.ts';

export const itemStates = ['open', 'decided', 'published', 'replayed'] as const;
export type ItemState = (typeof itemStates)[number];

/** What a person says a code means; without a target that nothing does. */
export type CodeDecision = {
  readonly relationship: string;
  readonly target?: { readonly system: string; readonly code: string; readonly display?: string };
  readonly comment?: string;
};

/** A code of a channel that its pinned map does not decide; times in microseconds since 1970. */
export type WorkItem = {
  readonly id: number;
  readonly channel: string;
  readonly use: string;
  /** Both '' for the codes beyond the bound, which share one row. */
  readonly system: string;
  readonly code: string;
  readonly display: string;
  readonly outcome: 'unmapped' | 'ambiguous';
  /** The release that was asked last. */
  readonly map: string;
  /** Messages that carried it. */
  readonly count: number;
  /** Of these, how many are remembered for a replay. */
  readonly kept: number;
  readonly firstUs: number;
  readonly lastUs: number;
  /** '' while nobody was named. */
  readonly owner: string;
  readonly state: ItemState;
  readonly decision?: CodeDecision;
  readonly decidedBy?: string;
  /** The release that its decision went into. */
  readonly release?: string;
};

export type WorkQuery = {
  readonly channel?: string;
  readonly owner?: string;
  readonly state?: ItemState;
  readonly release?: string;
};

/** Codes of a channel in one month. */
export type Observed = {
  readonly channel: string;
  readonly use: string;
  readonly system: string;
  readonly code: string;
  /** As 202611. */
  readonly month: number;
  readonly count: number;
};

/** What an operator watches, by channel: open codes and the age of the oldest. No code in it. */
export type WorkListFigures = readonly {
  readonly channel: string;
  readonly open: number;
  readonly unowned: number;
  /** 0 when none is open. */
  readonly oldestUs: number;
}[];

export type WorkList = ReturnType<typeof workListOf>;

type Opening = { readonly dataDir: string; readonly key: Buffer };

/** The work list for people; undefined where no channel has translated anything yet. */
export function openWorkList(
  { dataDir, key }: Opening,
  options: { readonly readonly?: boolean } = {},
): WorkList | undefined {
  const file = workListFile(dataDir);
  return existsSync(file) ? workListOf(openWorkListDatabase(file, key, options)) : undefined;
}

function workListOf(db: DatabaseHandle) {
  const sql = statements(db);
  const note = (id: number, atUs: number, action: string, by: string, detail: string) =>
    sql.note.run(id, atUs, action, by, detail);
  const change = (work: () => void) => db.transaction(work).immediate();
  const close = () => void db.close();
  return {
    items({ channel, owner, state, release }: WorkQuery = {}): readonly WorkItem[] {
      const wanted = [channel, owner, state, release].map((word) => word ?? null);
      return (sql.items.all(...wanted) as Row[]).map(itemOf);
    },
    item(id: number): WorkItem | undefined {
      const row = sql.item.get(id) as Row | undefined;
      return row && itemOf(row);
    },
    history: (id: number) =>
      sql.history.all(id) as { atUs: number; action: string; by: string; detail: string }[],
    assign: (id: number, owner: string, by: string, nowUs: number) =>
      change(() => {
        sql.assign.run(owner, id);
        note(id, nowUs, 'assign', by, owner);
      }),
    decide: (id: number, decision: CodeDecision, by: string, nowUs: number) =>
      change(() => {
        const text = JSON.stringify(decision);
        sql.decide.run(text, by, id);
        note(id, nowUs, 'decide', by, text);
      }),
    /** The decisions of these items are rows of a release now. */
    published: (ids: readonly number[], release: string, by: string, nowUs: number) =>
      change(() => {
        for (const id of ids) {
          sql.publish.run(release, id);
          note(id, nowUs, 'publish', by, release);
        }
      }),
    replayed: (ids: readonly number[], by: string, nowUs: number) =>
      change(() => {
        for (const id of ids) {
          sql.replay.run(id);
          note(id, nowUs, 'replay', by, '');
        }
      }),
    /** The messages that carried any of these codes, oldest first, each once. */
    messages: (ids: readonly number[]): readonly number[] =>
      sql.messages.all(JSON.stringify(ids)) as number[],
    /** What the months say of a code, of any system unless told; all channels, all uses. */
    observed: (system: string | undefined, code: string): readonly Observed[] =>
      (system === undefined ? sql.ofAny.all(code) : sql.ofCode.all(system, code)) as Observed[],
    /** Everything that a channel sent for a use since a month. */
    sent: (channel: string, use: string, since: number): readonly Observed[] =>
      sql.sent.all(channel, use, since) as Observed[],
    counts: (system: string | undefined): boolean =>
      (system === undefined ? sql.anyOf.get() : sql.ofSystem.get(system)) !== undefined,
    newestMonth: (): number => (sql.newest.get() as number | null) ?? 0,
    figures: (): WorkListFigures => sql.figures.all() as unknown as WorkListFigures,
    messagesMax: defaultBounds.messagesMax,
    close,
    [Symbol.dispose]: close,
  };
}

/** Figures for a scrape, on a handle of its own that is opened when there is something. */
export function openWorkListFigures({ dataDir, key }: Opening) {
  let list: WorkList | undefined;
  return {
    figures(): WorkListFigures {
      list ??= openWorkList({ dataDir, key }, { readonly: true });
      return list?.figures() ?? [];
    },
    close(): void {
      list?.close();
      list = undefined;
    },
  };
}

type Row = Omit<WorkItem, 'decision' | 'decidedBy' | 'release'> & {
  readonly decision: string | null;
  readonly decidedBy: string | null;
  readonly release: string | null;
};

function itemOf({ decision, decidedBy, release, ...row }: Row): WorkItem {
  return {
    ...row,
    ...(decision === null ? {} : { decision: JSON.parse(decision) as CodeDecision }),
    ...(decidedBy === null ? {} : { decidedBy }),
    ...(release === null ? {} : { release }),
  };
}

const itemColumns = `id, channel, use, system, code, display, outcome, map, count, kept,
  first_us AS firstUs, last_us AS lastUs, owner, state, decision, decided_by AS decidedBy, release`;
const seenColumns = 'channel, use, system, code, month, count';

const statements = (db: DatabaseHandle) => ({
  items: db.prepare(
    `SELECT ${itemColumns} FROM item
     WHERE channel = coalesce(?, channel) AND owner = coalesce(?, owner)
       AND state = coalesce(?, state) AND coalesce(release, '') = coalesce(?, release, '')
     ORDER BY first_us, id`,
  ),
  item: db.prepare(`SELECT ${itemColumns} FROM item WHERE id = ?`),
  history: db.prepare(
    'SELECT at_us AS atUs, action, by, detail FROM history WHERE item = ? ORDER BY rowid',
  ),
  note: db.prepare('INSERT INTO history VALUES (?, ?, ?, ?, ?)'),
  assign: db.prepare('UPDATE item SET owner = ? WHERE id = ?'),
  decide: db.prepare(
    `UPDATE item SET decision = ?, decided_by = ?, state = 'decided', release = NULL WHERE id = ?`,
  ),
  publish: db.prepare(`UPDATE item SET state = 'published', release = ? WHERE id = ?`),
  replay: db.prepare(`UPDATE item SET state = 'replayed' WHERE id = ?`),
  messages: db
    .prepare(
      `SELECT DISTINCT message FROM sighting WHERE item IN (SELECT value FROM json_each(?))
       ORDER BY message`,
    )
    .pluck(),
  ofCode: db.prepare(`SELECT ${seenColumns} FROM observed WHERE system = ? AND code = ?`),
  ofAny: db.prepare(`SELECT ${seenColumns} FROM observed WHERE code = ?`),
  sent: db.prepare(
    `SELECT ${seenColumns} FROM observed WHERE channel = ? AND use = ? AND month >= ?`,
  ),
  anyOf: db.prepare('SELECT 1 FROM observed LIMIT 1').pluck(),
  ofSystem: db.prepare('SELECT 1 FROM observed WHERE system = ? LIMIT 1').pluck(),
  newest: db.prepare('SELECT max(month) FROM observed').pluck(),
  figures: db.prepare(
    `SELECT channel, sum(state = 'open') AS open, sum(state = 'open' AND owner = '') AS unowned,
       coalesce(min(CASE WHEN state = 'open' THEN first_us END), 0) AS oldestUs
     FROM item GROUP BY channel`,
  ),
});
