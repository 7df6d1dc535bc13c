import { hash } from 'node:crypto';

/** SHA-256 of a payload, 32 bytes. */
export function sha256(bytes: Buffer): Buffer {
  return hash('sha256', bytes, 'buffer');
}

/**
 * A 48-bit hash, never 0, of a text that is compared in full wherever a collision would matter: for
 * duplicate and ordering keys, on the path of every message. Not for secrets: anybody can find two
 * texts that share it. Two multiplicative hashes with avalanche, as in MurmurHash3's finaliser.
 */
export function hash48(text: string): number {
  let a = 0x9e3779b9;
  let b = 0x85ebca6b;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    a = Math.imul(a ^ unit, 0x9e3779b1);
    b = Math.imul(b ^ unit, 0x5f356495);
  }
  a = Math.imul(a ^ (a >>> 16), 0x85ebca6b) ^ Math.imul(b ^ (b >>> 13), 0xc2b2ae35);
  b = Math.imul(b ^ (b >>> 16), 0x85ebca6b) ^ Math.imul(a ^ (a >>> 13), 0xc2b2ae35);
  return (b & 0xffff) * 2 ** 32 + (a >>> 0) || 1;
}
