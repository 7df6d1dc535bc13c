import { journalUnavailable } from '../errors.ts';
import type { SourceState } from '../source.ts';
import type { DatabaseHandle } from '../store/index.ts';

const valueBytesMax = 16 * 1024 * 1024;

/** What the source of one channel keeps in control.db, under the channel's number. */
export function sourceState(db: DatabaseHandle, channel: number): SourceState {
  const read = db.prepare('SELECT value FROM source_state WHERE channel = ? AND key = ?').pluck();
  const write = db.prepare(
    `INSERT INTO source_state(channel, key, value) VALUES(?, ?, ?)
     ON CONFLICT DO UPDATE SET value = excluded.value`,
  );
  const remove = db.prepare('DELETE FROM source_state WHERE channel = ? AND key = ?');
  const list = db
    .prepare<[number, string], string>(
      'SELECT key FROM source_state WHERE channel = ? AND key >= ? ORDER BY key',
    )
    .pluck();
  const forget = db.prepare('DELETE FROM source_once WHERE until_us < ?');
  const claim = db.prepare(
    'INSERT OR IGNORE INTO source_once(channel, name, until_us) VALUES(?, ?, ?)',
  );
  const claimOnce = db.transaction((name: string, untilUs: number, nowUs: number): boolean => {
    forget.run(nowUs);
    return claim.run(channel, name, untilUs).changes === 1;
  });

  function set(key: string, text: string | undefined): void {
    if (text === undefined) remove.run(channel, key);
    else write.run(channel, key, text);
  }
  const setAll = db.transaction((texts: readonly (readonly [string, string | undefined])[]) => {
    for (const [key, text] of texts) set(key, text);
  });

  return {
    get(key) {
      const value = read.get(channel, key) as string | undefined;
      return value === undefined ? undefined : JSON.parse(value);
    },
    put(key, value) {
      const text = textOf(key, value);
      durably(() => set(key, text));
    },
    putAll(entries) {
      const texts = entries.map(([key, value]) => [key, textOf(key, value)] as const);
      durably(() => setAll.immediate(texts));
    },
    keys(prefix) {
      const found: string[] = [];
      for (const key of list.iterate(channel, prefix)) {
        if (!key.startsWith(prefix)) break;
        found.push(key);
      }
      return found;
    },
    once: (name, untilUs, nowUs) => durably(() => claimOnce.immediate(name, untilUs, nowUs)),
  };
}

function textOf(key: string, value: unknown): string | undefined {
  const text = JSON.stringify(value) as string | undefined;
  if (text !== undefined && text.length > valueBytesMax)
    throw new Error(`the state \`${key}\` of a source is too long`);
  return text;
}

/** A source hears of a full disk as it does when it lands. */
function durably<Result>(write: () => Result): Result {
  try {
    return write();
  } catch (cause) {
    throw journalUnavailable(cause);
  }
}
