/** A cell and where it begins, 1-based as editors count. */
export type Cell = { readonly text: string; readonly line: number; readonly column: number };

export type CsvMistake = Cell & { readonly message: string };

/** A quoted or a plain cell, and what ends it. */
const cellPattern = /(?:"([^"]*(?:""[^"]*)*)"|([^",\r\n]*))(,|\r\n|\n|$)/y;

/**
 * Reads CSV strictly (RFC 4180; LF or CRLF, a BOM is skipped, empty lines are no rows) and
 * remembers the place of every cell, so that a mistake is reported where the analyst sees it.
 * Never throws; reading ends at the first mistake, because what follows a misplaced quote means
 * nothing.
 */
export function readCsv(text: string): {
  readonly rows: readonly (readonly Cell[])[];
  readonly mistake: CsvMistake | undefined;
} {
  const rows: Cell[][] = [];
  let row: Cell[] = [];
  let line = 1;
  let position = text.startsWith('\ufeff') ? 1 : 0;
  let lineStart = position;
  while (position < text.length || row.length > 0) {
    const place = { line, column: position - lineStart + 1 };
    cellPattern.lastIndex = position;
    const found = cellPattern.exec(text);
    if (found === null) {
      const isOpen = text[position] === '"';
      const message = isOpen
        ? 'this quoted cell does not end with a quote before a comma or the end of the line'
        : 'a cell that holds a quote must stand in quotes';
      return { rows, mistake: { text: '', ...place, message } };
    }
    const [whole, quoted, plain, end] = found;
    row.push({ text: quoted === undefined ? plain! : quoted.replaceAll('""', '"'), ...place });
    for (const { index } of (quoted ?? '').matchAll(/\n/g)) {
      line += 1;
      lineStart = position + index + 2;
    }
    position += whole.length;
    if (end === ',') continue;
    if (row.length > 1 || row[0]!.text !== '') rows.push(row);
    row = [];
    line += 1;
    lineStart = position;
  }
  return { rows, mistake: undefined };
}
