import type { Delimiters } from '../delimiters.ts';
import { type EscapeFlag, unescapeText } from '../escape.ts';
import { compilePath, type Path } from '../path.ts';
import { firstPiece, isPopulated as hasValue, piece, pieceCount, pieceStart } from '../pieces.ts';
import {
  type Characters,
  divideFields,
  type FieldBits,
  fieldLabel,
  type SegmentFields,
} from './fields.ts';
import { nameCode, nameOf } from './names.ts';

/** What a segment needs of the message that it stands in. */
export type SegmentSource = {
  /** The whole message, decoded. */
  readonly text: string;
  readonly codes: Characters;
  readonly bytes: Buffer;
  readonly encoding: string;
  readonly delimiters: Delimiters;
  byteOffset(position: number): number;
  flag(code: Parameters<EscapeFlag>[0], segment: Segment, field: number): void;
};

/**
 * `absent`: the segment or the field is not there. `empty`: it is there with nothing in it.
 * `null`: the sender wrote `""`, which says that the value is to be removed.
 */
export type Presence = 'absent' | 'empty' | 'null' | 'value';

const explicitNull = '""';
const mshCode = nameCode('MSH', 0);
const bhsCode = nameCode('BHS', 0);
const fhsCode = nameCode('FHS', 0);

/**
 * One segment of a message, split into fields when first asked. Fields count from 1 as the standard
 * counts: MSH-1 is the field separator. Reading a field marks it as read.
 */
export class Segment {
  readonly message: SegmentSource;
  /** The name as a number, see `nameCode`. */
  readonly code: number;
  /** Position among the segments of the message, from 0. */
  readonly index: number;
  /** Where it stands in the message's text. */
  readonly start: number;
  readonly end: number;
  /** MSH, BHS or FHS, whose first field is the separator. */
  readonly #isHeader: boolean;
  #fields: SegmentFields | undefined;
  /** Fields that somebody read, as bits. */
  #read0 = 0;
  #read1 = 0;
  #read2: Set<number> | undefined;

  constructor(message: SegmentSource, index: number, start: number, end: number) {
    this.message = message;
    const code = nameCode(message.text, start);
    this.code = code;
    this.#isHeader = code === mshCode || code === bhsCode || code === fhsCode;
    this.index = index;
    this.start = start;
    this.end = end;
  }

  get name(): string {
    return nameOf(this.code);
  }

  /** Byte offset in the raw payload. */
  get offset(): number {
    return this.message.byteOffset(this.start);
  }

