import { isAscii, isUtf8 } from 'node:buffer';
import iconv from 'iconv-lite';
import type { Issue } from '../../../engine/index.ts';
import { charsetName } from './names.ts';

export type CharsetDecision =
  | { readonly encoding: string; readonly issues: readonly Issue[] }
  | { readonly refused: Issue };

export type CharsetOptions = {
  /** MSH-18, a name a repetition. */
  readonly declared: readonly string[];
  /** The facility's own, for bytes that nothing else explains. */
  readonly fallback: string;
};

/**
 * Decides how the bytes are to be read, from the bytes first: a BOM; the first character set of
 * MSH-18 that they do not contradict; UTF-8 where they are valid UTF-8; else `fallback`. Bytes that
 * contradict MSH-18 are flagged. UTF-16 and UTF-32 are refused: HL7's framing is of bytes. Text of
 * several bytes a character that is valid UTF-8 contradicts every 8-bit set, and so do the control
 * codes 0x80-0x9F, which no HL7 text has, contradict ISO 8859.
 * Throws for a `fallback` that is no character set: check with `charsetName`.
 */
export function decideCharset(bytes: Buffer, options: CharsetOptions): CharsetDecision {
  const read = readText(bytes, options);
  return 'refused' in read ? read : { encoding: read.encoding, issues: read.issues };
}

export type ReadText =
  | { readonly encoding: string; readonly text: string; readonly issues: readonly Issue[] }
  | { readonly refused: Issue };

/** As `decideCharset`, with the text: deciding has often decoded already. */
export function readText(bytes: Buffer, options: CharsetOptions): ReadText {
  const fallback = charsetName(options.fallback);
  if (!fallback || isWide(fallback)) throw new Error(`${options.fallback} is no character set`);
  if (looksWide(bytes)) return { refused: wideRefused };
  if (hasBom(bytes)) return flagged(bytes, 'utf-8', []);
  const issues: Issue[] = [];
  const declared: string[] = [];
  for (const name of options.declared) {
    if (name.trim() === '') continue;
    const known = charsetName(name);
    if (known && !isWide(known)) declared.push(known);
    else issues.push(known ? wideDeclared : unknownDeclared);
  }
  if (isAscii(bytes)) {
    // ISO 2022 shifts within seven bits, so that it looks like ASCII.
    const shifted = declared.includes('iso-2022-jp') && bytes.includes(0x1b);
    const encoding = shifted ? 'iso-2022-jp' : 'ascii';
    return { encoding, text: decode(bytes, encoding), issues };
  }
  const fitting = declared.find((encoding) => fits(bytes, encoding));
  if (declared.length > 0 && fitting !== declared[0]) issues.push(contradicts);
  return flagged(bytes, fitting ?? (isUtf8UpToItsEnd(bytes) ? 'utf-8' : fallback), issues);
}

function flagged(bytes: Buffer, encoding: string, issues: readonly Issue[]): ReadText {
  const text = decode(bytes, encoding);
  const damaged = encoding === 'utf-8' ? !isUtf8(bytes) : text.includes('\ufffd');
  if (!damaged) return { encoding, text, issues };
  const undecodable: Issue = {
    severity: 'warning',
    code: 'charset-undecodable',
    diagnostics: `Some bytes mean nothing in ${encoding}; they read as U+FFFD.`,
  };
  return { encoding, text, issues: [...issues, undecodable] };
}

/** Decodes with one of the encodings that `decideCharset` names; a BOM is left out. */
export function decode(bytes: Buffer, encoding: string): string {
  switch (encoding) {
    case 'ascii':
    case 'iso-8859-1':
      return bytes.toString('latin1');
    case 'utf-8':
      return hasBom(bytes) ? bytes.toString('utf8', 3) : bytes.toString('utf8');
    case 'iso-2022-jp':
      return new TextDecoder('iso-2022-jp').decode(bytes);
    default:
      return iconv.decode(bytes, encoding);
  }
}

export function hasBom(bytes: Buffer): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}

/** Encodings in which one byte is one character. */
export function isSingleByte(encoding: string): boolean {
  return /^(?:ascii|iso-8859-\d+|windows-\d+|cp\d+)$/.test(encoding);
}

function isWide(encoding: string): boolean {
  return encoding === 'utf-16' || encoding === 'utf-32';
}

/**
 * A BOM of UTF-16 or UTF-32, or a letter with a NUL beside it where `MSH`, `FHS` or `BHS` begins.
 */
function looksWide(bytes: Buffer): boolean {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return true;
  if (first === 0 && second === 0 && bytes[2] === 0xfe && bytes[3] === 0xff) return true;
  return /^\s*(?:\0+[FBM]\0+[HS]\0+[HS]|[FBM]\0+[HS]\0+[HS]\0)/.test(
    bytes.toString('latin1', 0, 24),
  );
}

function fits(bytes: Buffer, encoding: string): boolean {
  if (encoding === 'utf-8') return isUtf8UpToItsEnd(bytes);
  if (encoding === 'ascii') return false;
  if (isSingleByte(encoding) && isUtf8(bytes)) return false;
  if (encoding.startsWith('iso-8859-')) return !/[\x80-\x9f]/.test(bytes.toString('latin1'));
  // A character that the end cut is no contradiction.
  const text = decode(bytes, encoding);
  const damage = text.indexOf('\ufffd');
  return damage === -1 || damage >= text.length - 2;
}

/** Valid UTF-8, but for a last character that the end of the bytes cut. */
function isUtf8UpToItsEnd(bytes: Buffer): boolean {
  if (isUtf8(bytes)) return true;
  for (let cut = 1; cut <= 3 && cut < bytes.length; cut += 1) {
    const byte = bytes[bytes.length - cut]!;
    if (byte < 0x80) return false;
    if (byte < 0xc0) continue;
    const head = bytes.subarray(0, bytes.length - cut);
    return !isAscii(head) && isUtf8(head);
  }
  return false;
}

const wideRefused: Issue = {
  severity: 'error',
  code: 'charset-utf16',
  diagnostics: 'The message is UTF-16 or UTF-32, which MLLP cannot carry; send UTF-8.',
};

const wideDeclared: Issue = {
  severity: 'warning',
  code: 'charset-contradicts-msh18',
  diagnostics: 'MSH-18 says UTF-16 or UTF-32, the bytes are neither.',
  path: 'MSH-18',
};

const unknownDeclared: Issue = {
  severity: 'warning',
  code: 'charset-unknown',
  diagnostics: 'MSH-18 names a character set that is not known; the bytes and the facility decide.',
  path: 'MSH-18',
};

const contradicts: Issue = {
  severity: 'warning',
  code: 'charset-contradicts-msh18',
  diagnostics: 'The bytes are not in the character set that MSH-18 names.',
  path: 'MSH-18',
};
