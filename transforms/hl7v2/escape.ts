import { decode, decodeShifted, shiftTarget } from './charset/index.ts';
import { hasControls, withoutControls } from './control-characters.ts';
import type { Delimiters } from './delimiters.ts';

/** Told of an escape that was left as it is written, or that stood for no text. */
export type EscapeFlag = (code: 'escape-unknown' | 'escape-local' | 'control-character') => void;

/**
 * Decodes the escape sequences of one value, once, after splitting (HL7 v2.5.1 section 2.7).
 * Formatting becomes line breaks and blanks, highlighting disappears. What is no known escape
 * stays as written and is flagged; so do `\Zxx\`, whose meaning is local. A control character is
 * no text: it becomes a blank.
 */
export function unescapeText(
  value: string,
  delimiters: Delimiters,
  encoding: string,
  flag: EscapeFlag,
): string {
  const mark = delimiters.escape;
  if (mark === '') return value;
  let at = value.indexOf(mark);
  if (at === -1) return value;
  let out = '';
  let literalFrom = 0;
  let shift: string | null = null;
  let unknown = false;
  let local = false;
  let control = false;
  const literal = (end: number) => {
    const text = value.slice(literalFrom, end);
    out += shift === null || text === '' ? text : decodeShifted(text, encoding, shift);
  };
  while (at !== -1) {
    const close = value.indexOf(mark, at + 1);
    const body = close === -1 ? '' : value.slice(at + 1, close);
    if (!/^[A-Za-z.][\w.+-]*$/.test(body)) {
      // A lone escape character, as in a path of Windows: text, and what follows may be an escape.
      unknown = true;
      at = close === -1 ? -1 : value.indexOf(mark, at + 1);
      continue;
    }
    const meaning = meaningOf(body, delimiters, encoding);
    if (meaning === undefined) {
      if (body.startsWith('Z')) local = true;
      else unknown = true;
    } else {
      literal(at);
      if (typeof meaning === 'string') {
        control ||= hasControls(meaning);
        out += withoutControls(meaning);
      } else shift = meaning.shift;
      literalFrom = close + 1;
    }
    at = value.indexOf(mark, close + 1);
  }
  literal(value.length);
  // Once a value: a hostile one is nothing but escape characters.
  if (unknown) flag('escape-unknown');
  if (local) flag('escape-local');
  if (control) flag('control-character');
  return out;
}

/** Writes text so that `unescapeText` gives it back: delimiters and line breaks become escapes. */
export function escapeText(text: string, delimiters: Delimiters): string {
  const { escape: mark } = delimiters;
  if (mark === '') return text;
  let out = '';
  for (const char of text) {
    const letter = letterOf(char, delimiters);
    if (letter !== undefined) out += mark + letter + mark;
    else if (char === '\r') out += `${mark}X0D${mark}`;
    else if (char === '\n') out += `${mark}X0A${mark}`;
    else out += char;
  }
  return out;
}

function letterOf(char: string, delimiters: Delimiters): string | undefined {
  switch (char) {
    case delimiters.escape:
      return 'E';
    case delimiters.field:
      return 'F';
    case delimiters.component:
      return 'S';
    case delimiters.repetition:
      return 'R';
    case delimiters.subcomponent:
      return 'T';
    case delimiters.truncation:
      return 'P';
    default:
      return undefined;
  }
}

type Meaning = string | { readonly shift: string | null } | undefined;

function meaningOf(body: string, delimiters: Delimiters, encoding: string): Meaning {
  switch (body) {
    case 'F':
      return delimiters.field;
    case 'S':
      return delimiters.component;
    case 'R':
      return delimiters.repetition;
    case 'E':
      return delimiters.escape;
    case 'T':
      return delimiters.subcomponent;
    case 'P':
      return delimiters.truncation === '' ? undefined : delimiters.truncation;
    case 'H':
    case 'N':
      return '';
    case '.br':
      return '\n';
    default:
      break;
  }
  if (body.startsWith('.')) return formatting(body);
  const digits = body.slice(1);
  if (!/^(?:[0-9A-Fa-f]{2})+$/.test(digits)) return undefined;
  if (body.startsWith('X')) return decode(Buffer.from(digits, 'hex'), encoding);
  if (!/^(?:C.{4}|M.{4}|M.{6})$/.test(body)) return undefined;
  const target = shiftTarget(digits);
  return target === undefined ? undefined : { shift: target };
}

/**
 * Formatted text (HL7 v2.5.1 section 2.7.6): what moves down is a line break, what moves on,
 * blanks.
 */
function formatting(body: string): string | undefined {
  const match = /^\.(sp|in|ti|fi|nf|ce|sk)([+-]?\d{1,2})?$/.exec(body);
  if (!match) return undefined;
  const count = Math.max(1, Math.abs(Number(match[2] ?? 1)));
  switch (match[1]) {
    case 'sp':
      return '\n'.repeat(count);
    case 'ce':
      return '\n';
    case 'sk':
      return ' '.repeat(count);
    default:
      return '';
  }
}
