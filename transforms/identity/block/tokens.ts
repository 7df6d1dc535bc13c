import type { Prepared } from '../compare/index.ts';
import { hash52 } from '../hash.ts';

/** What a token says something of; two of one kind do not narrow a block further, but for names. */
export const tokenKinds = ['name', 'birth', 'place', 'line', 'contact', 'identifier'] as const;
type TokenKind = (typeof tokenKinds)[number];

/** Single attributes of a record: the kind of each, as a position in `tokenKinds`, and a hash. */
export type Tokens = { readonly kinds: readonly number[]; readonly hashes: readonly number[] };

/** Of everything that is known, each once. Names stand for themselves in whichever field. */
export function tokensOf(prepared: Prepared): Tokens {
  const kinds: number[] = [];
  const hashes: number[] = [];
  const add = (kind: TokenKind, text: string) => {
    const hash = hash52(`${kind}|${text}`);
    if (hashes.includes(hash)) return;
    kinds.push(tokenKinds.indexOf(kind));
    hashes.push(hash);
  };
  for (const { given, family, parts } of prepared.names) {
    if (given) add('name', given.sound || given.text);
    if (family) add('name', family.sound || family.text);
    for (const part of parts) add('name', `part ${part}`);
  }
  const { birth } = prepared;
  if (birth !== '') add('birth', birth.slice(0, 4));
  if (birth.length === 8) {
    const [month, day] = [birth.slice(4, 6), birth.slice(6)];
    add('birth', month < day ? birth : `${birth.slice(0, 4)}${day}${month}`);
    add('birth', `day ${birth.slice(4)}`);
  }
  for (const { postalCode, city, numbers, bigrams } of prepared.addresses) {
    if (postalCode !== '') add('place', postalCode);
    if (city !== '') add('place', city);
    if (numbers !== '') add('line', numbers);
    if (bigrams.length > 4) add('line', `street ${bigrams}`);
  }
  for (const phone of prepared.record.phones) add('contact', phone.slice(-7));
  for (const email of prepared.record.emails) {
    add('contact', email);
    add('contact', email.slice(0, email.indexOf('@')));
  }
  for (const { system, value } of prepared.identifiers) {
    const half = Math.ceil(value.length / 2);
    add('identifier', `${system}|${value}`);
    add('identifier', `${system}|start ${value.slice(0, half)}`);
    add('identifier', `${system}|end ${value.slice(-half)}`);
  }
  return { kinds, hashes };
}

/** Two tokens in one key, whichever comes first. */
export function compound(a: number, b: number): number {
  const sum = a + b;
  const low = Math.imul((sum % 0x10000000) | 0, 0x9e3779b1) >>> 0;
  const high = Math.imul(Math.floor(sum / 0x10000000) | 0, 0x85ebca6b) >>> 0;
  const mixed = Math.imul(low ^ (low >>> 15) ^ high, 0xc2b2ae35) >>> 0;
  return (high >>> 6) * 0x4000000 + ((mixed ^ (mixed >>> 13)) >>> 6);
}
