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
  const scan = scanner(paths);
  const kept: Buffer[] = [];
  let piece: { readonly parts: Buffer[]; readonly line: number } | undefined;
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
  for (const chunk of input.chunks()) {
    read += chunk.length;
    held += chunk.length;
    if (held > heldBytesMax)
      findings.fail(input.name, scan.line, 'json-too-large', 'one value here is over 256 MB');
    let from = 0;
    const keep = (to: number) => {
      if (to > from) (piece?.parts ?? kept).push(chunk.subarray(from, to));
      from = to;
    };
    for (let at = 0; at < chunk.length; at += 1) {
      const step = scan.step(chunk[at]!);
      if (step === nothing) continue;
      if (step === drowns)
        findings.fail(input.name, scan.line, 'json-too-deep', 'this is nested too deep');
      if (step === begins) {
        keep(at);
        piece = { parts: [], line: scan.line };
      } else if (step === ends) {
        keep(at + 1);
        const { parts, line } = piece!;
        piece = undefined;
        held = chunk.length - at;
        yield { path: scan.path(), index: scan.index(), text: decode(parts, line), line, read };
      } else {
        keep(at);
        from = at + 1;
      }
    }
    keep(chunk.length);
  }
  if (scan.isOpen())
    findings.fail(input.name, scan.line, 'json-truncated', 'this file ends within its JSON');
  return { rest: decode(kept, 1), lines: scan.line };
}

/** What a byte means for whoever takes the document apart; `drops`: a comma between pieces. */
const [nothing, begins, ends, drops, drowns] = [0, 1, 2, 3, 4];

/** No terminology is nested so deep; what is was made to exhaust whoever walks through it. */
const depthMax = 1_000;

/** Follows a JSON document byte by byte, as far as its nesting and its outer keys go. */
function scanner(paths: ReadonlySet<string>) {
  const levels: Level[] = [];
  let pieceDepth = -1;
  let isText = false;
  let isEscaped = false;
  let key: number[] | undefined;
  let isCut = false;
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
  const path = () => levels.flatMap((level) => (level.isArray ? [] : [level.key])).join('.');
  /** Whether the innermost array is one that is taken apart. */
  const isWanted = () =>
    levels.length % 2 === 0 && levels.every(({ isArray }, at) => isArray === (at % 2 === 1))
      ? paths.has(path())
      : false;
  const scan = {
    line: 1,
    path,
    index: () => levels.flatMap(({ isArray, at }) => (isArray ? [at] : [])),
    isOpen: () => levels.length > 0 || isText,
    step(byte: number): number {
      if (byte === newline) scan.line += 1;
      if (isText) inText(byte);
      else if (byte === quote) {
        isText = true;
        const level = levels.at(-1);
        // Keys are told from values by what stands before: `{` and `,` clear the key.
        if (pieceDepth < 0 && level?.isArray === false && level.key === '') key = [];
      } else if (byte === open || byte === openList) {
        const isBegun = pieceDepth < 0 && isCut && byte === open;
        if (isBegun) pieceDepth = levels.length;
        levels.push({ isArray: byte === openList, key: '', at: 0 });
        if (levels.length > depthMax) return drowns!;
        if (pieceDepth < 0) isCut = byte === openList && isWanted();
        return isBegun ? begins! : nothing!;
      } else if (byte === close || byte === closeList) {
        levels.pop();
        const isEnded = levels.length === pieceDepth;
        if (isEnded) pieceDepth = -1;
        else if (pieceDepth < 0) isCut = false;
        return isEnded ? ends! : nothing!;
      } else if (byte === comma && pieceDepth < 0) {
        const level = levels.at(-1);
        if (level?.isArray === true) level.at += 1;
        else if (level !== undefined) level.key = '';
        return isCut ? drops! : nothing!;
      }
      return nothing!;
    },
  };
  return scan;
}
