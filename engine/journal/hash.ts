import { hash } from 'node:crypto';

/** SHA-256 of a payload, 32 bytes. */
export function sha256(bytes: Buffer): Buffer {
  return hash('sha256', bytes, 'buffer');
}

/** A 48-bit hash, never 0, of a text that is compared in full wherever a collision would matter. */
export function hash48(text: string): number {
  const digest = hash('sha1', text, 'buffer');
  return digest.readUIntBE(0, 6) || 1;
}
