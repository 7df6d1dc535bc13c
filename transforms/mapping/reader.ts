import { compilePath, type Hl7Message, type Path } from '../hl7v2/index.ts';
import type { Cell } from './cell.ts';
import { component, subcomponent } from './cell.ts';
import type { Dialect } from './dialect.ts';
import type { FieldPath } from './field-path.ts';

/** A field path with the parser`s own path beside it, made once when a mapping is compiled. */
export type ReadPath = FieldPath & { readonly whole: Path; readonly name: string };

export function readPath(path: FieldPath): ReadPath {
  const name = `${path.segment}-${path.field}`;
  return { ...path, whole: compilePath(name), name };
}

/** What stands in a field. `null`: the sender wrote `""`, to empty what is there. */
export type FieldState = 'absent' | 'null' | 'value';

export type Field = { readonly state: FieldState; readonly cells: readonly Cell[] };

const absent: Field = { state: 'absent', cells: [] };
const emptied: Field = { state: 'null', cells: [] };

export type Reader = {
  readonly message: Hl7Message;
  readonly names: readonly string[];
  /** All populated repetitions (or the one that the path names) of a field of one segment. */
  field(index: number, path: ReadPath): Field;
  /** One text: the path`s component, or the first one of the field. '' where there is none. */
  text(index: number, path: ReadPath): string;
};

export function createReader(message: Hl7Message, dialect: Dialect): Reader {
  const { segments, delimiters } = message;
  const names = segments.map((segment) => segment.name);
  const splitter = createSplitter(message, dialect);
  // A field is asked for by several rules, conditions and keys: it is divided once.
  const known: (Field | undefined)[][] = [];

  function read(index: number, path: ReadPath): Field {
    const written = segments[index]!.written(path.whole);
    if (written === undefined || written === '') return absent;
    if (written === '""') return dialect.ignoreNull ? absent : emptied;
    const texts = divides(written, delimiters.repetition)
      ? written.split(delimiters.repetition)
      : [written];
    const cells: Cell[] = [];
    for (let at = 0; at < texts.length; at += 1) {
      if (texts[at] === '') continue;
      const cell = splitter(index, path, texts[at]!, at + 1);
      if (populated(cell)) cells.push(cell);
    }
    return cells.length === 0 ? absent : { state: 'value', cells };
  }

  function whole(index: number, path: ReadPath): Field {
    known[index] ??= [];
    const fields = known[index];
    const found = fields[path.field];
    if (found) return found;
    const field = read(index, path);
    fields[path.field] = field;
    return field;
  }

  return {
    message,
    names,
    field(index, path) {
      const field = whole(index, path);
      if (field.state !== 'value') return field;
      return path.component === 0 && path.repetition === 0 ? field : narrowField(field, path);
    },
    text(index, path) {
      const field = whole(index, path);
      if (field.state !== 'value') return '';
      if (path.component === 0 && path.repetition === 0) return component(field.cells[0]!, 1);
      const cell = narrowField(field, path).cells[0];
      return cell ? component(cell, 1) : '';
    },
  };
}

type Splitter = (index: number, path: ReadPath, written: string, repetition: number) => Cell;

/** Divides one repetition into components, decoded. */
function createSplitter(message: Hl7Message, dialect: Dialect): Splitter {
  const { segments, delimiters } = message;
  const offsets: (number | undefined)[] = [];
  const { nullTokens } = dialect;

  const clean = (text: string): string => {
    if (text === '' || text === '""') return '';
    const trimmed = trim(text);
    return nullTokens.size > 0 && nullTokens.has(trimmed) ? '' : trimmed;
  };

  /** `place`: where the text stands, for the rare one that has an escape in it. */
  function unescaped(index: number, written: string, place: Path): string {
    if (!written.includes(delimiters.escape)) return clean(written);
    return clean(segments[index]!.getText(place) ?? '');
  }

  function parts(written: string): Cell['parts'] {
    if (!divides(written, delimiters.component)) return [subcomponents(written)];
    return written.split(delimiters.component).map(subcomponents);
  }

  const subcomponents = (written: string): string | string[] =>
    divides(written, delimiters.subcomponent)
      ? written.split(delimiters.subcomponent).map(clean)
      : clean(written);

  function escapedParts(index: number, written: string, place: Path): Cell['parts'] {
    const texts = divides(written, delimiters.component)
      ? written.split(delimiters.component)
      : [written];
    return texts.map((text, at) => {
      const inside: Path = { ...place, component: at + 1 };
      if (!divides(text, delimiters.subcomponent)) return unescaped(index, text, inside);
      return text.split(delimiters.subcomponent).map((sub, subAt) => {
        const deeper: Path = { ...inside, depth: 'subcomponent', subcomponent: subAt + 1 };
        return unescaped(index, sub, deeper);
      });
    });
  }

  return (index, path, written, repetition) => {
    offsets[index] ??= segments[index]!.offset;
    return {
      parts: divides(written, delimiters.escape)
        ? escapedParts(index, written, { ...path.whole, depth: 'component', repetition })
        : parts(written),
      path: repetition > 1 ? `${path.name}[${repetition}]` : path.name,
      field: path.name,
      offset: offsets[index],
    };
  };
}

function narrowField(field: Field, path: ReadPath): Field {
  const cells: Cell[] = [];
  for (const cell of field.cells) {
    const isWanted = path.repetition <= 1 || cell.path === `${path.name}[${path.repetition}]`;
    if (!isWanted || (path.repetition === 1 && cell.path !== path.name)) continue;
    const narrowed = path.component === 0 ? cell : narrow(cell, path);
    if (populated(narrowed)) cells.push(narrowed);
  }
  return cells.length === 0 ? absent : { state: 'value', cells };
}

const divides = (text: string, separator: string) => separator !== '' && text.includes(separator);

/** The component (or subcomponent) that a path names, as a cell of its own. */
function narrow(cell: Cell, path: ReadPath): Cell {
  const text =
    path.subcomponent === 0
      ? component(cell, path.component)
      : subcomponent(cell, path.component, path.subcomponent);
  return { ...cell, parts: [text], path: `${cell.path}.${path.component}` };
}

function populated(cell: Cell): boolean {
  for (const part of cell.parts) {
    if (typeof part === 'string' ? part !== '' : part.some((text) => text !== '')) return true;
  }
  return false;
}

function trim(text: string): string {
  const first = text.charCodeAt(0);
  const last = text.charCodeAt(text.length - 1);
  return first <= 32 || last <= 32 || first === 0xa0 || last === 0xa0 ? text.trim() : text;
}
