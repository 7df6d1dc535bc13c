import type { Issue } from '../../engine/index.ts';
import { type Header, headerAt, skipBlank, startsWith } from './header.ts';

/** Where one message of a batch stands in its bytes: `end` is exclusive. */
export type BatchPart = { readonly start: number; readonly end: number };

export type Batch =
  | { readonly kind: 'single' }
  | {
      readonly kind: 'batch';
      /** FHS-11, else BHS-11, else ''. */
      readonly controlId: string;
      /** Who sent it, for the ACK of the whole: FHS or BHS, else the first MSH. */
      readonly header: Header | undefined;
      readonly parts: readonly BatchPart[];
      readonly issues: readonly Issue[];
    };

/**
 * Finds the messages of a batch (FHS, BHS, MSH.., BTS, FTS; HL7 v2.5.1 section 2.10.3). Bytes with
 * several MSH and no batch header are a batch too. A count in BTS-1 that is wrong and a trailer
 * that is missing (a transfer that broke off?) are issues; the messages that are there can be used
 * all the same.
 */
export function splitBatch(bytes: Buffer): Batch {
  const first = skipBlank(bytes, 0);
  const isFile = startsWith(bytes, first, 'FHS');
  const isBatch = isFile || startsWith(bytes, first, 'BHS');
  if (!isBatch && !(startsWith(bytes, first, 'MSH') && hasSecond(bytes, first + 3))) {
    return { kind: 'single' };
  }
  const marks = findMarks(bytes, first);
  const parts = marks.flatMap(({ name, start, end }) => (name === 'MSH' ? [{ start, end }] : []));
  const envelope = marks.find(({ name }) => name === 'FHS' || name === 'BHS');
  const header = headerAt(bytes, envelope?.start ?? first);
  const controlId = envelopeControlId(bytes, marks) ?? '';
  return {
    kind: 'batch',
    controlId,
    header: envelope && header ? asEnvelope(header, controlId) : header,
    parts,
    issues: [...countIssues(bytes, marks), ...trailerIssues(marks)],
  };
}

type MarkName = 'FHS' | 'BHS' | 'MSH' | 'BTS' | 'FTS';
type Mark = { readonly name: MarkName; readonly start: number; readonly end: number };

const markNames: readonly MarkName[] = ['FHS', 'BHS', 'MSH', 'BTS', 'FTS'];

function hasSecond(bytes: Buffer, from: number): boolean {
  for (let at = bytes.indexOf('MSH', from); at !== -1; at = bytes.indexOf('MSH', at + 3)) {
    if (isMark(bytes, at)) return true;
  }
  return false;
}

/**
 * A batch segment begins a line, and a header declares its delimiters: `MSH-3 is empty` in a note
 * that has line breaks is text.
 */
function isMark(bytes: Buffer, at: number): boolean {
  const before = bytes[at - 1];
  if (before !== 0x0d && before !== 0x0a) return false;
  const lead = bytes.toString('latin1', at, at + 12);
  return headerStart.test(lead) || trailerStart.test(lead);
}

const headerStart = /^(?:MSH|BHS|FHS)([^\w\s"])[^\w\s]{2,5}\1/;
const trailerStart = /^[BF]TS(?:[^\w\s"]|[\r\n]|$)/;

function findMarks(bytes: Buffer, first: number): Mark[] {
  const starts: { name: MarkName; start: number }[] = [];
  for (const name of markNames) {
    for (let at = bytes.indexOf(name, first); at !== -1; at = bytes.indexOf(name, at + 3)) {
      if (at === first || isMark(bytes, at)) starts.push({ name, start: at });
    }
  }
  starts.sort((a, b) => a.start - b.start);
  return starts.map(({ name, start }, index) => ({
    name,
    start,
    end: starts[index + 1]?.start ?? bytes.length,
  }));
}

function fields(bytes: Buffer, mark: Mark): string[] {
  const text = bytes.toString('latin1', mark.start, Math.min(mark.end, mark.start + 4096));
  const line = /^[^\r\n]*/.exec(text)![0];
  return line.split(line.charAt(3) || '|');
}

/** FHS-11 and BHS-11: the separator itself is field 1, so the split counts one less. */
function envelopeControlId(bytes: Buffer, marks: readonly Mark[]): string | undefined {
  for (const name of ['FHS', 'BHS']) {
    const mark = marks.find((each) => each.name === name);
    const id = mark && fields(bytes, mark)[10];
    if (id) return id;
  }
  return undefined;
}

/**
 * FHS and BHS share fields 1 to 7 with MSH; the rest of what MSH says they say elsewhere or not.
 */
function asEnvelope(header: Header, controlId: string): Header {
  return {
    ...header,
    messageType: '',
    messageCode: '',
    triggerEvent: '',
    structure: '',
    controlId,
    processingId: '',
    version: '',
    versionField: '',
    acceptAck: '',
    applicationAck: '',
    characterSets: [],
  };
}

function countIssues(bytes: Buffer, marks: readonly Mark[]): Issue[] {
  const issues: Issue[] = [];
  let messages = 0;
  for (const mark of marks) {
    if (mark.name === 'BHS') messages = 0;
    if (mark.name === 'MSH') messages += 1;
    if (mark.name !== 'BTS') continue;
    const said = fields(bytes, mark)[1] ?? '';
    if (/^\d{1,9}$/.test(said) && Number(said) !== messages) {
      issues.push({
        severity: 'warning',
        code: 'batch-count',
        diagnostics: `The batch trailer counts ${said} messages, the batch has ${messages}.`,
        path: 'BTS-1',
        offset: mark.start,
      });
    }
    messages = 0;
  }
  return issues;
}

function trailerIssues(marks: readonly Mark[]): Issue[] {
  const count = (name: MarkName) => marks.filter((mark) => mark.name === name).length;
  const pairs = [
    ['BHS', 'BTS'],
    ['FHS', 'FTS'],
  ] as const;
  return pairs
    .filter(([head, trailer]) => count(head) > count(trailer))
    .map(([head, trailer]) => ({
      severity: 'warning' as const,
      code: 'batch-trailer-missing',
      diagnostics: `The batch begins with ${head} and has no ${trailer}: was it sent to its end?`,
      path: trailer,
    }));
}
