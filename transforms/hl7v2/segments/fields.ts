import type { Delimiters } from '../delimiters.ts';
import { isPopulated } from '../pieces.ts';
import { nameOf } from './names.ts';

/** One segment, divided. */
export type SegmentFields = {
  /** Where the fields begin in the text; the name is the first of them. */
  readonly starts: readonly number[];
  /** A bit for each field with a value: those below 30, and those below 60. */
  readonly low: number;
  readonly high: number;
};

/** A text as numbers: a list of them is walked over in half the time that the text takes. */
export type Characters = Uint8Array | Uint16Array;

export function charactersOf(text: string): Uint16Array {
  const bytes = Buffer.from(text, 'utf16le');
  if (bytes.byteOffset % 2 === 0)
    return new Uint16Array(bytes.buffer, bytes.byteOffset, text.length);
  return new Uint16Array(Uint8Array.from(bytes).buffer);
}

/** A value longer than this is searched through, not walked over: images come in OBX-5. */
const walkedMax = 64;

/** The message that a segment stands in. */
type Divided = {
  readonly text: string;
  readonly codes: Characters;
  readonly delimiters: Delimiters;
};

/** Walks over a segment once: where its fields begin, and which of them hold anything. */
export function divideFields(
  message: Divided,
  start: number,
  end: number,
  isHeader: boolean,
): SegmentFields {
  const { text, codes, delimiters } = message;
  const separator = delimiters.field.charCodeAt(0);
  const component = codeOf(delimiters.component);
  const repetition = codeOf(delimiters.repetition);
  const subcomponent = codeOf(delimiters.subcomponent);
  positions[0] = start;
  let count = 1;
  let [low, high] = [0, 0];
  let field = isHeader ? 1 : 0;
  for (let at = start; ; field += 1) {
    const near = Math.min(end, at + walkedMax);
    let isPopulatedField = false;
    let code = 0;
    for (; at < near; at += 1) {
      code = codes[at]!;
      if (code === separator) break;
      if (code !== component && code !== repetition && code !== subcomponent)
        isPopulatedField = true;
    }
    if (code !== separator && at < end) {
      const next = text.indexOf(delimiters.field, at);
      const last = next === -1 || next > end ? end : next;
      isPopulatedField ||= isPopulated(text, at, last, delimiters);
      at = last;
    }
    if (isPopulatedField) {
      if (field < 30) low |= 1 << field;
      else if (field < 60) high |= 1 << (field - 30);
    }
    if (at >= end) break;
    at += 1;
    positions[count] = at;
    count += 1;
  }
  const starts = positions.slice(0, count);
  if (count > positionsMax) positions.length = positionsMax;
  // The name stands where a header has its separator, which is a field; elsewhere it is none.
  return { starts, low: low & ~1, high };
}

/** Those of the segment that is divided: a list that grows for each takes twice the room. */
const positions: number[] = [];
const positionsMax = 1_024;

/** -1 for a delimiter that is not declared, which no character is. */
const codeOf = (delimiter: string): number => (delimiter === '' ? -1 : delimiter.charCodeAt(0));

/** Field numbers: those below 60 as bits, as `SegmentFields` has them. */
export type FieldBits = {
  readonly low: number;
  readonly high: number;
  readonly far: readonly number[];
};

export function fieldBits(fields: readonly number[]): FieldBits {
  let [low, high] = [0, 0];
  for (const field of fields) {
    if (field < 30) low |= 1 << field;
    else if (field < 60) high |= 1 << (field - 30);
  }
  return { low, high, far: fields.filter((field) => field >= 60) };
}

const labelsByCode = new Map<number, readonly string[]>();
const namesMax = 1_000;
const fieldsMax = 64;

/** `PID-11`; made once a name, so that a report of fifty fields a message makes no strings. */
export function fieldLabel(code: number, field: number): string {
  return labelsOf(code)[field] ?? `${nameOf(code)}-${field}`;
}

function labelsOf(code: number): readonly string[] {
  const known = labelsByCode.get(code);
  if (known) return known;
  if (labelsByCode.size >= namesMax) return [];
  const labels = Array.from({ length: fieldsMax }, (_, field) => `${nameOf(code)}-${field}`);
  labelsByCode.set(code, labels);
  return labels;
}
