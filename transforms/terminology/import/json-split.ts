import type { Findings } from './findings.ts';
import { type Input, wrongEncoding } from './input.ts';

/** One element of a long array, as text. */
export type Piece = {
  /** Where it stood: `concept`, `group.element`. */
  readonly path: string;
  /** Which element of each array on the way: `[2]` for `group[2].element`. */
  readonly index: readonly number[];
  readonly text: string;
  /** The line that it begins in, 1-based. */
  readonly line: number;
  readonly read: number;
};

/** What is left: the document without the pieces, its arrays there and empty. */
export type Remainder = { readonly rest: string; readonly lines: number };

type Level = {
  readonly isArray: boolean;
  /** The key that is being read, in an object. */
  key: string;
  /** The element that is being read, in an array. */
  at: number;
};

const [quote, backslash, open, close, openList, closeList, comma, newline] = Buffer.from(
  '"\\{}[],\n',
) as unknown as readonly number[];

/** A piece, or what is left, is held in memory whole. */
const heldBytesMax = 256 * 1024 * 1024;

/**
 * Takes a JSON document apart while it is read: the elements of the arrays that `paths` name come
 * as pieces, and what remains comes at the end. So a code system of a million concepts is never in
 * memory at once. Says nothing of whether the pieces are JSON: whoever parses them will see. Stops
 * with `json-truncated` when the document ends early.
 */
export function* splitJson(
  input: Input,
  findings: Findings,
  paths: ReadonlySet<string>,
): Generator<Piece, Remainder> {
  const levels: Level[] = [];
  const kept: Buffer[] = [];
  let piece:
    | { readonly parts: Buffer[]; readonly depth: number; readonly line: number }
    | undefined;
  let line = 1;
  let read = 0;
  let held = 0;
  let isText = false;
  let isEscaped = false;
  let text: number[] | undefined;
  let isCut = false;
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const decode = (parts: readonly Buffer[], from: number): string => {
    try {
      return decoder.decode(parts.length === 1 ? parts[0] : Buffer.concat(parts));
    } catch {
      return findings.stop(...wrongEncoding(input, from, 'utf-8'));
    }
  };
  /** Whether the innermost array is one that is taken apart. */
  const cutPath = (): string | undefined => {
    const keys = levels.flatMap(({ isArray, key }) => (isArray ? [] : [key]));
    const path = keys.join('.');
    return paths.has(path) && levels.length === keys.length * 2 ? path : undefined;
  };
  for (const chunk of input.chunks()) {
    read += chunk.length;
    held += chunk.length;
    if (held > heldBytesMax)
      findings.stop(input.name, line, 'json-too-large', 'one value of this file is over 256 MB');
    let from = 0;
    const keep = (to: number) => {
      if (to > from) (piece?.parts ?? kept).push(chunk.subarray(from, to));
      from = to;
    };
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at]!;
      if (byte === newline) line += 1;
      if (isText) {
        if (isEscaped) isEscaped = false;
        else if (byte === backslash) isEscaped = true;
        else if (byte === quote) {
          isText = false;
          const level = levels.at(-1);
          if (text !== undefined && level !== undefined)
            level.key = Buffer.from(text).toString('latin1');
          text = undefined;
          continue;
        }
        text?.push(byte);
        continue;
      }
      switch (byte) {
        case quote: {
          isText = true;
          const level = levels.at(-1);
          // Keys are told from values by what stands before: `{` or `,` have cleared the key.
          if (piece === undefined && level?.isArray === false && level.key === '') text = [];
          break;
        }
        case open:
        case openList: {
          if (piece === undefined && isCut && byte === open) {
            keep(at);
            piece = { parts: [], depth: levels.length, line };
          }
          levels.push({ isArray: byte === openList, key: '', at: 0 });
          if (piece === undefined) isCut = byte === openList && cutPath() !== undefined;
          break;
        }
        case close:
        case closeList: {
          levels.pop();
          if (piece !== undefined && levels.length === piece.depth) {
            keep(at + 1);
            const index = levels.flatMap((one) => (one.isArray ? [one.at] : []));
            const { parts, line: begun } = piece;
            piece = undefined;
            held = chunk.length - at;
            yield { path: cutPath()!, index, text: decode(parts, begun), line: begun, read };
          } else if (piece === undefined) isCut = false;
          break;
        }
        case comma: {
          const level = levels.at(-1);
          if (level === undefined || piece !== undefined) break;
          if (level.isArray) level.at += 1;
          else level.key = '';
          // The comma between two pieces goes with them.
          if (isCut) {
            keep(at);
            from = at + 1;
          }
          break;
        }
        default:
      }
    }
    keep(chunk.length);
  }
  if (levels.length > 0 || isText)
    findings.stop(input.name, line, 'json-truncated', 'this file ends in the middle of its JSON');
  return { rest: decode(kept, 1), lines: line };
}
