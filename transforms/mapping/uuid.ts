import { hash } from 'node:crypto';

/** Name-based UUID, version 5 (RFC 9562 section 5.5): the same name gives the same id, for ever. */
export function uuidv5(namespace: Buffer, name: string): string {
  const bytes = Buffer.concat([namespace, Buffer.from(name)]);
  const hex = hash('sha1', bytes, 'hex');
  const variant = ((Number.parseInt(hex[16]!, 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** RFC 9562`s namespace for URLs. */
const urlNamespace = Buffer.from('6ba7b8119dad11d180b400c04fd430c8', 'hex');

/** The namespace of one source. */
export function namespaceOf(uri: string): Buffer {
  return Buffer.from(uuidv5(urlNamespace, uri).replaceAll('-', ''), 'hex');
}
