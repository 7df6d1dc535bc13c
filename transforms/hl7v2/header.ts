import { isUtf8 } from 'node:buffer';
import { type Delimiters, readDelimiters } from './delimiters.ts';
import { firstPiece, piece } from './pieces.ts';

/**
 * What the outside of a message says, read from the bytes of its MSH alone. All values are as
 * written: not unescaped, so that an ACK in the same delimiters can repeat them.
 */
export type Header = {
  readonly fieldSeparator: string;
  readonly componentSeparator: string;
  readonly repetitionSeparator: string;
  readonly escapeCharacter: string;
  readonly subcomponentSeparator: string;
  /** MSH-2 whole, with the truncation character where there is one; `^~\&` where it is damaged. */
  readonly encodingCharacters: string;
  /** MSH-3 to MSH-6, each the whole field. */
  readonly sendingApplication: string;
  readonly sendingFacility: string;
  readonly receivingApplication: string;
  readonly receivingFacility: string;
  /** MSH-7. */
  readonly timestamp: string;
  /** MSH-9.1 and MSH-9.2, as `ADT^A01` whatever the delimiters are. */
  readonly messageType: string;
  readonly messageCode: string;
  readonly triggerEvent: string;
  /** MSH-9.3. */
  readonly structure: string;
  /** MSH-10. */
  readonly controlId: string;
  /** MSH-11. */
  readonly processingId: string;
  /** MSH-12.1. */
  readonly version: string;
  /** MSH-12 whole, e.g. `2.5^FRA^2.11`. */
  readonly versionField: string;
  /** MSH-15 and MSH-16. */
  readonly acceptAck: string;
  readonly applicationAck: string;
  /** MSH-18, a name a repetition. */
  readonly characterSets: readonly string[];
  /** How the bytes of the segment were read into these strings. */
  readonly bytesAs: 'latin1' | 'utf8';
  /** Offset of `MSH`, and of the end of the segment. */
  readonly start: number;
  readonly end: number;
};

/**
 * Reads the header of the message that the bytes begin with; undefined when they begin with no
 * MSH.
 */
export function peekHeader(bytes: Buffer): Header | undefined {
  const start = skipBlank(bytes, 0);
  return startsWith(bytes, start, 'MSH') ? headerAt(bytes, start) : undefined;
}

/** An MSH has a few hundred bytes; one of megabytes is not split on the way to its ACK. */
const headerBytesMax = 8_192;

/** Reads the header segment (MSH; FHS and BHS have the same first seven fields) at `start`. */
export function headerAt(bytes: Buffer, start: number): Header | undefined {
  const end = segmentEnd(bytes, start);
  const readEnd = Math.min(end, start + headerBytesMax);
  const latin1 = bytes.toString('latin1', start, readEnd);
  const isUtf8Text = /[^\0-\x7f]/.test(latin1) && isUtf8(bytes.subarray(start, readEnd));
  const text = isUtf8Text ? bytes.toString('utf8', start, readEnd) : latin1;
  const delimiters = readDelimiters(text, 0);
  if (!delimiters) return undefined;
  const fields = text.split(delimiters.field);
  const bytesAs = isUtf8Text ? 'utf8' : 'latin1';
  return read(fields, delimiters, { bytesAs, start, end });
}

function read(
  fields: readonly string[],
  delimiters: Delimiters,
  where: Pick<Header, 'bytesAs' | 'start' | 'end'>,
): Header {
  const { component, repetition } = delimiters;
  const type = firstPiece(fields[8] ?? '', repetition);
  const messageCode = firstPiece(type, component);
  const triggerEvent = piece(type, component, 2) ?? '';
  const versionField = fields[11] ?? '';
  return {
    fieldSeparator: delimiters.field,
    componentSeparator: component,
    repetitionSeparator: repetition,
    escapeCharacter: delimiters.escape,
    subcomponentSeparator: delimiters.subcomponent,
    encodingCharacters: delimiters.declared ? (fields[1] ?? '') : '^~\\&',
    sendingApplication: fields[2] ?? '',
    sendingFacility: fields[3] ?? '',
    receivingApplication: fields[4] ?? '',
    receivingFacility: fields[5] ?? '',
    timestamp: fields[6] ?? '',
    messageType: triggerEvent ? `${messageCode}^${triggerEvent}` : messageCode,
    messageCode,
    triggerEvent,
    structure: piece(type, component, 3) ?? '',
    controlId: fields[9] ?? '',
    processingId: fields[10] ?? '',
    version: firstPiece(versionField, component),
    versionField,
    acceptAck: fields[14] ?? '',
    applicationAck: fields[15] ?? '',
    characterSets: fields[17] ? namesOf(fields[17], repetition) : noNames,
    bytesAs: where.bytesAs,
    start: where.start,
    end: where.end,
  };
}

const noNames: readonly string[] = [];

function namesOf(field: string, repetition: string): string[] {
  const names = repetition === '' ? [field] : field.split(repetition);
  return names.filter((name) => name !== '');
}

/** Sender, facility and control id: what a resend has in common with the first sending (G4). */
export function dedupeKey(header: Header): string {
  return `${header.sendingApplication}|${header.sendingFacility}|${header.controlId}`;
}

/** Offset of the first byte that is neither a UTF-8 BOM nor white space nor a framing byte. */
export function skipBlank(bytes: Buffer, from: number): number {
  let at = from;
  if (bytes[at] === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf) at += 3;
  while (at < bytes.length && bytes[at]! <= 0x20 && bytes[at] !== 0) at += 1;
  return at;
}

export function startsWith(bytes: Buffer, at: number, name: string): boolean {
  return (
    bytes[at] === name.charCodeAt(0) &&
    bytes[at + 1] === name.charCodeAt(1) &&
    bytes[at + 2] === name.charCodeAt(2)
  );
}

/** Offset of the first CR or LF at or after `from`, or the end of the bytes. */
function segmentEnd(bytes: Buffer, from: number): number {
  for (let at = from; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === 0x0d || byte === 0x0a) return at;
  }
  return bytes.length;
}
