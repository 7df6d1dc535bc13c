import { type Issue, PlexusError } from '../../engine/index.ts';
import { type PositionFinder, positionFinder, readText } from './charset/index.ts';
import { hasControls, withoutControls } from './control-characters.ts';
import { type Delimiters, readDelimiters } from './delimiters.ts';
import { withTrigger } from './early-trigger.ts';
import { type Header, peekHeader } from './header.ts';
import { Scope } from './scope.ts';
import {
  type BoundsFinding,
  type Characters,
  charactersOf,
  fieldBits,
  findSegments,
  repairTildes,
  Segment,
  type SegmentRepair,
  type SegmentSource,
} from './segments/index.ts';

export type ParseOptions = {
  /** The facility's character set, for bytes that neither MSH-18 nor UTF-8 explains. */
  readonly charset?: string;
  /** Damage that this source is known for. */
  readonly segmentRepairs?: readonly SegmentRepair[];
};

/**
 * One parsed message. Lazy: the text is decoded and divided into segments; a segment is split when
 * it is first asked, and a value is unescaped when it is read. `issues` grows as values are read.
 */
export class Hl7Message extends Scope implements SegmentSource {
  readonly header: Header;
  readonly bytes: Buffer;
  readonly text: string;
  /** What the bytes were decoded with. */
  readonly encoding: string;
  readonly delimiters: Delimiters;
  readonly #issues: Issue[];
  #codes: Characters | undefined;
  #positions: PositionFinder | undefined;

  constructor(read: ReadMessage, delimiters: Delimiters, bounds: readonly number[]) {
    const segments: Segment[] = [];
    super(segments);
    this.header = read.header;
    this.bytes = read.bytes;
    this.text = read.text;
    this.encoding = read.encoding;
    this.delimiters = delimiters;
    this.#issues = [...read.issues];
    for (let at = 0; at < bounds.length; at += 2) {
      segments.push(new Segment(this, at / 2, bounds[at]!, bounds[at + 1]!));
    }
    segments[0]?.markReadBits(protocolFields);
  }

  get issues(): readonly Issue[] {
    return this.#issues;
  }

  get codes(): Characters {
    // In ASCII the bytes are the text.
    this.#codes ??= this.encoding === 'ascii' ? this.bytes : charactersOf(this.text);
    return this.#codes;
  }

  /** Byte offset in the raw payload of a position in the text. */
  byteOffset(position: number): number {
    this.#positions ??= positionFinder(this);
    return this.#positions(position);
  }

  /** `OBX[3]-5`: the path of a field of one segment, as an issue names it. */
  pathOf(segment: Segment, field: number): string {
    const occurrence = this.all(segment.name).indexOf(segment) + 1;
    return `${segment.name}${occurrence > 1 ? `[${occurrence}]` : ''}-${field}`;
  }

