import { readCsv } from '../../csv.ts';
import type { ImportContext } from '../context.ts';
import { type Input, linesOf } from '../input.ts';

/** A row of a text table; `line` is where it begins. */
export type TableRow = {
  readonly cells: readonly string[];
  readonly line: number;
  /** Bytes since the row before. */
  readonly read: number;
  /** The last line of its file, and without a line end. */
  readonly isUnended?: true;
};

/** A quoted cell that runs on for longer is a quote that was lost. */
const rowCharactersMax = 1024 * 1024;

/** Rows of CSV (RFC 4180), read line by line; a quoted cell may span lines. */
export function* csvRows(input: Input, context: ImportContext): Iterable<TableRow> {
  const { findings, encoding } = context;
  let text = '';
  let begun = 0;
  let before = 0;
  for (const { text: line, number, read } of linesOf(input, findings, encoding)) {
    if (text === '') begun = number;
    text = text === '' ? line : `${text}\n${line}`;
    if (isQuoteOpen(text)) {
      if (text.length < rowCharactersMax) continue;
      findings.fail(input.name, begun, 'csv-quote-open', 'a quoted cell here does not end');
    }
    const { rows, mistake } = readCsv(text);
    if (mistake !== undefined)
      findings.fail(input.name, begun + mistake.line - 1, 'csv-invalid', mistake.message);
    text = '';
    for (const row of rows)
      yield { cells: row.map((cell) => cell.text), line: begun, read: read - before };
    before = read;
  }
  if (text !== '')
    findings.fail(input.name, begun, 'csv-quote-open', 'a quoted cell here does not end');
}

function isQuoteOpen(text: string): boolean {
  let quotes = 0;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) quotes += 1;
  return quotes % 2 === 1;
}

export type SplitOptions = {
  readonly separator: string;
  /** How many cells every row has; the first row's number unless told. */
  readonly width?: number;
  /** The format ends every line; without that the file was cut short. */
  readonly isEnded: boolean;
};

/** Rows of a text file whose cells are never quoted; each has the same number of cells. */
export function* splitRows(
  input: Input,
  context: ImportContext,
  options: SplitOptions,
): Iterable<TableRow> {
  const { findings, encoding } = context;
  const { separator, isEnded } = options;
  let { width } = options;
  let before = 0;
  for (const { text, number, read, isEnded: hasEnd } of linesOf(input, findings, encoding)) {
    if (isEnded && !hasEnd)
      findings.fail(input.name, number, 'file-truncated', 'this file ends within a line');
    if (text === '') continue;
    const cells = text.split(separator);
    width ??= cells.length;
    if (cells.length !== width) {
      const message = `this line has ${cells.length} cells, ${width} are expected`;
      findings.fail(input.name, number, hasEnd ? 'row-width' : 'file-truncated', message);
    }
    const ended = hasEnd ? {} : { isUnended: true as const };
    if (!hasEnd) tellUnended(input, number, context);
    yield { cells, line: number, read: read - before, ...ended };
    before = read;
  }
}

/** Publishers end every line; a last one that is not may have been cut where nobody can see it. */
export function tellUnended(input: Input, line: number, { findings }: ImportContext): void {
  const message = 'the last line has no line end: look whether this file is whole';
  findings.warn(input.name, line, 'file-unended', message);
}

/** Finds the cells of a row by the names in the first row. Stops when one is missing. */
export function columnsOf<const N extends string>(
  names: readonly N[],
  header: TableRow,
  input: Input,
  context: ImportContext,
): (row: TableRow, name: N) => string {
  const places = new Map<string, number>();
  header.cells.forEach((cell, at) => void (places.has(cell) || places.set(cell, at)));
  const twice = names.find((name) => header.cells.indexOf(name) !== header.cells.lastIndexOf(name));
  if (twice !== undefined) {
    const message = `the column ${twice} stands there twice`;
    context.findings.fail(input.name, header.line, 'column-duplicate', message);
  }
  const missing = names.filter((name) => !places.has(name));
  if (missing.length > 0) {
    const message = `the column ${missing.join(', ')} is missing`;
    context.findings.fail(input.name, header.line, 'column-missing', message);
  }
  return (row, name) => row.cells[places.get(name)!] ?? '';
}

/**
 * The rows of a table, each with a way to its cells by the names of their columns; the first row,
 * which has these names, comes without.
 */
export function* namedRows<const N extends string>(
  names: readonly N[],
  rows: Iterable<TableRow>,
  input: Input,
  context: ImportContext,
): Iterable<{ readonly row: TableRow; readonly cell: ((name: N) => string) | undefined }> {
  let cellOf: ((row: TableRow, name: N) => string) | undefined;
  let current: TableRow;
  const cell = (name: N): string => cellOf!(current, name);
  for (const row of rows) {
    current = row;
    yield { row, cell: cellOf && cell };
    cellOf ??= columnsOf(names, row, input, context);
  }
}

/** A version that stands in a file's name, as release files have it. */
export const versionIn = (name: string, pattern: RegExp): string | undefined =>
  pattern.exec(name)?.[1];

/** The version of a release: what the person said, else what the files say. */
export function versionOf(
  found: string | undefined,
  input: Input,
  context: ImportContext,
): string | undefined {
  const version = context.version ?? (found === '' ? undefined : found);
  if (version === undefined)
    context.findings.error(
      ...([input.name, 0, 'version-unknown'] as const),
      'no version of this release is said anywhere; pass --version',
    );
  return version;
}
