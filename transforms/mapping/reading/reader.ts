import {
  type Characters,
  compilePath,
  type Delimiters,
  type Hl7Message,
  nameCode,
  nameOf,
  type Path,
  type Segment,
} from '../../hl7v2/index.ts';
import {
  type Cell,
  component as componentOf,
  isEmpty,
  subcomponent as subcomponentOf,
} from './cell.ts';
import type { Dialect } from './dialect.ts';
import { cellsOf, cleanPart, plainParts, walkedMax } from './divide.ts';
import type { FieldPath } from './field-path.ts';
import { segmentNumber } from './scope-of-shape.ts';

/** A field path with what reading it needs, made once when a mapping is compiled. */
export type ReadPath = FieldPath & {
  /** The parser`s own path of the whole field. */
  readonly whole: Path;
  /** `PID-3`. */
  readonly name: string;
  readonly isWhole: boolean;
  /** By which scopes know the segment. */
  readonly number: number;
};

export function readPath(path: FieldPath): ReadPath {
  const name = `${path.segment}-${path.field}`;
  return {
    ...path,
    // The very string that messages use, so that names are compared by their address.
    segment: nameOf(nameCode(path.segment, 0)),
    number: segmentNumber(path.segment),
    whole: compilePath(name),
    name,
    isWhole: path.component === 0 && path.repetition === 0,
  };
}

/** What stands in a field. `null`: the sender wrote `""`, to empty what is there. */
export type FieldState = 'absent' | 'null' | 'value';

export type Field = { readonly state: FieldState; readonly cells: readonly Cell[] };

const absent: Field = { state: 'absent', cells: [] };
const emptied: Field = { state: 'null', cells: [] };

/** One message, read as its dialect says. */
export type Reader = {
  readonly message: Hl7Message;
  readonly segments: readonly Segment[];
  readonly dialect: Dialect;
  /** The text of the message as numbers. */
  readonly characters: Characters;
  /** A delimiter that occurs nowhere in the message is '': it divides nothing. */
  readonly repetition: string;
  readonly component: string;
  readonly subcomponent: string;
  readonly escape: string;
  /** The same as character codes; -1 for ''. */
  readonly codes: DelimiterCodes;
  /** Fields that were asked for before, by segment: each is divided once. */
  readonly known: ((Field | undefined)[] | undefined)[];
};

type DelimiterCodes = {
  readonly repetition: number;
  readonly component: number;
  readonly subcomponent: number;
  readonly escape: number;
};

const codeOf = (delimiter: string): number => (delimiter === '' ? -1 : delimiter.charCodeAt(0));

export function createReader(message: Hl7Message, dialect: Dialect): Reader {
  const { segments, delimiters, text } = message;
  // MSH-2 itself, where it is what divides, is not looked at.
  const from = segments[0]!.start + 4 + declaredLength(delimiters);
  const occurring = (delimiter: string): string =>
    delimiter !== '' && text.includes(delimiter, from) ? delimiter : '';
  const repetition = occurring(delimiters.repetition);
  const component = occurring(delimiters.component);
  const subcomponent = occurring(delimiters.subcomponent);
  const mark = occurring(delimiters.escape);
  const codes = {
    repetition: codeOf(repetition),
    component: codeOf(component),
    subcomponent: codeOf(subcomponent),
    escape: codeOf(mark),
  };
  return {
    message,
    segments,
    dialect,
    characters: message.codes,
    repetition,
    component,
    subcomponent,
    escape: mark,
    codes,
    known: new Array(segments.length).fill(undefined),
  };
}

function declaredLength(delimiters: Delimiters): number {
  if (!delimiters.declared) return 0;
  const { component: first, repetition, escape: mark, subcomponent: last, truncation } = delimiters;
  return (first + repetition + mark + last + truncation).length;
}

/** All populated repetitions (or the one that the path names) of a field of one segment. */
export function readField(reader: Reader, index: number, path: ReadPath): Field {
  if (!reader.segments[index]!.has(path.field)) return absent;
  const field = wholeField(reader, index, path);
  return path.isWhole || field.state !== 'value' ? field : narrowField(field, path);
}

