/**
 * SHA-1 (RFC 3174) as name-based UUIDs have it, which is no matter of security. OpenSSL hashes in a
 * tenth of the time, but the way to it and back is longer than the names are: three calls out of
 * JavaScript, and tens of kilobytes of program that push a conversion's own out of the cache.
 */
const words = new Int32Array(80);

/** Bytes to a block, and those of a block that the length of the text takes. */
const blockBytes = 64;
const lengthBytes = 8;

/** How many bytes `sha1` needs for a text of so many. */
export const sha1Room = (length: number): number =>
  Math.ceil((length + 1 + lengthBytes) / blockBytes) * blockBytes;

/** Hashes the first `length` bytes, and writes behind them what ends them; five words. */
export function sha1(bytes: Uint8Array, length: number, digest: Int32Array): void {
  const end = sha1Room(length);
  bytes[length] = 0x80;
  for (let at = length + 1; at < end; at += 1) bytes[at] = 0;
  const bits = length * 8;
  for (let at = 1; at <= 4; at += 1) bytes[end - at] = bits >>> (8 * (at - 1));
  digest[0] = 0x67452301;
  digest[1] = 0xefcdab89;
  digest[2] = 0x98badcfe;
  digest[3] = 0x10325476;
  digest[4] = 0xc3d2e1f0;
  for (let from = 0; from < end; from += blockBytes) addBlock(bytes, from, digest);
}

function addBlock(bytes: Uint8Array, from: number, digest: Int32Array): void {
  for (let t = 0, at = from; t < 16; t += 1, at += 4)
    words[t] = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
  for (let t = 16; t < 80; t += 1) {
    const word = words[t - 3]! ^ words[t - 8]! ^ words[t - 14]! ^ words[t - 16]!;
    words[t] = (word << 1) | (word >>> 31);
  }
  let a = digest[0]!;
  let b = digest[1]!;
  let c = digest[2]!;
  let d = digest[3]!;
  let e = digest[4]!;
  let t = 0;
  // The four functions of section 5, each for twenty words.
  for (; t < 20; t += 1) {
    const next = (rotated(a) + (d ^ (b & (c ^ d))) + e + 0x5a827999 + words[t]!) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  for (; t < 40; t += 1) {
    const next = (rotated(a) + (b ^ c ^ d) + e + 0x6ed9eba1 + words[t]!) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  for (; t < 60; t += 1) {
    const next = (rotated(a) + ((b & c) | (d & (b | c))) + e + 0x8f1bbcdc + words[t]!) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  for (; t < 80; t += 1) {
    const next = (rotated(a) + (b ^ c ^ d) + e + 0xca62c1d6 + words[t]!) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  digest[0]! += a;
  digest[1]! += b;
  digest[2]! += c;
  digest[3]! += d;
  digest[4]! += e;
}

const rotated = (word: number): number => (word << 5) | (word >>> 27);
