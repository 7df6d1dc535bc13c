import { hash52 } from '../hash.ts';
import type { PersonRecord } from '../record.ts';
import { keyBits } from './recent.ts';

/** What a record is found by: its blocking keys, and what they are compounded with when hot. */
export type Blocked = {
  readonly keys: readonly number[];
  /** Always in the same order; 0 where the attribute is unknown. */
  readonly attributes: readonly number[];
};

/** A hot key is compounded with one attribute, then with two, then with three. */
export const levelsMax = 3;

/** The attributes that tell apart the many who share a key. */
export function attributesOf(record: PersonRecord): readonly number[] {
  const name = record.names.find(({ isFormer }) => isFormer !== true);
  const [address] = record.addresses;
  return [
    hashText(record.birthDate),
    hashText(name?.given),
    hashText(name?.family),
    hashText(address?.line),
    hashText(address?.postalCode),
    hashText(record.phones[0]),
  ];
}

const hashText = (text: string | undefined): number =>
  text === undefined || text === '' ? 0 : hash52(text) || 1;

const highMask = 2 ** (keyBits - 32) - 1;

/** A key compounded with an attribute: another key of as many bits (MurmurHash3's mixing). */
export function compound(key: number, attribute: number): number {
  const [low, high] = [key >>> 0, Math.floor(key / 2 ** 32)];
  const [low2, high2] = [attribute >>> 0, Math.floor(attribute / 2 ** 32)];
  const one = Math.imul(low ^ Math.imul(high2 + 0x165667b1, 0x9e3779b1), 0x85ebca77);
  const two = Math.imul(high ^ Math.imul(low2 + 0x27d4eb2f, 0xc2b2ae3d), 0x165667b1);
  return finish(one ^ low2, two ^ low);
}

function finish(first: number, second: number): number {
  let one = first;
  let two = second;
  one = Math.imul(one ^ (one >>> 16), 0x85ebca6b) ^ Math.imul(two ^ (two >>> 13), 0xc2b2ae35);
  two = Math.imul(two ^ (two >>> 16), 0x85ebca6b) ^ Math.imul(one ^ (one >>> 13), 0xc2b2ae35);
  return (one >>> 0) + ((two >>> 0) & highMask) * 2 ** 32;
}