/** One text: the path`s component, or the first one of the field. '' where there is none. */
export function readText(reader: Reader, index: number, path: ReadPath): string {
  const plain = path.isWhole ? plainText(reader, index, path) : undefined;
  if (plain !== undefined) return plain;
  const cell = readField(reader, index, path).cells[0];
  return cell === undefined ? '' : componentOf(cell, 1);
}

/** A field without anything that divides it, read where it stands; undefined for others. */
export function plainText(reader: Reader, index: number, path: ReadPath): string | undefined {
  const segment = reader.segments[index]!;
  if (!segment.has(path.field)) return '';
  const { text } = reader.message;
  const start = segment.fieldStart(path.field);
  const end = segment.fieldEnd(path.field);
  if (end - start > walkedMax || !isUndivided(reader, start, end)) return undefined;
  segment.markRead(path.field);
  return cleanPart(reader, text, start, end);
}

function isUndivided({ characters, codes }: Reader, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    const code = characters[at]!;
    if (code === codes.component || code === codes.repetition) return false;
    if (code === codes.subcomponent || code === codes.escape) return false;
  }
  return true;
}

function wholeField(reader: Reader, index: number, path: ReadPath): Field {
  const { low, high } = reader.segments[index]!.fields;
  // Behind the first sixty a field is divided each time: hardly any has one.
  if (path.field >= 60) return divide(reader, index, path);
  let fields = reader.known[index];
  if (fields === undefined) {
    fields = new Array<Field | undefined>(bitsOf(low) + bitsOf(high));
    reader.known[index] = fields;
  }
  const place =
    path.field < 30
      ? bitsOf(low & ((1 << path.field) - 1))
      : bitsOf(low) + bitsOf(high & ((1 << (path.field - 30)) - 1));
  const found = fields[place];
  if (found !== undefined) return found;
  const field = divide(reader, index, path);
  fields[place] = field;
  return field;
}

/** How many bits of a number are set. */
function bitsOf(bits: number): number {
  const pairs = bits - ((bits >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

function divide(reader: Reader, index: number, path: ReadPath): Field {
  const segment = reader.segments[index]!;
  segment.markRead(path.field);
  const start = segment.fieldStart(path.field);
  const end = segment.fieldEnd(path.field);
  const { text } = reader.message;
  if (end - start === 2 && text.startsWith('""', start))
    return reader.dialect.ignoreNull ? absent : emptied;
  const parts = end - start > walkedMax ? undefined : plainParts(reader, text, start, end);
  if (parts === undefined) {
    const cells = cellsOf(reader, index, path, text.slice(start, end));
    return cells.length === 0 ? absent : { state: 'value', cells };
  }
  const cell = { parts, path: path.name, field: path.name, index };
  return isEmpty(cell) ? absent : { state: 'value', cells: [cell] };
}

function narrowField(field: Field, path: ReadPath): Field {
  const [first] = field.cells;
  if (path.repetition > 1 && field.cells.length === 1 && first?.path === path.name) return absent;
  const cells: Cell[] = [];
  for (const cell of field.cells) {
    const isWanted = path.repetition <= 1 || cell.path === `${path.name}[${path.repetition}]`;
    if (!isWanted || (path.repetition === 1 && cell.path !== path.name)) continue;
    const narrowed = path.component === 0 ? cell : narrow(cell, path);
    if (!isEmpty(narrowed)) cells.push(narrowed);
  }
  return cells.length === 0 ? absent : { state: 'value', cells };
}

/** The component (or subcomponent) that a path names, as a cell of its own. */
function narrow(cell: Cell, path: ReadPath): Cell {
  const text =
    path.subcomponent === 0
      ? componentOf(cell, path.component)
      : subcomponentOf(cell, path.component, path.subcomponent);
  return { ...cell, parts: [text], path: `${cell.path}.${path.component}` };
}
