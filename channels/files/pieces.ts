import type { FileHandle } from 'node:fs/promises';

/** A line of a file with its end, or a part of a line that is too long to be held whole. */
export type Piece = {
  readonly bytes: Buffer;
  /** Of the first byte, from the start of the file. */
  readonly offset: number;
  /** Whether a line begins here. */
  readonly isStart: boolean;
  /** Whether the line ends here. */
  readonly isEnd: boolean;
};

const chunkBytes = 256 * 1024;

/**
 * Reads a file line by line from an offset on, never holding more than a chunk and a piece of it. A
 * line ends with one of `ends`; a CR LF gives an empty line more, which costs nobody anything.
 */
export async function* readPieces(
  file: FileHandle,
  from: number,
  ends: readonly number[],
): AsyncGenerator<Piece> {
  let rest: Buffer = Buffer.alloc(0);
  let offset = from;
  let isStart = true;
  for (;;) {
    const chunk = Buffer.allocUnsafe(chunkBytes);
    const { bytesRead } = await file.read(chunk, 0, chunkBytes, offset + rest.length);
    if (bytesRead === 0) break;
    const read = chunk.subarray(0, bytesRead);
    const bytes = rest.length === 0 ? read : Buffer.concat([rest, read]);
    let at = 0;
    for (let end = lineEnd(bytes, at, ends); end > 0; end = lineEnd(bytes, at, ends)) {
      yield { bytes: bytes.subarray(at, end), offset: offset + at, isStart, isEnd: true };
      isStart = true;
      at = end;
    }
    rest = bytes.subarray(at);
    offset += at;
    if (rest.length < chunkBytes) continue;
    yield { bytes: rest, offset, isStart, isEnd: false };
    isStart = false;
    offset += rest.length;
    rest = Buffer.alloc(0);
  }
  if (rest.length > 0) yield { bytes: rest, offset, isStart, isEnd: true };
}

/** Just behind the line's end; 0 when the line goes on. */
function lineEnd(bytes: Buffer, from: number, ends: readonly number[]): number {
  for (let at = from; at < bytes.length; at += 1) {
    if (ends.includes(bytes[at] as number)) return at + 1;
  }
  return 0;
}
