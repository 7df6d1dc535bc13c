/** A line of a stream, without its end; `isTooLong`: only its beginning. */
export type Line = { readonly raw: Buffer; readonly isTooLong: boolean };

const [lf, cr] = [0x0a, 0x0d];

/**
 * The lines of a stream of bytes, blank ones left out, as they come. Holds one line and one chunk;
 * of a line over the limit `evidenceBytes` are kept and the rest is passed over.
 */
export async function* readLines(
  chunks: AsyncIterable<Uint8Array>,
  lineBytesMax: number,
  evidenceBytes: number,
): AsyncGenerator<Line> {
  let parts: Buffer[] = [];
  let bytes = 0;
  let isTooLong = false;

  function add(part: Buffer): void {
    if (isTooLong || part.length === 0) return;
    parts.push(part);
    bytes += part.length;
    if (bytes <= lineBytesMax) return;
    isTooLong = true;
    parts = [Buffer.concat(parts).subarray(0, evidenceBytes)];
  }

  function taken(): Line {
    const whole = parts.length === 1 ? parts[0]! : Buffer.concat(parts);
    const line = { raw: withoutReturn(whole), isTooLong };
    parts = [];
    bytes = 0;
    isTooLong = false;
    return line;
  }

  for await (const chunk of chunks) {
    const buffer = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let at = 0;
    for (let end = buffer.indexOf(lf); end >= 0; end = buffer.indexOf(lf, at)) {
      add(buffer.subarray(at, end));
      at = end + 1;
      if (bytes === 0) continue;
      const line = taken();
      if (!isBlank(line.raw)) yield line;
    }
    // A copy: the chunk's memory is not this one's to keep.
    add(Buffer.from(buffer.subarray(at)));
  }
  if (bytes > 0) {
    const line = taken();
    if (!isBlank(line.raw)) yield line;
  }
}

const withoutReturn = (line: Buffer): Buffer => (line.at(-1) === cr ? line.subarray(0, -1) : line);

const isBlank = (line: Buffer): boolean =>
  line.every((byte) => byte === 0x20 || byte === 0x09 || byte === cr);
