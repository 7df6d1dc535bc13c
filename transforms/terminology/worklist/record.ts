import type { DatabaseHandle } from '../../../engine/index.ts';

/** A code that one message carried for a use. */
export type SeenCode = {
  readonly use: string;
  readonly system: string;
  readonly code: string;
};

/** One that the pinned map does not decide. */
export type UndecidedCode = SeenCode & {
  readonly display: string;
  readonly outcome: 'unmapped' | 'ambiguous';
  /** The release that was asked. */
  readonly map: string;
};

/** What one message said. */
export type Sighting = {
  readonly message: number;
  readonly channel: string;
  readonly receivedUs: number;
  readonly seen: readonly SeenCode[];
  readonly undecided: readonly UndecidedCode[];
};

export type Bounds = {
  /** Different codes of a channel that are counted a month, and undecided ones of a channel. */
  readonly codesMax: number;
  /** Messages that are remembered of an undecided code, for the replay. */
  readonly messagesMax: number;
};

/**
 * A facility's catalogue has some thousands of codes; ten times that is no catalogue but a defect
 * (a number put where the code belongs), and one row for all of those says as much.
 */
export const defaultBounds: Bounds = { codesMax: 20_000, messagesMax: 100_000 };

/** What stands for codes beyond the bounds, or too long to be one. */
export const otherCodes = { system: '', code: '' } as const;
const codeCharsMax = 256;

const monthsKept = 25;
/** So long may a message come again without being counted again. */
const countedMonthsKept = 4;

/** The month (UTC) that a time lies in, as 202611. */
export function monthOf(us: number): number {
  const date = new Date(us / 1000);
  return date.getUTCFullYear() * 100 + date.getUTCMonth() + 1;
}

export function monthsBefore(month: number, months: number): number {
  const whole = Math.floor(month / 100) * 12 + (month % 100) - 1 - months;
  return Math.floor(whole / 12) * 100 + (whole % 12) + 1;
}

/** Writes sightings; what was written of a message before is not counted again. */
export function createRecorder(db: DatabaseHandle, bounds: Bounds = defaultBounds) {
  const sql = statements(db);

  /** Whether one more code of the channel has a row of its own; it is counted as such. */
  function hasRoom(channel: string, month: number): boolean {
    const used = (sql.room.get(channel, month) as number | undefined) ?? 0;
    if (used >= bounds.codesMax) return false;
    sql.fill.run(channel, month);
    return true;
  }

  function count(channel: string, month: number, seen: SeenCode, times: number): void {
    const { use, system, code } = seen;
    if (sql.more.run(times, channel, month, system, code, use).changes > 0) return;
    const isOwn = fits(system, code) && hasRoom(channel, month);
    const row = isOwn ? { system, code } : otherCodes;
    sql.observe.run(channel, month, row.system, row.code, use, times);
  }

  function itemOf(channel: string, atUs: number, undecided: UndecidedCode): Item {
    const { use, system, code, display, outcome, map } = undecided;
    const find = (sys: string, cod: string) =>
      sql.item.get(channel, use, sys, cod) as Item | undefined;
    const known = find(system, code);
    if (known !== undefined) return known;
    const isOwn = fits(system, code) && hasRoom(channel, 0);
    const row = isOwn ? { system, code, display: display.slice(0, 200) } : { ...otherCodes };
    const other = isOwn ? undefined : find('', '');
    if (other !== undefined) return other;
    const { lastInsertRowid } = sql.open.run(
      ...[channel, use, row.system, row.code, 'display' in row ? row.display : ''],
      ...[outcome, map, atUs, atUs],
    );
    return { id: Number(lastInsertRowid), kept: 0 };
  }

  let newest = (sql.newest.get() as number | null) ?? 0;

  return (sightings: Iterable<Sighting>): void => {
    // Of this batch alone: one that fails is rolled back and comes again.
    const counts = tally(count);
    for (const { message, channel, receivedUs, seen, undecided } of sightings) {
      const month = monthOf(receivedUs);
      if (month > newest) {
        counts.write();
        sweep(sql, month);
      }
      newest = Math.max(month, newest);
      // Of an older message nobody knows any more whether it was counted: it was, when it came.
      const isOpen = month > monthsBefore(newest, countedMonthsKept);
      const isFirst = isOpen && sql.counted.run(message, month).changes > 0;
      if (isFirst) for (const each of seen) counts.add(channel, month, each);
      const told = new Set<number>();
      for (const each of undecided) {
        const { id, kept } = itemOf(channel, receivedUs, each);
        const isNew = kept < bounds.messagesMax && sql.sighting.run(id, message).changes > 0;
        // Beyond the bound the message is remembered by its count alone.
        const isCounted = isNew || (kept >= bounds.messagesMax && isFirst && !told.has(id));
        told.add(id);
        if (!isCounted) continue;
        const { outcome, map, display } = each;
        sql.count.run({ id, kept: isNew ? 1 : 0, receivedUs, outcome, map, display });
      }
    }
    counts.write();
  };
}

