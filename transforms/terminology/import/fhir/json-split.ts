import type { Findings } from '../findings.ts';
import { type Input, wrongEncoding } from '../input.ts';

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

const codeOf = (character: string) => character.charCodeAt(0);
const quote = codeOf('"');
const backslash = codeOf('\\');
const open = codeOf('{');
const close = codeOf('}');
const openList = codeOf('[');
const closeList = codeOf(']');
const comma = codeOf(',');
const newline = codeOf('\n');
const space = codeOf(' ');
const tab = codeOf('\t');
const carriage = codeOf('\r');

/** JSON has no other encoding (RFC 8259). */
const utf8 = 'utf-8';

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
  const outline = followOutline(paths);
  const kept = collect();
  let piece:
    | { readonly parts: Buffer[]; readonly line: number; readonly end: EndOfPiece }
    | undefined;
  let line = 1;
  let read = 0;
  let held = 0;
  const decoder = new TextDecoder(utf8, { fatal: true });
  const decode = (parts: readonly Buffer[], from: number): string => {
    try {
      return decoder.decode(parts.length === 1 ? parts[0] : Buffer.concat(parts));
    } catch {
      return findings.fail(...wrongEncoding(input, from, utf8));
    }
  };
  const drown = (at: number) =>
    findings.fail(input.name, at, 'json-too-deep', 'this is nested too deep');
  for (const chunk of input.chunks()) {
    read += chunk.length;
    held += chunk.length;
    if (Math.max(held, kept.bytes()) > heldBytesMax)
      findings.fail(input.name, line, 'json-too-large', 'one value here is over 256 MB');
    let from = 0;
    for (let at = 0; at < chunk.length; ) {
      if (piece === undefined) {
        const byte = chunk[at]!;
        if (byte === newline) line += 1;
        const step = outline.step(byte);
        if (step === drowns) drown(line);
        if (step !== nothing) {
          kept.add(chunk, from, at);
          from = step === drops ? at + 1 : at;
        }
        if (step === begins) piece = { parts: [], line, end: endOfPiece() };
        else at += 1;
        continue;
      }
      at = piece.end.find(chunk, at);
      const isWhole = piece.end.isFound();
      if (piece.end.isTooDeep()) drown(piece.line);
      piece.parts.push(chunk.subarray(from, at));
      from = at;
      if (!isWhole) break;
      const { parts, line: begun, end } = piece;
      piece = undefined;
      line += end.lines();
      held = chunk.length - at;
      const { path, index } = outline.place();
      yield { path, index, text: decode(parts, begun), line: begun, read };
    }
    if (piece === undefined) kept.add(chunk, from, chunk.length);
  }
  if (piece !== undefined || outline.isOpen()) {
    const last = line + (piece?.end.lines() ?? 0);
    findings.fail(input.name, last, 'json-truncated', 'this file ends within its JSON');
  }
  return { rest: decode(kept.parts(), 1), lines: line };
}

/** What is left, copied: a view of some bytes would hold on to the whole chunk. */
function collect() {
  const pageBytes = 64 * 1024;
  const full: Buffer[] = [];
  let page = Buffer.allocUnsafe(pageBytes);
  let used = 0;
  let bytes = 0;
  const turn = () => {
    if (used === 0) return;
    full.push(page.subarray(0, used));
    page = Buffer.allocUnsafe(pageBytes);
    used = 0;
  };
  return {
    bytes: () => bytes,
    add(chunk: Buffer, from: number, to: number): void {
      const length = to - from;
      bytes += length;
      if (used + length > pageBytes) turn();
      if (length > pageBytes) full.push(chunk.subarray(from, to));
      // Mostly it is one line end between two pieces.
      else if (length < 8) for (let at = from; at < to; at += 1) page[used++] = chunk[at]!;
      else used += chunk.copy(page, used, from, to);
    },
    parts(): readonly Buffer[] {
      turn();
      return full;
    },
  };
}

type EndOfPiece = ReturnType<typeof endOfPiece>;

/** Looks for the end of one object, of which the first byte is yet to come. */
function endOfPiece() {
  let depth = 0;
  let isText = false;
  let isEscaped = false;
  let lines = 0;
  let isFound = false;
  let deepest = 0;
  return {
    isTooDeep: () => deepest > depthMax,
    isFound: () => isFound,
    lines: () => lines,
    /** Where it ends in these bytes, the end itself excluded; their length where it does not. */
    find(chunk: Buffer, from: number): number {
      for (let at = from; at < chunk.length; at += 1) {
        const byte = chunk[at]!;
        if (byte === newline) lines += 1;
        if (isText) {
          if (isEscaped) isEscaped = false;
          else if (byte === backslash) isEscaped = true;
          else if (byte === quote) isText = false;
        } else if (byte === quote) isText = true;
        else if (byte === open || byte === openList) {
          depth += 1;
          if (depth > deepest) deepest = depth;
        } else if (byte === close || byte === closeList) {
          depth -= 1;
          isFound = depth === 0;
          if (isFound) return at + 1;
        }
      }
      return chunk.length;
    },
  };
}

/** What a byte means for whoever takes the document apart; `drops`: nobody needs it. */
const nothing = 0;
const begins = 1;
const drops = 2;
const drowns = 3;

/** No terminology is nested so deep; what is was made to exhaust whoever walks through it. */
const depthMax = 1_000;

/** Follows a JSON document byte by byte, its pieces left out, as far as its nesting and keys go. */
function followOutline(paths: ReadonlySet<string>) {
  const levels: Level[] = [];
  let isText = false;
  let isEscaped = false;
  let key: number[] | undefined;
  /** The array that is being taken apart. */
  let cut: { readonly path: string; readonly outer: readonly number[] } | undefined;
  const inText = (byte: number): void => {
    if (isEscaped) isEscaped = false;
    else if (byte === backslash) isEscaped = true;
    else if (byte === quote) {
      isText = false;
      if (key !== undefined) levels.at(-1)!.key = Buffer.from(key).toString('latin1');
      key = undefined;
    }
    key?.push(byte);
  };
  /** The innermost array, if it is one that is wanted. */
  const wanted = () => {
    if (levels.length % 2 === 1) return undefined;
    if (!levels.every(({ isArray }, at) => isArray === (at % 2 === 1))) return undefined;
    const path = levels.flatMap((level) => (level.isArray ? [] : [level.key])).join('.');
    if (!paths.has(path)) return undefined;
    return { path, outer: levels.slice(0, -1).flatMap(({ isArray, at }) => (isArray ? [at] : [])) };
  };
  return {
    place: () => ({ path: cut!.path, index: [...cut!.outer, levels.at(-1)!.at] }),
    isOpen: () => levels.length > 0 || isText,
    step(byte: number): number {
      if (isText) inText(byte);
      else if (byte === quote) {
        isText = true;
        const level = levels.at(-1);
        // Keys are told from values by what stands before: `{` and `,` clear the key.
        if (level?.isArray === false && level.key === '') key = [];
      } else if (byte === open || byte === openList) {
        if (cut !== undefined && byte === open) return begins;
        levels.push({ isArray: byte === openList, key: '', at: 0 });
        if (levels.length > depthMax) return drowns;
        cut = byte === openList ? wanted() : undefined;
      } else if (byte === close || byte === closeList) {
        levels.pop();
        cut = undefined;
      } else if (byte === comma) {
        const level = levels.at(-1);
        if (level?.isArray === true) level.at += 1;
        else if (level !== undefined) level.key = '';
        if (cut !== undefined) return drops;
      } else if (cut !== undefined && (byte === space || byte === tab || byte === carriage))
        return drops;
      return nothing;
    },
  };
}
