import { createReadStream } from 'node:fs';
import { parse } from 'csv-parse';
import { exitCodes, PlexusError, reasonOf } from '../../../engine/index.ts';
import { linkedRecordsMax } from '../block/index.ts';
import { type Prepared, prepare } from '../compare/index.ts';
import { dateOrderIn, normalisePerson } from '../normalise/index.ts';
import { type Columns, columnsNamed, rawPersonOf } from './columns.ts';

/**
 * The records of all inputs, the first input first, each in the order of its ids: so nothing
 * depends on the order of the rows. A record is known by its position.
 */
export type People = {
  readonly ids: readonly string[];
  readonly prepared: readonly Prepared[];
  /** Position of the first record of the second input; the number of records when there is one. */
  readonly secondFrom: number;
  /** Who each record is in truth, where a column or a pattern says so. */
  readonly truth: readonly string[];
};

/** Where the truth stands: a column, and within it what the first group of a pattern matches. */
export type TruthRule = { readonly column: string; readonly pattern?: RegExp };

type Loading = {
  readonly columns: Columns;
  readonly truth: TruthRule | undefined;
  readonly ids: string[];
  readonly prepared: Prepared[];
  readonly truths: string[];
  readonly dates: DateOrders;
};

/** What the dates of one file say of the order in which it writes them. */
type DateOrders = {
  dayFirst: number;
  monthFirst: number;
  /** Records whose date can be read either way. */
  readonly either: number[];
};

/**
 * Reads the inputs. Throws PlexusError `link-input-unreadable` (no such file), `link-input-empty`,
 * `link-input-malformed` (rows of other lengths, quotes that never end), `link-column-missing`,
 * `link-column-twice`, `link-input-encoding` (no UTF-8), `link-id-missing`, `link-id-duplicate`,
 * `link-input-too-large`.
 */
export async function readPeople(
  files: readonly string[],
  columns: Columns,
  truth?: TruthRule,
  onRow: (records: number) => void = () => {},
): Promise<People> {
  const parts: Loading[] = [];
  for (const file of files) {
    const before = parts.reduce((sum, { ids }) => sum + ids.length, 0);
    const dates = { dayFirst: 0, monthFirst: 0, either: [] };
    const loading: Loading = { columns, truth, ids: [], prepared: [], truths: [], dates };
    await readFile(file, loading, (records) => onRow(before + records));
    correctDates(loading);
    parts.push(inOrder(loading));
    if (before + loading.ids.length > linkedRecordsMax)
      throw wrong('link-input-too-large', `more than ${linkedRecordsMax} records at once`);
  }
  return {
    ids: parts.flatMap(({ ids }) => ids),
    prepared: parts.flatMap(({ prepared }) => prepared),
    secondFrom: parts[0]?.ids.length ?? 0,
    truth: parts.flatMap(({ truths }) => truths),
  };
}

function inOrder(loading: Loading): Loading {
  const { ids } = loading;
  const order = Uint32Array.from(ids, (_id, at) => at).sort((x, y) =>
    ids[x]! < ids[y]! ? -1 : ids[x]! > ids[y]! ? 1 : 0,
  );
  const sorted = <T>(list: readonly T[]): T[] => Array.from(order, (at) => list[at]!);
  const truths = loading.truth === undefined ? [] : sorted(loading.truths);
  return { ...loading, ids: sorted(ids), prepared: sorted(loading.prepared), truths };
}

/** Where the file writes the day first, dates that could be read either way are read so. */
function correctDates({ dates, prepared }: Loading): void {
  if (dates.dayFirst <= dates.monthFirst) return;
  for (const at of dates.either) {
    const { record } = prepared[at]!;
    const [year = '', month = '', day = ''] = record.birthDate?.split('-') ?? [];
    if (day === '') continue;
    prepared[at] = prepare({ ...record, birthDate: `${year}-${day}-${month}` });
  }
}

async function readFile(file: string, loading: Loading, onRow: (records: number) => void) {
  const input = createReadStream(file);
  const rows = parse({ bom: true, trim: true, skip_empty_lines: true, relax_quotes: true });
  input.on('error', (cause) => rows.destroy(cause));
  const known = new Set<string>();
  let take: ((row: readonly string[], line: number) => void) | undefined;
  let line = 0;
  try {
    for await (const row of input.pipe(rows) as AsyncIterable<string[]>) {
      line += 1;
      if (take === undefined) take = rowReader(file, row, loading, known);
      else take(row, line);
      if (loading.ids.length % 1000 === 0) onRow(loading.ids.length);
    }
  } catch (cause) {
    if (cause instanceof PlexusError) throw cause;
    throw csvProblem(file, cause);
  }
  if (known.size === 0)
    throw wrong('link-input-empty', `${file} has no record: it needs a header and rows`);
}

/** What is done with each row, by the header. */
function rowReader(
  file: string,
  header: readonly string[],
  { columns, truth, ids, prepared, truths, dates }: Loading,
  known: Set<string>,
): (row: readonly string[], line: number) => void {
  const named = [...columnsNamed(columns), ...(truth === undefined ? [] : [truth.column])];
  const at = new Map(header.map((name, no) => [name, no]));
  const twice = named.find((name) => header.indexOf(name) !== header.lastIndexOf(name));
  if (twice !== undefined)
    throw wrong('link-column-twice', `${file} has the column ${twice} more than once`);
  const missing = named.filter((name) => !at.has(name));
  if (missing.length > 0) {
    const has = header.join(', ');
    throw wrong(
      'link-column-missing',
      `${file} has no column ${missing.join(', ')}; it has ${has}`,
    );
  }
  return (row, line) => {
    // Names that lose their letters would become one name.
    if (row.some((text) => text.includes('\u{FFFD}')))
      throw wrong('link-input-encoding', `${file}: record ${line} is not UTF-8`);
    const cell = (name: string) => row[at.get(name) ?? -1] ?? '';
    const id = cell(columns.id);
    if (id === '') throw wrong('link-id-missing', `${file}: record ${line} has no ${columns.id}`);
    if (known.has(id))
      throw wrong('link-id-duplicate', `${file}: record ${line} has the id of an earlier record`);
    known.add(id);
    ids.push(id);
    const raw = rawPersonOf(columns, cell);
    const order = dateOrderIn(raw.birthDate ?? '');
    if (order === 'day-first') dates.dayFirst += 1;
    else if (order === 'month-first') dates.monthFirst += 1;
    else if (order === 'either') dates.either.push(prepared.length);
    prepared.push(prepare(normalisePerson(raw)));
    if (truth !== undefined) truths.push(truthOf(truth, cell(truth.column)));
  };
}

function truthOf({ pattern }: TruthRule, text: string): string {
  if (pattern === undefined) return text;
  const match = pattern.exec(text);
  return match?.[1] ?? match?.[0] ?? text;
}

function csvProblem(file: string, cause: unknown): unknown {
  const code = (cause as { code?: unknown }).code;
  if (typeof code !== 'string') return cause;
  if (code.startsWith('CSV_')) {
    const { lines } = cause as { lines?: number };
    const where = lines === undefined ? file : `${file}:${lines}`;
    const why =
      code === 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH'
        ? 'the row has another number of fields than the header'
        : code.slice(4).toLowerCase().replaceAll('_', ' ');
    return wrong('link-input-malformed', `${where}: ${why}`);
  }
  const message = `cannot read ${file}: ${reasonOf(cause)}`;
  return new PlexusError('link-input-unreadable', message, { exit: exitCodes.io, cause });
}

const wrong = (code: string, message: string) =>
  new PlexusError(code, message, { exit: exitCodes.config });
