import type { DatabaseHandle } from '../database.ts';
import { journalUnavailable } from '../errors.ts';
import type { SourceState } from '../source.ts';

const valueBytesMax = 16 * 1024 * 1024;

/** What the source of one channel keeps in control.db, under the channel's number. */
export function sourceState(db: DatabaseHandle, channel: number): SourceState {
  const read = db.prepare('SELECT value FROM source_state WHERE channel = ? AND key = ?').pluck();
  const write = db.prepare(
    `INSERT INTO source_state(channel, key, value) VALUES(?, ?, ?)
     ON CONFLICT DO UPDATE SET value = excluded.value`,
  );
  const remove = db.prepare('DELETE FROM source_state WHERE channel = ? AND key = ?');
  const forget = db.prepare('DELETE FROM source_once WHERE until_us < ?');
  const claim = db.prepare(
    'INSERT OR IGNORE INTO source_once(channel, name, until_us) VALUES(?, ?, ?)',
  );
  const claimOnce = db.transaction((name: string, untilUs: number, nowUs: number): boolean => {
    forget.run(nowUs);
    return claim.run(channel, name, untilUs).changes === 1;
  });

  return {
    get(key) {
      const value = read.get(channel, key) as string | undefined;
      return value === undefined ? undefined : JSON.parse(value);
    },
    put(key, value) {
      if (value === undefined) {
        durably(() => remove.run(channel, key));
        return;
      }
      const text = JSON.stringify(value);
      if (text.length > valueBytesMax)
        throw new Error(`the state \`${key}\` of a source is too long`);
      durably(() => write.run(channel, key, text));
    },
    once: (name, untilUs, nowUs) => durably(() => claimOnce.immediate(name, untilUs, nowUs)),
  };
}

/** A source hears of a full disk as it does when it lands. */
function durably<Result>(write: () => Result): Result {
  try {
    return write();
  } catch (cause) {
    throw journalUnavailable(cause);
  }
}
