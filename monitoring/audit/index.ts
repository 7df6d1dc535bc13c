import { join } from 'node:path';
import {
  type AuditEntry,
  type AuditLog,
  type Clock,
  type Events,
  isAudited,
  makeFolder,
  openDatabase,
  reasonOf,
} from '../../engine/index.ts';

export type AuditOptions = {
  readonly events: Events;
  readonly clock: Clock;
  readonly dataDir: string;
  readonly key: Buffer;
};

export type AuditTrail = AuditLog & {
  /** Writes what waits, and closes. */
  close(): void;
};

const layout = 1;
/** What happens within this time is one commit: nobody can make the disk work by being refused. */
const gatherMs = 20;
/** While the disk is full so many entries wait in memory; of what comes then only the count. */
const waitingMax = 10_000;

const schema = `
CREATE TABLE IF NOT EXISTS entry(
  no INTEGER PRIMARY KEY AUTOINCREMENT, at_us INTEGER NOT NULL, kind TEXT NOT NULL,
  body TEXT NOT NULL,                              -- JSON of the event
  times INTEGER NOT NULL                           -- equal ones of one commit are one entry
) STRICT;
CREATE TRIGGER IF NOT EXISTS entry_stays BEFORE UPDATE ON entry
  BEGIN SELECT RAISE(ABORT, 'the audit trail is never changed'); END;
CREATE TRIGGER IF NOT EXISTS entry_remains BEFORE DELETE ON entry
  BEGIN SELECT RAISE(ABORT, 'the audit trail is never shortened'); END;
`;

type Waiting = { readonly atUs: number; readonly kind: string; times: number };

/**
 * The audit trail of a data folder, in `audit.db`: every audited event, appended and never changed,
 * durable within moments. What cannot be written waits and is said in an event. Throws what
 * `openDatabase` throws.
 */
export function createAuditTrail({ events, clock, dataDir, key }: AuditOptions): AuditTrail {
  makeFolder(dataDir);
  const db = openDatabase(join(dataDir, 'audit.db'), { key });
  db.pragma(`user_version = ${layout}`);
  db.exec(schema);
  const insert = db.prepare('INSERT INTO entry(at_us, kind, body, times) VALUES(?, ?, ?, ?)');
  let waiting = new Map<string, Waiting>();
  let cancel: (() => void) | undefined;

  const write = db.transaction((entries: ReadonlyMap<string, Waiting>) => {
    for (const [body, { atUs, kind, times }] of entries) insert.run(atUs, kind, body, times);
  });

  function flush(): void {
    cancel = undefined;
    try {
      write.immediate(waiting);
      waiting = new Map();
    } catch (cause) {
      events.emit({ type: 'audit-failed', cause: reasonOf(cause), waiting: waiting.size });
      wait(1_000);
    }
  }

  function wait(ms: number): void {
    cancel ??= clock.after(ms, flush);
  }

  function record(entry: AuditEntry): void {
    const body = JSON.stringify(entry);
    const known = waiting.get(body);
    if (known !== undefined) known.times += 1;
    else if (waiting.size < waitingMax)
      waiting.set(body, { atUs: clock.nowUs(), kind: entry.type, times: 1 });
    else events.emit({ type: 'audit-failed', cause: 'too many wait', waiting: waiting.size });
    wait(gatherMs);
  }

  const stop = events.subscribe((event) => {
    if (isAudited(event)) record(event);
  });
  return {
    record,
    close() {
      stop();
      cancel?.();
      if (waiting.size > 0) flush();
      cancel?.();
      db.close();
    },
  };
}
