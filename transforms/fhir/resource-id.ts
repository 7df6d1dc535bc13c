import { sha1, sha1Room } from './sha1.ts';

/** Namespace of every name-based id that Plexus makes; a constant for ever. */
const plexusNamespace = Buffer.from('5b1c1a4ad9a54a0e8c6f1b0f7c3d2e91', 'hex');

/** The namespace with room for a name behind it: an id is made for every resource. */
const scratch = Buffer.alloc(1_024);
plexusNamespace.copy(scratch);
const scratchCharactersMax = 256;

const digest = new Int32Array(5);
const digits = Buffer.from('0123456789abcdef');
/** The id that is made: its pieces put together would be nine strings. */
const uuid = Buffer.alloc(36, '-');

/**
 * A name-based UUID, version 5 (RFC 9562, section 5.5) in the namespace of Plexus: the same name
 * gives the same id on every machine.
 */
export function nameUuid(name: string): string {
  if (name.length <= scratchCharactersMax) sha1(scratch, written(name), digest);
  else hashLong(name);
  digest[1] = (digest[1]! & ~0xf000) | 0x5000;
  digest[2] = (digest[2]! & 0x3fffffff) | 0x80000000;
  let to = 0;
  for (let at = 0; at < 32; at += 1) {
    if (at === 8 || at === 12 || at === 16 || at === 20) to += 1;
    uuid[to] = digits[(digest[at >> 3]! >>> (28 - 4 * (at & 7))) & 15]!;
    to += 1;
  }
  return uuid.toString('latin1');
}

/**
 * The id of a resource in the spine: by source, type and the source's own business key, so that a
 * resend gives the same id. U+001F stands between the parts, which no identifier holds.
 */
export function resourceId(source: string, type: string, key: string): string {
  return nameUuid(`${source}\u001f${type}\u001f${key}`);
}

/** Writes a name behind the namespace; how many bytes that makes. */
function written(name: string): number {
  const start = plexusNamespace.length;
  for (let at = 0; at < name.length; at += 1) {
    const code = name.charCodeAt(at);
    if (code > 0x7f) return start + scratch.write(name, start);
    scratch[start + at] = code;
  }
  return start + name.length;
}

function hashLong(name: string): void {
  const bytes = Buffer.concat([plexusNamespace, Buffer.from(name)]);
  const room = new Uint8Array(sha1Room(bytes.length));
  room.set(bytes);
  sha1(room, bytes.length, digest);
}
