import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { Findings } from './findings.ts';

/** A file, or a file in a package, that is read once from beginning to end. */
export type Input = {
  /** As it is shown to people. */
  readonly name: string;
  /** The last part of its name. */
  readonly base: string;
  readonly bytes: number;
  chunks(): Iterable<Buffer>;
};

const chunkBytes = 256 * 1024;

export function fileInput(file: string): Input {
  return {
    name: file,
    base: basename(file),
    bytes: statSync(file).size,
    *chunks() {
      const handle = openSync(file, 'r');
      try {
        for (;;) {
          const chunk = Buffer.allocUnsafe(chunkBytes);
          const length = readSync(handle, chunk, 0, chunkBytes, null);
          if (length === 0) return;
          yield chunk.subarray(0, length);
        }
      } finally {
        closeSync(handle);
      }
    },
  };
}

export function bufferInput(name: string, content: Buffer): Input {
  const base = basename(name);
  return { name, base, bytes: content.length, chunks: () => [content] };
}

/** The beginning of a file, for telling formats apart; bytes that are no UTF-8 show as U+FFFD. */
export function headOf(input: Input): string {
  for (const chunk of input.chunks())
    return new TextDecoder('utf-8').decode(chunk.subarray(0, 16_384));
  return '';
}

export type Line = {
  readonly text: string;
  /** 1-based. */
  readonly number: number;
  /** Whether a line end follows; only the last line of a file may lack it. */
  readonly isEnded: boolean;
  /** Bytes of the file that were read when it was given. */
  readonly read: number;
};

/** A line longer than this is no line of a release file. */
const lineBytesMax = 4 * 1024 * 1024;

/**
 * The lines of a text file, without LF or CRLF. Stops with `encoding-invalid` at bytes that the
 * encoding does not have, so that no code is read wrong.
 */
export function* linesOf(input: Input, findings: Findings, encoding: string): Iterable<Line> {
  const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
  let number = 1;
  let read = 0;
  let rest: Buffer = Buffer.alloc(0);
  const decode = (bytes: Buffer): string => {
    try {
      return decoder.decode(bytes);
    } catch {
      const line = number + wrongLine(bytes, encoding);
      return findings.fail(...wrongEncoding(input, line, encoding));
    }
  };
  // No text has one; where UTF-8 reads UTF-16, every other character is one.
  const refuseNul = (text: string, from: number) => {
    const at = text.indexOf('\0');
    if (at < 0) return;
    const line = from + text.slice(0, at).split('\n').length - 1;
    findings.fail(...wrongEncoding(input, line, encoding));
  };
  for (const chunk of input.chunks()) {
    if (read === 0 && isUtf16(chunk)) findings.fail(...wrongEncoding(input, 1, encoding));
    read += chunk.length;
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const end = bytes.lastIndexOf(10) + 1;
    rest = bytes.subarray(end);
    if (rest.length > lineBytesMax)
      findings.fail(input.name, number, 'line-too-long', 'this line does not end within 4 MB');
    if (end === 0) continue;
    const text = decode(bytes.subarray(0, end));
    refuseNul(text, number);
    let from = number === 1 && text.startsWith('\ufeff') ? 1 : 0;
    for (let to = text.indexOf('\n', from); to >= 0; to = text.indexOf('\n', from)) {
      const cut = text.charCodeAt(to - 1) === 13 && to > from ? to - 1 : to;
      yield { text: text.slice(from, cut), number, isEnded: true, read };
      number += 1;
      from = to + 1;
    }
  }
  if (rest.length === 0) return;
  const text = decode(rest);
  refuseNul(text, number);
  const last = number === 1 && text.startsWith('\ufeff') ? text.slice(1) : text;
  if (last !== '') yield { text: last, number, isEnded: false, read };
}

export const isUtf16 = (bytes: Buffer): boolean =>
  (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);

/** Which line of these bytes the encoding does not have, counted from 0. */
function wrongLine(bytes: Buffer, encoding: string): number {
  let line = 0;
  for (let from = 0; from < bytes.length; line += 1) {
    const end = bytes.indexOf(10, from);
    const to = end < 0 ? bytes.length : end + 1;
    try {
      new TextDecoder(encoding, { fatal: true }).decode(bytes.subarray(from, to));
    } catch {
      return line;
    }
    from = to;
  }
  return 0;
}

export function wrongEncoding(
  input: Input,
  line: number,
  encoding: string,
): readonly [file: string, line: number, code: string, message: string] {
  const message =
    `this line is not valid ${encoding.toUpperCase()}; when the file is in another encoding, ` +
    'say which with --encoding';
  return [input.name, line, 'encoding-invalid', message];
}
