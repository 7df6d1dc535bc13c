import { isAscii, isUtf8 } from 'node:buffer';
import { type Delimiters, readDelimiters } from './delimiters.ts';

/**
 * What the outside of a message says, read from the bytes of its MSH alone. All values are as written:
 * not unescaped, so that an ACK in the same delimiters can repeat them.
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

/** Reads the header of the message that the bytes begin with; undefined when they begin with no MSH. */
export function peekHeader(bytes: Buffer): Header | undefined {
  const start = skipBlank(bytes, 0);
  return startsWith(bytes, start, 'MSH') ? headerAt(bytes, start) : undefined;
}

/** Reads the header segment (MSH; FHS and BHS have the same first seven fields) at `start`. */
export function headerAt(bytes: Buffer, start: number): Header | undefined {
  const end = segmentEnd(bytes, start);
  const segment = bytes.subarray(start, end);
  const bytesAs = !isAscii(segment) && isUtf8(segment) ? 'utf8' : 'latin1';
  const text = segment.toString(bytesAs);
  const delimiters = readDelimiters(text, 0);
  if (!delimiters) return undefined;
  const fields = text.split(delimiters.field);
  return { ...read(fields, delimiters), bytesAs, start, end };
}

function read(fields: readonly string[], delimiters: Delimiters) {
  const field = (number: number) => fields[number - 1] ?? '';
  const [messageCode = '', triggerEvent = '', structure = ''] = pieces(
    firstOf(field(9), delimiters.repetition),
    delimiters.component,
  );
  return {
    fieldSeparator: delimiters.field,
    componentSeparator: delimiters.component,
    repetitionSeparator: delimiters.repetition,
    escapeCharacter: delimiters.escape,
    subcomponentSeparator: delimiters.subcomponent,
    encodingCharacters: delimiters.declared ? field(2) : '^~\\&',
    sendingApplication: field(3),
    sendingFacility: field(4),
    receivingApplication: field(5),
    receivingFacility: field(6),
    timestamp: field(7),
    messageType: triggerEvent ? `${messageCode}^${triggerEvent}` : messageCode,
    messageCode,
    triggerEvent,
    structure,
    controlId: field(10),
    processingId: field(11),
    version: firstOf(field(12), delimiters.component),
    versionField: field(12),
    acceptAck: field(15),
    applicationAck: field(16),
    characterSets: pieces(field(18), delimiters.repetition).filter((name) => name !== ''),
  };
}

function pieces(text: string, separator: string): string[] {
  return separator === '' ? [text] : text.split(separator);
}

function firstOf(text: string, separator: string): string {
  return pieces(text, separator)[0] ?? '';
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
export function segmentEnd(bytes: Buffer, from: number): number {
  for (let at = from; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === 0x0d || byte === 0x0a) return at;
  }
  return bytes.length;
}
