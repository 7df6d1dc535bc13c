import type { FileHandle } from 'node:fs/promises';
import { limits } from '../../engine/index.ts';
import { readPieces } from './pieces.ts';

/** One message of a file, as it stands there. */
export type Part = {
  readonly raw: Buffer;
  /** Of its first byte, from the start of the file. */
  readonly offset: number;
  /** Stray: bytes that belong to no message. Too long: `raw` is its beginning only. */
  readonly kind: 'message' | 'stray' | 'too-long';
};

export type ReadParts = (file: FileHandle, from: number, bytesMax: number) => AsyncGenerator<Part>;

const [cr, lf, vt, fs] = [0x0d, 0x0a, 0x0b, 0x1c];

/**
 * The HL7 messages of a file: each from its MSH to the next MSH, batch segment (FHS, BHS, BTS, FTS)
 * or MLLP end block. Batch segments are no messages; they stay in the file, which is kept.
 */
export const readHl7Parts: ReadParts = async function* (file, from, bytesMax) {
  let open: Collector | undefined;
  for await (const { bytes, offset, isStart } of readPieces(file, from, [cr, lf])) {
    const lead = isStart && bytes[0] === vt ? 1 : 0;
    const mark = isStart ? markOf(bytes, lead) : undefined;
    if (mark !== undefined) {
      if (open !== undefined) yield open.part();
      open = mark === 'MSH' ? collect(offset + lead, 'message', bytesMax) : undefined;
      if (open === undefined) continue;
    }
    const text = bytes.subarray(lead);
    const blockEnd = text.indexOf(fs);
    const body = blockEnd < 0 ? text : text.subarray(0, blockEnd);
    if (open === undefined && isBlank(body)) continue;
    open ??= collect(offset + lead, 'stray', bytesMax);
    open.add(body);
    if (blockEnd < 0) continue;
    yield open.part();
    const behind = text.subarray(blockEnd + 1);
    open = undefined;
    if (isBlank(behind)) continue;
    open = collect(offset + lead + blockEnd + 1, 'stray', bytesMax);
    open.add(behind);
  }
  if (open !== undefined) yield open.part();
};

/** The lines of an NDJSON file; blank lines are none. */
export const readNdjsonParts: ReadParts = async function* (file, from, bytesMax) {
  let open: Collector | undefined;
  for await (const { bytes, offset, isEnd } of readPieces(file, from, [lf])) {
    open ??= collect(offset, 'message', bytesMax);
    open.add(isEnd ? withoutLineEnd(bytes) : bytes);
    if (!isEnd) continue;
    const part = open.part();
    open = undefined;
    if (!isBlank(part.raw)) yield part;
  }
  if (open !== undefined) yield open.part();
};

type Collector = { add(bytes: Buffer): void; part(): Part };

function collect(offset: number, kind: 'message' | 'stray', bytesMax: number): Collector {
  let chunks: Buffer[] = [];
  let size = 0;
  let isTooLong = false;
  return {
    add(bytes) {
      if (isTooLong) return;
      chunks.push(bytes);
      size += bytes.length;
      isTooLong = size > bytesMax;
      if (isTooLong) chunks = [Buffer.concat(chunks).subarray(0, limits.evidenceBytes)];
    },
    part: () => ({
      raw: Buffer.concat(chunks),
      offset,
      kind: isTooLong ? 'too-long' : kind,
    }),
  };
}

/** A header declares its delimiters, so `MSH is missing` at the start of a line is text. */
function markOf(bytes: Buffer, at: number): string | undefined {
  const name = bytes.toString('latin1', at, at + 4);
  return /^(?:MSH|FHS|BHS)[^A-Za-z0-9\s]|^(?:BTS|FTS)(?![A-Za-z0-9])/.test(name)
    ? name.slice(0, 3)
    : undefined;
}

function withoutLineEnd(bytes: Buffer): Buffer {
  let end = bytes.length;
  if (bytes[end - 1] === lf) end -= 1;
  if (bytes[end - 1] === cr) end -= 1;
  return bytes.subarray(0, end);
}

const isBlank = (bytes: Buffer): boolean =>
  bytes.every((byte) => byte === cr || byte === lf || byte === 0x20 || byte === 0x09);
