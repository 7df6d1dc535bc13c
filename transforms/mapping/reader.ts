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
  const offsets: (number | undefined)[] = [];

  /** `place`: where the text stands, for the rare one that has an escape in it. */
  function decode(index: number, written: string, place: Path): string {
    if (written === '' || written === '""') return '';
    const isPlain = delimiters.escape === '' || !written.includes(delimiters.escape);
    const text = trim(isPlain ? written : (segments[index]!.getText(place) ?? ''));
    return dialect.nullTokens.size > 0 && dialect.nullTokens.has(text) ? '' : text;
  }

  function componentOf(index: number, written: string, place: Path): string | string[] {
    if (!divides(written, delimiters.subcomponent)) return decode(index, written, place);
    return written.split(delimiters.subcomponent).map((text, at) => {
      const inside: Path = { ...place, depth: 'subcomponent', subcomponent: at + 1 };
      return decode(index, text, inside);
    });
  }

  function parts(index: number, written: string, place: Path): Cell['parts'] {
    if (!divides(written, delimiters.component)) return [componentOf(index, written, place)];
    return written
      .split(delimiters.component)
      .map((text, at) => componentOf(index, text, { ...place, component: at + 1 }));
  }

  function cellOf(index: number, path: ReadPath, written: string, repetition: number): Cell {
    offsets[index] ??= segments[index]!.offset;
    return {
      parts: parts(index, written, { ...path.whole, depth: 'component', repetition }),
      path: repetition > 1 ? `${path.name}[${repetition}]` : path.name,
      field: path.name,
      offset: offsets[index],
    };
  }

  function cellsOf(index: number, path: ReadPath, written: string): Field {
    const texts = divides(written, delimiters.repetition)
      ? written.split(delimiters.repetition)
      : [written];
    const cells: Cell[] = [];
    for (const [at, text] of texts.entries()) {
      if (text === '' || (path.repetition !== 0 && path.repetition !== at + 1)) continue;
      const cell = cellOf(index, path, text, at + 1);
      const narrowed = path.component === 0 ? cell : narrow(cell, path);
      if (populated(narrowed)) cells.push(narrowed);
    }
    return cells.length === 0 ? absent : { state: 'value', cells };
  }

  return {
    message,
    names,
    field(index, path) {
      const written = segments[index]!.written(path.whole);
      if (written === undefined || written === '') return absent;
      if (written === '""') return dialect.ignoreNull ? absent : emptied;
      return cellsOf(index, path, written);
    },
    text(index, path) {
      const written = segments[index]!.written(path.whole);
      if (written === undefined || written === '' || written === '""') return '';
      const cell = cellsOf(index, path, written).cells[0];
      if (!cell) return '';
      return component(cell, 1);
    },
  };
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
