import { join } from 'node:path';
import {
  type DatabaseHandle,
  exitCodes,
  openDatabase,
  PlexusError,
} from '../../../engine/index.ts';

/** Apart from the store of releases: an import may keep that one busy, and codes keep coming. */
export const workListFile = (dataDir: string): string => join(dataDir, 'codes-seen.db');

/** Raised when the tables change; a file of another layout is refused. */
const layout = 1;

/**
 * `counted`: the messages whose codes are in `observed`, which is the effect key of that count.
 * `observed`: how often a channel sent a code for a use in a month (as 202611); the code '' stands
 * for those beyond the bound. `room`: how many different codes a channel has, so that the bound
 * costs no count. `item`: a code that no row of the pinned map decides, once a channel and use.
 * `sighting`: the messages that brought it, which is the effect key of its count.
 */
const schema = `
CREATE TABLE counted(message INTEGER PRIMARY KEY, month INT NOT NULL) STRICT;
CREATE TABLE observed(channel TEXT NOT NULL, month INT NOT NULL, system TEXT NOT NULL,
  code TEXT NOT NULL, use TEXT NOT NULL, count INT NOT NULL,
  PRIMARY KEY(channel, month, system, code, use)) STRICT, WITHOUT ROWID;
CREATE INDEX observed_code ON observed(code, system);
CREATE TABLE room(channel TEXT NOT NULL, month INT NOT NULL, codes INT NOT NULL,
  PRIMARY KEY(channel, month)) STRICT, WITHOUT ROWID;
CREATE TABLE item(id INTEGER PRIMARY KEY, channel TEXT NOT NULL, use TEXT NOT NULL,
  system TEXT NOT NULL, code TEXT NOT NULL, display TEXT NOT NULL, outcome TEXT NOT NULL,
  map TEXT NOT NULL, count INT NOT NULL, kept INT NOT NULL, first_us INT NOT NULL,
  last_us INT NOT NULL, owner TEXT NOT NULL DEFAULT '', state TEXT NOT NULL DEFAULT 'open',
  decision TEXT, decided_by TEXT, release TEXT,
  UNIQUE(channel, use, system, code)) STRICT;
CREATE TABLE sighting(item INT NOT NULL, message INT NOT NULL,
  PRIMARY KEY(item, message)) STRICT, WITHOUT ROWID;
CREATE TABLE history(item INT NOT NULL, at_us INT NOT NULL, action TEXT NOT NULL,
  by TEXT NOT NULL, detail TEXT NOT NULL) STRICT;
`;

/** Throws PlexusError `worklist-layout` for a file of another version of Plexus. */
export function openWorkListDatabase(
  file: string,
  key: Buffer,
  options: { readonly readonly?: boolean } = {},
): DatabaseHandle {
  const { readonly = false } = options;
  const db = openDatabase(file, { key, readonly });
  try {
    const found = () => Number(db.pragma('user_version', { simple: true }));
    if (found() === 0 && !readonly)
      db.transaction(() => {
        // Another worker may have made them meanwhile.
        if (found() !== 0) return;
        db.exec(schema);
        db.pragma(`user_version = ${layout}`);
      }).immediate();
    if (found() === layout) return db;
    const message = `${file} has layout ${found()}; this version reads layout ${layout}`;
    throw new PlexusError('worklist-layout', message, { exit: exitCodes.io });
  } catch (error) {
    db.close();
    throw error;
  }
}
