import { gluePoints } from './repairs.ts';

/** Something wrong with the division into segments; `at` is a position in the text. */
export type BoundsFinding = {
  readonly code:
    | 'segment-glued'
    | 'segment-truncated'
    | 'segment-unreadable'
    | 'line-break-in-value'
    | 'several-messages'
    | 'too-many-segments';
  readonly at: number;
};

export type SegmentBounds = {
  /** Start and end of each segment, one after the other. */
  readonly bounds: readonly number[];
  readonly findings: readonly BoundsFinding[];
};

/** Results of 16,000 OBX occur; a frame of nothing but line starts must not fill the memory. */
const segmentsMax = 200_000;

/**
 * Divides the text of one message into segments. CR ends a segment, and so do CRLF and, where the
 * message has no CR, LF. Where it has, a lone LF is text unless a segment begins behind it. A line
 * that begins no segment is the rest of the value that the line break cut, if it has no field
 * separator; else nobody can say what it is. A last line shorter than a segment's name is a
 * segment that was cut.
 */
export function findSegments(
  text: string,
  start: number,
  field: string,
  unglue: boolean,
): SegmentBounds {
  const bounds: number[] = [];
  const findings: BoundsFinding[] = [];
  const separator = field.charCodeAt(0);
  const hasCr = text.indexOf('\r', start) !== -1;
  const lineEnd = lineEnds(text, start);
  const open = { readable: true };
  for (let at = start; at < text.length; ) {
    const end = lineEnd(at);
    const from = skipBlanks(text, at, end);
    if (beginsSegment(text, from, end, separator)) {
      if (bounds.length > 0 && text.startsWith('MSH', from)) {
        findings.push({ code: 'several-messages', at: from });
        break;
      }
      if (bounds.length >= 2 * segmentsMax) {
        findings.push({ code: 'too-many-segments', at: from });
        break;
      }
      bounds.push(from, end);
      open.readable = true;
    } else if (from < end) {
      const code = meaningOfLine(text, at, end, field, hasCr);
      if (code !== undefined) findings.push({ code, at: from });
      if (code === 'segment-unreadable') open.readable = false;
      if (code === 'segment-truncated') break;
      if (open.readable) bounds[bounds.length - 1] = end;
    }
    at = end + 1;
  }
  return unglue ? part(text, bounds, findings, field) : { bounds, findings };
}

/** Finds the next CR or LF, looking at every character once: a text may be nothing but LF. */
function lineEnds(text: string, start: number): (from: number) => number {
  const next = (lineBreak: string, from: number) => {
    const at = text.indexOf(lineBreak, from);
    return at === -1 ? text.length : at;
  };
  let cr = next('\r', start);
  let lf = next('\n', start);
  return (from) => {
    if (cr < from) cr = next('\r', from);
    if (lf < from) lf = next('\n', from);
    return Math.min(cr, lf);
  };
}

function skipBlanks(text: string, from: number, end: number): number {
  let at = from;
  while (at < end && text.charCodeAt(at) <= 32) at += 1;
  return at;
}

/** Three letters or digits and a field separator, or three capitals alone on the line. */
function beginsSegment(text: string, at: number, end: number, separator: number): boolean {
  if (at + 3 > end) return false;
  const bare = at + 3 === end;
  if (!bare && text.charCodeAt(at + 3) !== separator) return false;
  for (let index = at; index < at + 3; index += 1) {
    const code = text.charCodeAt(index);
    const isDigit = code >= 48 && code <= 57;
    const isCapital = code >= 65 && code <= 90;
    const isSmall = code >= 97 && code <= 122;
    if (!(isCapital || (isDigit && index > at) || (isSmall && !bare))) return false;
  }
  return true;
}

/** What a line is that begins no segment; undefined is text that an LF divides lawfully. */
function meaningOfLine(
  text: string,
  at: number,
  end: number,
  field: string,
  hasCr: boolean,
): BoundsFinding['code'] | undefined {
  const line = text.slice(at, end);
  if (end === text.length && /^[A-Z][A-Z0-9]?$/.test(line)) return 'segment-truncated';
  const dividedByLf = hasCr && text.charCodeAt(at - 1) === 10 && text.charCodeAt(at - 2) !== 13;
  if (dividedByLf) return undefined;
  return line.includes(field) ? 'segment-unreadable' : 'line-break-in-value';
}

function part(
  text: string,
  bounds: readonly number[],
  findings: readonly BoundsFinding[],
  field: string,
): SegmentBounds {
  const parted: number[] = [];
  const glued: BoundsFinding[] = [];
  for (let index = 0; index < bounds.length; index += 2) {
    const end = bounds[index + 1]!;
    let open = bounds[index]!;
    for (const at of gluePoints(text, open, end, field)) {
      if (parted.length >= 2 * segmentsMax) {
        glued.push({ code: 'too-many-segments', at });
        return { bounds: parted, findings: [...glued.slice(-1), ...findings] };
      }
      parted.push(open, at);
      glued.push({ code: 'segment-glued', at });
      open = at;
    }
    parted.push(open, end);
  }
  return { bounds: parted, findings: [...findings, ...glued] };
}
