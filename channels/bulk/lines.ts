import { limits } from '../../engine/index.ts';

/** A line of NDJSON without its end. */
export type Line = {
  /** Of a line that is too long, its beginning only. */
  readonly raw: Buffer;
  readonly isTooLong: boolean;
  /** False for what stands behind the last line end: the whole of it, or a line broken off. */
  readonly isEnded: boolean;
};

const [lf, cr] = [0x0a, 0x0d];

/** The lines of a stream that are not blank, with never more than a chunk and a line in memory. */
export async function* readLines(
  chunks: AsyncIterable<Uint8Array>,
  bytesMax: number,
): AsyncGenerator<Line> {
  let parts: Buffer[] = [];
  let size = 0;

  function add(bytes: Buffer): void {
    if (size <= bytesMax) parts.push(bytes);
    size += bytes.length;
    if (size > bytesMax && parts.length > 1)
      parts = [Buffer.concat(parts).subarray(0, limits.evidenceBytes)];
  }

  function take(isEnded: boolean): Line | undefined {
    const isTooLong = size > bytesMax;
    const whole = parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
    const raw = isTooLong ? whole.subarray(0, limits.evidenceBytes) : withoutReturn(whole);
    [parts, size] = [[], 0];
    return raw.every((byte) => byte === 0x20 || byte === 0x09)
      ? undefined
      : { raw, isTooLong, isEnded };
  }

  for await (const chunk of chunks) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let from = 0;
    for (let end = bytes.indexOf(lf); end >= 0; end = bytes.indexOf(lf, from)) {
      add(bytes.subarray(from, end));
      from = end + 1;
      const line = take(true);
      if (line !== undefined) yield line;
    }
    if (from < bytes.length) add(bytes.subarray(from));
  }
  const last = take(false);
  if (last !== undefined) yield last;
}

const withoutReturn = (line: Buffer): Buffer => (line.at(-1) === cr ? line.subarray(0, -1) : line);
