import type { Issue } from '../../../engine/index.ts';
import type { Header } from '../header.ts';
import { parsePath } from '../path.ts';

/** HL7 table 0008. */
export type AckCode = 'AA' | 'AE' | 'AR' | 'CA' | 'CE' | 'CR';

export type Ack = {
  /** Of the message that is answered; undefined when there was none to read. */
  readonly header: Header | undefined;
  readonly code: AckCode;
  /** MSH-10 of the ACK. */
  readonly ackControlId: string;
  /** MSH-7 of the ACK, microseconds since the epoch; written in UTC. */
  readonly timestampUs: number;
  /** One sentence for the sender, without patient data. */
  readonly text?: string;
  readonly issues?: readonly Issue[];
  /** MSH-15 and MSH-16 of the ACK, HL7 table 0155: what its own reader shall answer. */
  readonly acceptAck?: 'AL' | 'NE';
  readonly applicationAck?: 'NE';
  /** MSH-9 of an answer that is no general ACK. */
  readonly type?: readonly [code: string, event: string, structure: string];
  /** Segments with text of the message follow: the character sets of the message hold. */
  readonly isCharsetDeclared?: boolean;
};

/**
 * Renders an acknowledgement (HL7 v2.5.1 sections 2.9 and 2.15.1): the same bytes for the same
 * input, in the delimiters, the version and the character encoding of the message it answers. An
 * ERR segment for each issue from version 2.5 on, one ERR-1 with repetitions before.
 */
export function buildAck(ack: Ack): Buffer {
  const pen = penFor(ack.header);
  const version = versionNumber(ack.header?.version ?? '');
  const segments = [mshSegment(ack, pen, version), msaSegment(ack, pen, version)];
  const issues = ack.issues ?? [];
  if (issues.length > 0) segments.push(...errSegments(issues, pen, version));
  return Buffer.from(`${segments.join('\r')}\r`, ack.header?.bytesAs ?? 'latin1');
}

/** ERR repeats for an issue; a message with a thousand needs no ACK of a megabyte. */
const issuesMax = 20;
const defaultVersion = '2.5.1';

type Pen = {
  readonly field: string;
  readonly component: string;
  readonly repetition: string;
  readonly subcomponent: string;
  readonly encoding: string;
  text(value: string): string;
};

function penFor(header: Header | undefined): Pen {
  const field = header?.fieldSeparator ?? '|';
  // A message whose MSH-2 leaves delimiters out is answered in the standard ones.
  const complete = header !== undefined && header.encodingCharacters.length >= 4;
  const encoding = complete ? header.encodingCharacters : '^~\\&';
  const [component = '^', repetition = '~', escapeChar = '\\', subcomponent = '&'] = complete
    ? [
        header.componentSeparator,
        header.repetitionSeparator,
        header.escapeCharacter,
        header.subcomponentSeparator,
      ]
    : [];
  const escaped = (char: string): string => {
    const at = [field, component, repetition, escapeChar, subcomponent].indexOf(char);
    if (at >= 0) return `${escapeChar}${'FSRET'[at]}${escapeChar}`;
    return char > '~' ? '?' : char;
  };
  // No letter and no digit is a delimiter; the id of nearly every ACK is made of them.
  const text = (value: string) =>
    plain.test(value) ? value : Array.from(clean(value).trim(), escaped).join('');
  return { field, component, repetition, subcomponent, encoding, text };
}

const plain = /^[0-9A-Za-z]*$/;

/** Control characters would end a segment, or the frame around it. */
function clean(value: string): string {
  return control.test(value) ? value.replace(/[\x00-\x1f\x7f]/g, ' ') : value;
}

const control = /[\x00-\x1f\x7f]/;

function mshSegment(ack: Ack, pen: Pen, version: number): string {
  const { header } = ack;
  const trigger = header?.triggerEvent ?? '';
  const full = ack.type ?? (trigger === '' ? ['ACK'] : ['ACK', trigger, 'ACK']);
  // MSH-9 had one component at first, then two; a response has always named its event.
  const type = full.slice(0, version < 2.3 && !ack.type ? 1 : version < 2.31 ? 2 : 3);
  const fields = [
    'MSH',
    pen.encoding,
    header?.receivingApplication ?? '',
    header?.receivingFacility ?? '',
    header?.sendingApplication ?? '',
    header?.sendingFacility ?? '',
    timestamp(ack.timestampUs),
    '',
    type.join(pen.component),
    pen.text(ack.ackControlId),
    header?.processingId || 'P',
    header?.versionField || defaultVersion,
  ];
  const isDeclared = header && (ack.isCharsetDeclared || isHigh(header));
  const declared = isDeclared ? header.characterSets.join(pen.repetition) : '';
  const last = ['', '', ack.acceptAck ?? '', ack.applicationAck ?? '', '', declared];
  const filled = last.findLastIndex((field) => field !== '');
  fields.push(...last.slice(0, filled + 1));
  return clean(fields.join(pen.field));
}

