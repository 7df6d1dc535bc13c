import { hash } from 'node:crypto';

/** Namespace of every name-based id that Plexus makes; a constant for ever. */
const plexusNamespace = Buffer.from('5b1c1a4ad9a54a0e8c6f1b0f7c3d2e91', 'hex');

/** The namespace with room for a name behind it: an id is made for every resource. */
const scratch = Buffer.alloc(1_024);
plexusNamespace.copy(scratch);
const scratchCharactersMax = Math.floor((scratch.length - plexusNamespace.length) / 3);
/** Views of its beginning by their length: making one costs as much as half a hash. */
const views: (Buffer | undefined)[] = new Array(scratch.length + 1).fill(undefined);

/** The UUID that is made: its pieces put together would be nine strings, and take longer. */
const uuid = Buffer.alloc(36, '-');
const version5 = '5'.charCodeAt(0);

/**
 * A name-based UUID, version 5 (RFC 9562, section 5.5) in the namespace of Plexus: the same name
 * gives the same id on every machine.
 */
export function nameUuid(name: string): string {
  const digest = hash('sha1', named(name), 'hex');
  let to = 0;
  for (let at = 0; at < 32; at += 1) {
    if (at === 8 || at === 12 || at === 16 || at === 20) to += 1;
    uuid[to] = digest.charCodeAt(at);
    to += 1;
  }
  uuid[14] = version5;
  // The last two bits of a hex digit: letters begin at ten, their codes at 97.
  const code = digest.charCodeAt(16);
  uuid[19] = '89ab'.charCodeAt((code < 58 ? code : code + 1) & 3);
  return uuid.toString('latin1');
}

/**
 * The id of a resource in the spine: by source, type and the source's own business key, so that a
 * resend gives the same id. U+001F stands between the parts, which no identifier holds.
 */
export function resourceId(source: string, type: string, key: string): string {
  return nameUuid(`${source}\u001f${type}\u001f${key}`);
}

function named(name: string): Uint8Array {
  if (name.length > scratchCharactersMax)
    return Buffer.concat([plexusNamespace, Buffer.from(name)]);
  const length = plexusNamespace.length + scratch.write(name, plexusNamespace.length);
  let view = views[length];
  if (view === undefined) {
    view = scratch.subarray(0, length);
    views[length] = view;
  }
  return view;
}