  /** Notes a finding once; offsets are found when there is one. */
  flag(code: keyof typeof escapeTexts, segment: Segment, field: number): void {
    if (this.#issues.length >= issuesMax) return;
    const path = this.pathOf(segment, field);
    if (this.#issues.some((issue) => issue.code === code && issue.path === path)) return;
    const diagnostics = escapeTexts[code];
    const offset = segment.fieldOffset(field);
    const severity = code === 'control-character' ? 'warning' : 'information';
    this.#issues.push({ severity, code, diagnostics, path, offset });
  }

  /**
   * The loss report: populated fields that nobody read, as `PID-11`, each once, in message order.
   */
  unvisited(): string[] {
    const found = new Set<string>();
    for (const segment of this.segments) segment.addUnvisited(found);
    return [...found];
  }
}

/** A message with more is told no better by them. */
const issuesMax = 100;

/** Fields of MSH that the engine itself reads: they are never lost. */
const protocolFields = fieldBits([1, 2, 9, 10, 12, 15, 16, 18]);

const escapeTexts = {
  'escape-unknown':
    'An escape sequence that is not known, or an escape character alone; left as written.',
  'escape-local': 'A locally defined escape sequence (\\Z..\\); left as written.',
  'control-character': 'An escape sequence stands for a control character; read as a blank.',
} as const;

type ReadMessage = {
  readonly header: Header;
  readonly bytes: Buffer;
  readonly text: string;
  readonly encoding: string;
  readonly issues: readonly Issue[];
};

/**
 * Parses one message (a batch is split first: `splitBatch`). What is wrong with it stands in
 * `issues`. Throws PlexusError `no-msh` when the bytes do not begin with an MSH; nothing else.
 */
export function parse(bytes: Buffer, options: ParseOptions = {}): Hl7Message {
  const header = peekHeader(bytes);
  if (!header) throw new PlexusError('no-msh', 'the bytes do not begin with an MSH segment');
  const fallback = options.charset ?? defaultCharset;
  const decoded = readText(bytes, { declared: header.characterSets, fallback });
  // UTF-16 has no byte-wise MSH, so that a refusal cannot come here.
  if ('refused' in decoded) throw new PlexusError('no-msh', decoded.refused.diagnostics);
  const issues: Issue[] = [...decoded.issues];
  const repairs = options.segmentRepairs ?? [];
  let { text } = decoded;
  if (repairs.includes('tilde-damaged') && text.includes('\u02dc')) {
    text = repairTildes(text);
    issues.push(tildeRepaired);
  }
  const start = text.indexOf('MSH');
  const delimiters = readDelimiters(text, start)!;
  // A sender may divide by them.
  if (hasControls(text) && !hasControls(Object.values(delimiters).join(''))) {
    const cleaned = cleanedBetween(text, start);
    if (cleaned !== text) issues.push(controlsLeftOut);
    text = cleaned;
  }
  if (!delimiters.declared) issues.push(delimitersDamaged);
  const unglue = repairs.includes('glued-segments');
  const { bounds, findings } = findSegments(text, start, delimiters.field, unglue);
  const complete = withTrigger(header, text, bounds);
  const read = { header: complete, bytes, text, encoding: decoded.encoding, issues };
  if (findings.length > 0) issues.push(...boundsIssues(findings, positionFinder(read)));
  return new Hl7Message(read, delimiters, bounds);
}

/** What stands before MSH, and behind the last segment, is what is left of a frame. */
function cleanedBetween(text: string, start: number): string {
  let end = text.length;
  while (end > start && text.charCodeAt(end - 1) <= 32) end -= 1;
  return text.slice(0, start) + withoutControls(text.slice(start, end)) + text.slice(end);
}

const defaultCharset = 'windows-1252';

const tildeRepaired: Issue = {
  severity: 'warning',
  code: 'tilde-repaired',
  diagnostics: 'U+02DC was read as the repetition separator that a transfer made it from.',
};

const controlsLeftOut: Issue = {
  severity: 'warning',
  code: 'control-character',
  diagnostics: 'Control characters, which are no text, were read as blanks.',
};

const delimitersDamaged: Issue = {
  severity: 'warning',
  code: 'delimiters-damaged',
  diagnostics: 'MSH-2 is empty or damaged; the standard delimiters were taken.',
  path: 'MSH-2',
};

const boundsTexts: Readonly<Record<BoundsFinding['code'], readonly [Issue['severity'], string]>> = {
  'segment-glued': ['warning', 'Two segments without a CR between them were parted.'],
  'segment-truncated': [
    'error',
    'The last line is the beginning of a segment: the message was cut.',
  ],
  'segment-unreadable': [
    'error',
    'A line begins with no segment name: what it belongs to is unknown.',
  ],
  'line-break-in-value': ['warning', 'A line break inside a value was taken for part of it.'],
  'several-messages': ['error', 'A second MSH: this is a batch that nobody split.'],
  'too-many-segments': ['error', 'The message has more segments than are read.'],
};

function boundsIssues(findings: readonly BoundsFinding[], byteOffset: PositionFinder): Issue[] {
  return findings.slice(0, issuesMax).map(({ code, at }) => {
    const [severity, diagnostics] = boundsTexts[code];
    return { severity, code, diagnostics, offset: byteOffset(at) };
  });
}