type Count = {
  readonly channel: string;
  readonly month: number;
  readonly seen: SeenCode;
  times: number;
};

/** Adds up what a batch saw, so that a code is written once, in the order of first sight. */
function tally(tell: (channel: string, month: number, seen: SeenCode, times: number) => void): {
  add(channel: string, month: number, seen: SeenCode): void;
  write(): void;
} {
  const counts = new Map<string, Count>();
  return {
    add(channel, month, seen) {
      const key = JSON.stringify([channel, month, seen.use, seen.system, seen.code]);
      const known = counts.get(key);
      if (known === undefined) counts.set(key, { channel, month, seen, times: 1 });
      else known.times += 1;
    },
    write() {
      const all = [...counts.values()];
      counts.clear();
      for (const { channel, month, seen, times } of all) tell(channel, month, seen, times);
    },
  };
}

type Item = { readonly id: number; readonly kept: number };
type Statements = ReturnType<typeof statements>;

const fits = (system: string, code: string): boolean =>
  code !== '' && code.length <= codeCharsMax && system.length <= codeCharsMax;

/** When a new month begins, what is too old goes. */
function sweep(sql: Statements, month: number): void {
  sql.forget.run(monthsBefore(month, monthsKept));
  sql.empty.run(monthsBefore(month, monthsKept));
  sql.uncount.run(monthsBefore(month, countedMonthsKept - 1));
}

const statements = (db: DatabaseHandle) => ({
  counted: db.prepare('INSERT OR IGNORE INTO counted VALUES (?, ?)'),
  newest: db.prepare('SELECT max(month) FROM room').pluck(),
  forget: db.prepare('DELETE FROM observed WHERE month < ?'),
  empty: db.prepare('DELETE FROM room WHERE month > 0 AND month < ?'),
  uncount: db.prepare('DELETE FROM counted WHERE month < ?'),
  room: db.prepare('SELECT codes FROM room WHERE channel = ? AND month = ?').pluck(),
  fill: db.prepare(
    `INSERT INTO room VALUES (?, ?, 1)
     ON CONFLICT(channel, month) DO UPDATE SET codes = codes + 1`,
  ),
  more: db.prepare(
    `UPDATE observed SET count = count + ?
     WHERE channel = ? AND month = ? AND system = ? AND code = ? AND use = ?`,
  ),
  observe: db.prepare(
    `INSERT INTO observed VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT(channel, month, system, code, use) DO UPDATE SET count = count + excluded.count`,
  ),
  item: db.prepare(
    'SELECT id, kept FROM item WHERE channel = ? AND use = ? AND system = ? AND code = ?',
  ),
  open: db.prepare(
    `INSERT INTO item(channel, use, system, code, display, outcome, map, count, kept, first_us,
       last_us) VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0, ?, ?)`,
  ),
  sighting: db.prepare('INSERT OR IGNORE INTO sighting VALUES (?, ?)'),
  count: db.prepare(
    `UPDATE item SET count = count + 1, kept = kept + @kept, outcome = @outcome, map = @map,
       display = CASE WHEN display = '' AND code <> '' THEN substr(@display, 1, 200)
         ELSE display END,
       state = CASE WHEN release = @map THEN 'open' ELSE state END,
       first_us = min(first_us, @receivedUs), last_us = max(last_us, @receivedUs)
     WHERE id = @id`,
  ),
});