function isHigh(header: Header): boolean {
  return /[^\x00-\x7f]/.test(
    header.sendingApplication +
      header.sendingFacility +
      header.receivingApplication +
      header.receivingFacility +
      header.controlId,
  );
}

function msaSegment(ack: Ack, pen: Pen, version: number): string {
  const fields = ['MSA', ack.code, clean(ack.header?.controlId ?? '')];
  // MSA-3 was withdrawn in 2.7; there the text stands in ERR-8.
  if (ack.text && (version < 2.7 || (ack.issues ?? []).length === 0))
    fields.push(pen.text(ack.text));
  return fields.join(pen.field);
}

function errSegments(issues: readonly Issue[], pen: Pen, version: number): string[] {
  const told = issues.slice(0, issuesMax);
  if (version < 2.5)
    return [`ERR${pen.field}${told.map((each) => eld(each, pen)).join(pen.repetition)}`];
  return told.map((issue) => {
    const { code, text } = conditionOf(issue);
    const fields = [
      'ERR',
      '',
      location(issue).join(pen.component),
      [code, pen.text(text), 'HL70357'].join(pen.component),
      severities[issue.severity],
      [pen.text(issue.code), '', 'L'].join(pen.component),
      '',
      '',
      pen.text(issue.diagnostics),
    ];
    return fields.join(pen.field);
  });
}

/** ERR-1, type ELD: segment, its sequence, field, and the code with the sentence. */
function eld(issue: Issue, pen: Pen): string {
  const { code } = conditionOf(issue);
  const [segment = '', sequence = '', field = ''] = location(issue);
  const identifying = [code, pen.text(issue.diagnostics), 'HL70357'].join(pen.subcomponent);
  return [segment, sequence, field, identifying].join(pen.component);
}

/** ERL: segment, sequence, field, repetition, component, subcomponent, as deep as the path goes. */
function location(issue: Issue): string[] {
  const path = parsePath(issue.path ?? '');
  if (!path) return /^[A-Z][A-Z0-9]{2}$/.test(issue.path ?? '') ? [issue.path!] : [];
  const parts = [path.segment, path.occurrence, path.field, path.repetition].map(String);
  if (path.depth === 'component' || path.depth === 'subcomponent') parts.push(`${path.component}`);
  if (path.depth === 'subcomponent') parts.push(`${path.subcomponent}`);
  return parts;
}

/** HL7 table 0516; `F` came with 2.6, and older readers take an unknown letter for none. */
const severities = { fatal: 'E', error: 'E', warning: 'W', information: 'I' } as const;

/** HL7 table 0357, by our codes; what stands nowhere is an application error (207). */
const conditions: Readonly<Record<string, readonly [code: string, text: string]>> = {
  'no-msh': ['100', 'Segment sequence error'],
  'segment-unreadable': ['100', 'Segment sequence error'],
  'several-messages': ['100', 'Segment sequence error'],
  'control-id-missing': ['101', 'Required field missing'],
  'charset-utf16': ['102', 'Data type error'],
  'charset-undecodable': ['102', 'Data type error'],
  'frame-too-large': ['104', 'Value too long'],
  'message-too-large': ['104', 'Value too long'],
  'message-type-unsupported': ['200', 'Unsupported message type'],
  'query-refused': ['200', 'Unsupported message type'],
};

function conditionOf(issue: Issue): { readonly code: string; readonly text: string } {
  const [code, text] = conditions[issue.code] ?? ['207', 'Application internal error'];
  return { code, text };
}

/** `2.3.1` as 2.31, so that versions compare; what cannot be read counts as the default. */
function versionNumber(version: string): number {
  if (version === defaultVersion) return 2.51;
  const match = /^(\d)\.(\d)(?:\.(\d))?/.exec(version.trim() || defaultVersion);
  return match ? Number(`${match[1]}.${match[2]}${match[3] ?? ''}`) : 2.51;
}

let lastSecond = Number.NaN;
let lastTimestamp = '';

/** HL7's TS to the second, in UTC with its offset said; made once for all ACKs of a second. */
function timestamp(timestampUs: number): string {
  const second = Math.floor(timestampUs / 1_000_000);
  if (second !== lastSecond) {
    const iso = new Date(second * 1000).toISOString();
    lastTimestamp = `${iso.slice(0, 19).replace(/[-T:]/g, '')}+0000`;
    lastSecond = second;
  }
  return lastTimestamp;
}
