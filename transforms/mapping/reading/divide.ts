import type { Path } from '../../hl7v2/index.ts';
import { type Cell, isEmpty } from './cell.ts';
import type { Reader, ReadPath } from './reader.ts';

/** A value longer than this is searched through, not walked over: images come in OBX-5. */
export const walkedMax = 256;

/**
 * Components of a field that has neither repetitions, subcomponents nor escapes, as nearly all are:
 * taken from the message without a string in between. Undefined for one that has.
 */
export function plainParts(
  reader: Reader,
  text: string,
  start: number,
  end: number,
): Cell['parts'] | undefined {
  const { component, repetition, subcomponent, escape: mark } = reader.codes;
  const { characters } = reader;
  let count = 0;
  for (let at = start; at < end; at += 1) {
    const code = characters[at]!;
    if (code === component) {
      ends[count] = at;
      count += 1;
    } else if (code === repetition || code === subcomponent || code === mark) return undefined;
  }
  if (count === 0) return [cleanPart(reader, text, start, end)];
  ends[count] = end;
  // A list that grows as it is filled takes room for seventeen.
  const list: string[] = new Array(count + 1);
  let from = start;
  for (let at = 0; at <= count; at += 1) {
    const to = ends[at]!;
    list[at] = to > from ? cleanPart(reader, text, from, to) : '';
    from = to + 1;
  }
  return list;
}

/** Where the components of a field end, while it is divided. */
const ends = new Int32Array(walkedMax + 1);

export function cellsOf(reader: Reader, index: number, path: ReadPath, written: string): Cell[] {
  const texts = divides(written, reader.repetition) ? written.split(reader.repetition) : [written];
  const cells: Cell[] = [];
  for (let at = 0; at < texts.length; at += 1) {
    if (texts[at] === '') continue;
    const cell = cellOf(reader, index, path, texts[at]!, at + 1);
    if (!isEmpty(cell)) cells.push(cell);
  }
  return cells;
}

/** Divides one repetition into components, decoded. */
function cellOf(
  reader: Reader,
  index: number,
  path: ReadPath,
  written: string,
  repetition: number,
): Cell {
  const { name, whole } = path;
  return {
    parts: divides(written, reader.escape)
      ? escapedParts(reader, index, written, { ...whole, depth: 'component', repetition })
      : parts(reader, written),
    path: repetition > 1 ? `${name}[${repetition}]` : name,
    field: name,
    index,
  };
}

function parts(reader: Reader, written: string): Cell['parts'] {
  const hasSubs = divides(written, reader.subcomponent);
  const one = hasSubs ? subcomponents : clean;
  if (!divides(written, reader.component)) return [one(reader, written)];
  const list: (string | string[])[] = written.split(reader.component);
  for (let at = 0; at < list.length; at += 1) {
    const text = list[at] as string;
    if (text !== '') list[at] = one(reader, text);
  }
  return list;
}

function subcomponents(reader: Reader, written: string): string | string[] {
  if (!divides(written, reader.subcomponent)) return clean(reader, written);
  return written.split(reader.subcomponent).map((text) => clean(reader, text));
}

/** `place`: where the text stands, for the rare one that has an escape in it. */
function escapedParts(reader: Reader, index: number, written: string, place: Path): Cell['parts'] {
  const texts = divides(written, reader.component) ? written.split(reader.component) : [written];
  return texts.map((text, at) => {
    const inside: Path = { ...place, component: at + 1 };
    if (!divides(text, reader.subcomponent)) return unescaped(reader, index, text, inside);
    return text.split(reader.subcomponent).map((sub, subAt) => {
      const deeper: Path = { ...inside, depth: 'subcomponent', subcomponent: subAt + 1 };
      return unescaped(reader, index, sub, deeper);
    });
  });
}

function unescaped(reader: Reader, index: number, written: string, place: Path): string {
  if (!written.includes(reader.escape)) return clean(reader, written);
  return clean(reader, reader.segments[index]!.getText(place) ?? '');
}

/** As `clean` has it; most texts are seen to be clean by their first and last character. */
export function cleanPart(reader: Reader, text: string, start: number, end: number): string {
  const { characters } = reader;
  const first = characters[start]!;
  const last = characters[end - 1]!;
  const part = text.slice(start, end);
  const isClean = first > quote && last > space && last < noBreakSpace && first < noBreakSpace;
  return isClean && reader.dialect.nullTokens.size === 0 ? part : clean(reader, part);
}

const [space, quote, noBreakSpace] = [32, 34, 0xa0];

export function clean({ dialect }: Reader, text: string): string {
  if (text === '' || text === '""') return '';
  const trimmed = trim(text);
  return dialect.nullTokens.size > 0 && dialect.nullTokens.has(trimmed) ? '' : trimmed;
}

const divides = (text: string, separator: string) => separator !== '' && text.includes(separator);

function trim(text: string): string {
  const first = text.charCodeAt(0);
  const last = text.charCodeAt(text.length - 1);
  return first <= 32 || last <= 32 || first === 0xa0 || last === 0xa0 ? text.trim() : text;
}
