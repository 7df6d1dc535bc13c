import { readFileSync } from 'node:fs';
import { peekHeader, splitBatch } from '../transforms/hl7v2/index.ts';

/** One message of a file that a person named. */
export type FileMessage = { readonly file: string; readonly raw: Buffer };

/**
 * The messages of a file: every MSH that begins a line begins one, so that a batch file (FHS/BHS)
 * and a plain row of messages both give as many as they hold. MLLP frame bytes around them are
 * taken off. A file without MSH is one message, for whoever reads it to refuse.
 */
export function readMessages(file: string): readonly FileMessage[] {
  const raw = withoutFrame(readFileSync(file));
  const batch = isBatch(raw) ? splitBatch(raw) : undefined;
  const parts =
    batch?.kind === 'batch'
      ? batch.parts.map(({ start, end }) => raw.subarray(start, end))
      : splitAtHeaders(raw);
  return parts.map((part) => ({ file, raw: part }));
}

/** The same for sending: a batch travels whole, as its receiver answers it whole. */
export function readFrames(file: string): readonly FileMessage[] {
  const raw = withoutFrame(readFileSync(file));
  const parts = isBatch(raw) ? [raw] : splitAtHeaders(raw);
  return parts.map((part) => ({ file, raw: part }));
}

const isBatch = (raw: Buffer) => /^\s*[FB]HS/.test(raw.subarray(0, 64).toString('latin1'));

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const verticalTab = 0x0b;
const fileSeparator = 0x1c;
const between = [verticalTab, carriageReturn, lineFeed];

function splitAtHeaders(raw: Buffer): readonly Buffer[] {
  const starts: number[] = [];
  for (let at = raw.indexOf('MSH'); at !== -1; at = raw.indexOf('MSH', at + 3)) {
    const before = at === 0 ? carriageReturn : raw[at - 1];
    const begins =
      before === carriageReturn ||
      before === lineFeed ||
      before === verticalTab ||
      before === fileSeparator ||
      starts.length === 0;
    if (begins && peekHeader(raw.subarray(at)) !== undefined) starts.push(at);
  }
  if (starts.length < 2) return [raw];
  return starts.map((start, index) => withoutFrame(raw.subarray(start, starts[index + 1])));
}

/** Takes VT, FS and line ends off both ends, as tools leave them around a message in a file. */
function withoutFrame(raw: Buffer): Buffer {
  let start = 0;
  let end = raw.length;
  while (raw[start] === verticalTab) start += 1;
  const framed = raw.lastIndexOf(fileSeparator);
  if (framed !== -1 && raw.subarray(framed + 1).every((byte) => between.includes(byte)))
    end = framed;
  return raw.subarray(start, end);
}
