import { join } from 'node:path';

export const spineFile = (dataDir: string) => join(dataDir, 'spine.db');

/**
 * Of what FHIR senders ask for: how a source addresses a resource, by which identifiers it finds
 * one (never taken out: who finds one looks whether it still carries them), and what a message's
 * requests came to, which is decided once.
 */
const requestSchema = `
CREATE TABLE IF NOT EXISTS sent(resource INTEGER PRIMARY KEY, id TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS sent_token(source INT, type INT, token TEXT, resource INT,
  PRIMARY KEY(source, type, token, resource)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS answered(message INTEGER PRIMARY KEY, answer TEXT NOT NULL) STRICT;
`;

/**
 * Appends come at the end of their tables, and what a message says of all its resources is one row,
 * so that a message costs few statements and a batch touches few pages. A contribution has a
 * number, which grows; those of one message are neighbours, and `contribution` holds up to some
 * hundred of them, `first` the lowest. A resource finds its own through `last` and each one's
 * `previous`. Texts that repeat in every message stand once in `word`.
 *
 * The index of the ids is in `id-index.ts`. What `heads` and `texts` hold is told in `packing.ts`.
 * `origin` holds the effect key: a message's contributions of one generation are `count` from
 * `first` on, so their ordinals need no index.
 */
export const spineSchema = `${requestSchema}
CREATE TABLE IF NOT EXISTS word(no INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE IF NOT EXISTS resource(no INTEGER PRIMARY KEY, type INT NOT NULL, id ANY NOT NULL,
  last INT NOT NULL, current INT NOT NULL, newest INT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS contribution(first INTEGER PRIMARY KEY, message INT NOT NULL,
  generation INT NOT NULL, ordinal INT NOT NULL, heads TEXT NOT NULL, texts TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS origin(message INT, generation INT, first INT NOT NULL,
  count INT NOT NULL, sha BLOB NOT NULL,
  channel INT NOT NULL, revision INT NOT NULL, mapping INT NOT NULL, maps INT NOT NULL,
  received_us INT NOT NULL, person TEXT, method INT, decided_by TEXT,
  PRIMARY KEY(message, generation)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tally(type INTEGER PRIMARY KEY, resources INT NOT NULL,
  versions INT NOT NULL) STRICT;
`;

const dashes = new Set([8, 13, 18, 23]);

/** Value of a lower-case hexadecimal digit by its character code; negative for any other. */
export function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  return code >= 0x61 && code <= 0x66 ? code - 0x57 : -1;
}

/** Where in a UUID's text its 32 digits stand. */
const digitsAt = Uint8Array.from(
  Array.from({ length: 36 }, (_, at) => at).filter((at) => !dashes.has(at)),
);

/** A UUID takes 16 bytes of the one index that grows at random places; another id stays text. */
export function packId(id: string): Buffer | string {
  if (id.length !== 36) return id;
  for (const at of dashes) if (id.charCodeAt(at) !== 0x2d) return id;
  const packed = Buffer.allocUnsafe(16);
  for (let n = 0; n < 16; n += 1) {
    const high = hexDigit(id.charCodeAt(digitsAt[2 * n]!));
    const low = hexDigit(id.charCodeAt(digitsAt[2 * n + 1]!));
    if (high < 0 || low < 0) return id;
    packed[n] = high * 16 + low;
  }
  return packed;
}

export function unpackId(packed: Buffer | string): string {
  if (typeof packed === 'string') return packed;
  const hex = packed.toString('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-');
}