  /** The number of the last field that is there, valued or not. */
  get fieldCount(): number {
    return this.fields.starts.length - (this.#isHeader ? 0 : 1);
  }

  /** Is there anything in the field but delimiters? Reads nothing and marks nothing. */
  has(field: number): boolean {
    const fields = this.fields;
    if (field < 30) return (fields.low & (1 << field)) !== 0;
    if (field < 60) return (fields.high & (1 << (field - 30))) !== 0;
    return this.#isPopulatedAt(fields.starts, this.#isHeader ? field - 1 : field);
  }

  /** Where a field begins in the text, and where it ends: at the segment's end if not there. */
  fieldStart(field: number): number {
    if (field === 1 && this.#isHeader) return this.start + 3;
    return this.fields.starts[this.#isHeader ? field - 1 : field] ?? this.end;
  }

  fieldEnd(field: number): number {
    if (field === 1 && this.#isHeader) return this.start + 4;
    const next = this.fields.starts[this.#isHeader ? field : field + 1];
    return next === undefined ? this.end : next - 1;
  }

  /**
   * One value, decoded and unescaped: undefined where it is absent, empty or `""`. A field without
   * components is its own first component, as the standard has it.
   */
  value(field: number, repetition = 1, component = 1, subcomponent = 1): string | undefined {
    const written = this.#piece(field, repetition, component, subcomponent);
    if (written === undefined || written === '' || written === explicitNull) return undefined;
    return this.#isHeader && field <= 2 ? written : this.#unescaped(written, field);
  }

  /** The value at a path, whose segment name and occurrence are not looked at. */
  get(path: string | Path): string | undefined {
    const { field, repetition, component, subcomponent } = asPath(path);
    return this.value(field, repetition, component, subcomponent);
  }

  /**
   * All that stands at the path's own level, unescaped with the delimiters below it left in: the
   * whole of OBX-5 where a sender wrote `A & B` and meant it. undefined where absent, empty or
   * `""`.
   */
  getText(path: string | Path): string | undefined {
    const compiled = asPath(path);
    const written = this.written(compiled);
    if (written === undefined || written === '' || written === explicitNull) return undefined;
    return this.#isHeader && compiled.field <= 2
      ? written
      : this.#unescaped(written, compiled.field);
  }

  /** As `getText`, not unescaped, with empty and `""` as they are; undefined where absent. */
  written(path: string | Path): string | undefined {
    const { depth, field, repetition, component, subcomponent } = asPath(path);
    switch (depth) {
      case 'field':
        return this.#field(field);
      case 'repetition':
        return this.#piece(field, repetition, 0, 0);
      case 'component':
        return this.#piece(field, repetition, component, 0);
      case 'subcomponent':
        return this.#piece(field, repetition, component, subcomponent);
      default:
        return depth satisfies never;
    }
  }

  presence(path: string | Path): Presence {
    const compiled = asPath(path);
    const written = this.written(compiled);
    if (written === explicitNull) return 'null';
    if (compiled.depth !== 'field' && this.#field(compiled.field) === explicitNull) return 'null';
    if (written === undefined) return 'absent';
    const { delimiters } = this.message;
    return hasValue(written, 0, written.length, delimiters) ? 'value' : 'empty';
  }

  /** How many repetitions the field has; 0 where it is absent or empty. */
  repetitions(field: number): number {
    const written = this.#field(field);
    return written ? pieceCount(written, this.message.delimiters.repetition) : 0;
  }

  /** How many components a repetition of the field has; 0 where it is absent or empty. */
  components(field: number, repetition = 1): number {
    const written = this.#piece(field, repetition, 0, 0);
    return written ? pieceCount(written, this.message.delimiters.component) : 0;
  }

  /** The bytes that `written` was decoded from; undefined where absent. */
  raw(path: string | Path): Buffer | undefined {
    const compiled = asPath(path);
    const written = this.written(compiled);
    if (written === undefined) return undefined;
    const { message } = this;
    const start = this.fieldStart(compiled.field) + this.#pieceStart(compiled);
    const end = message.byteOffset(start + written.length);
    return message.bytes.subarray(message.byteOffset(start), end);
  }

  /** Byte offset of a field in the raw payload. */
  fieldOffset(field: number): number {
    return this.message.byteOffset(this.fieldStart(field));
  }

  /** Marks a field as read without reading it. */
  markRead(field: number): void {
    if (field < 30) this.#read0 |= 1 << field;
    else if (field < 60) this.#read1 |= 1 << (field - 30);
    else {
      this.#read2 ??= new Set();
      this.#read2.add(field);
    }
  }

  /** Marks the fields of `fieldBits` as read. */
  markReadBits(bits: FieldBits): void {
    this.#read0 |= bits.low;
    this.#read1 |= bits.high;
    for (const field of bits.far) this.markRead(field);
  }

  /** Adds the populated fields that nobody read, as `PID-11`. */
  addUnvisited(found: Set<string>): void {
    const { starts, low, high } = this.fields;
    const left = [low & ~this.#read0, high & ~this.#read1] as const;
    if ((left[0] | left[1]) === 0 && starts.length < 60) return;
    const first = this.#isHeader ? 2 : 1;
    for (let field = first; field < starts.length + first - 1; field += 1) {
      const isLeft =
        field < 60
          ? (left[field < 30 ? 0 : 1] & (1 << (field % 30))) !== 0
          : !this.#read2?.has(field) && this.#isPopulatedAt(starts, field - first + 1);
      if (isLeft) found.add(fieldLabel(this.code, field));
    }
  }

  /** Where its fields are, and which have a value. */
  get fields(): SegmentFields {
    if (this.#fields === undefined) {
      this.#fields = divideFields(this.message, this.start, this.end, this.#isHeader);
    }
    return this.#fields;
  }

  #isPopulatedAt(starts: readonly number[], index: number): boolean {
    const start = starts[index];
    if (start === undefined) return false;
    const next = starts[index + 1];
    const { text, delimiters } = this.message;
    return hasValue(text, start, next === undefined ? this.end : next - 1, delimiters);
  }

  #field(field: number): string | undefined {
    this.markRead(field);
    const start = this.fieldStart(field);
    if (field < 1 || (start === this.end && field > this.fieldCount)) return undefined;
    return this.message.text.slice(start, this.fieldEnd(field));
  }

  /** The part of a field at a place; 0 stops above that level. MSH-1 and MSH-2 have no parts. */
  #piece(
    field: number,
    repetition: number,
    component: number,
    subcomponent: number,
  ): string | undefined {
    let text = this.#field(field);
    if (text === undefined || text === '') return text;
    if (field <= 2 && this.#isHeader) {
      return repetition === 1 && component <= 1 && subcomponent <= 1 ? text : undefined;
    }
    const { delimiters } = this.message;
    text =
      repetition === 1
        ? firstPiece(text, delimiters.repetition)
        : piece(text, delimiters.repetition, repetition);
    if (component === 0 || text === undefined) return text;
    text =
      component === 1
        ? firstPiece(text, delimiters.component)
        : piece(text, delimiters.component, component);
    if (subcomponent === 0 || text === undefined) return text;
    return subcomponent === 1
      ? firstPiece(text, delimiters.subcomponent)
      : piece(text, delimiters.subcomponent, subcomponent);
  }

  #unescaped(written: string, field: number): string {
    const { delimiters, encoding } = this.message;
    if (delimiters.escape === '' || !written.includes(delimiters.escape)) return written;
    return unescapeText(written, delimiters, encoding, (code) =>
      this.message.flag(code, this, field),
    );
  }

  /** From the field's start, as deep as the path goes. */
  #pieceStart(path: Path): number {
    const { delimiters } = this.message;
    let text = this.#field(path.field) ?? '';
    let start = 0;
    const down = (separator: string, number: number) => {
      start += pieceStart(text, separator, number);
      text = piece(text, separator, number) ?? '';
    };
    if (path.depth === 'field' || (path.field <= 2 && this.#isHeader)) return 0;
    down(delimiters.repetition, path.repetition);
    if (path.depth === 'repetition') return start;
    down(delimiters.component, path.component);
    if (path.depth === 'component') return start;
    down(delimiters.subcomponent, path.subcomponent);
    return start;
  }
}

function asPath(path: string | Path): Path {
  return typeof path === 'string' ? compilePath(path) : path;
}
