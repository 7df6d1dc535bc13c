import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type ConfigIssue, suggestion } from '../../engine/index.ts';
import {
  type CodeMap,
  type Relationship,
  relationships,
  sourceKey,
  type Target,
} from './code-map.ts';
import { type Cell, readCsv } from './csv.ts';

const required = ['source_code', 'target_system', 'target_code', 'relationship'] as const;
const optional = ['source_system', 'source_display', 'target_display', 'comment'] as const;
const columns = [...required, ...optional] as const;
type Column = (typeof columns)[number];

/** `facility/name@version`, the only way to name a release: there is no "latest". */
const releasePattern = /^[a-z0-9][a-z0-9-]*\/[a-z0-9][a-z0-9-]*@[A-Za-z0-9][A-Za-z0-9.-]*$/;

export const isRelease = (text: string): boolean => releasePattern.test(text);

const folderOf = (configDir: string) => join(configDir, 'terminology', 'maps');

/** The file of a release; only a well-formed release has one. */
export function codeMapFile(configDir: string, release: string): string {
  if (!isRelease(release)) throw new Error('not the name of a map release');
  return join(folderOf(configDir), `${release}.csv`);
}

/** Every release that the configuration holds. */
export function codeMapReleases(configDir: string): readonly string[] {
  const folder = folderOf(configDir);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.csv'))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).slice(0, -4))
    .map((name) => name.replaceAll('\\', '/'))
    .filter(isRelease)
    .sort();
}

export type LoadedCodeMap = {
  /** Undefined when there is a mistake. */
  readonly map: CodeMap | undefined;
  /** The first line of each source, by the keys of `map.targets`. */
  readonly lines: ReadonlyMap<string, number>;
  readonly issues: readonly ConfigIssue[];
};

/**
 * Reads and checks one release; each mistake with its line and column. Never throws for content.
 */
export function loadCodeMap(configDir: string, release: string): LoadedCodeMap {
  const file = codeMapFile(configDir, release);
  const issues: ConfigIssue[] = [];
  const report = (place: { line: number; column: number }, code: string, message: string) => {
    const { line, column } = place;
    issues.push({ file, line, column, severity: 'error', code, message });
  };
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA')
      report({ line: 1, column: 1 }, 'code-map-encoding', 'this file is not valid UTF-8');
    else if (code === 'ENOENT')
      report({ line: 1, column: 1 }, 'code-map-missing', 'this file does not exist');
    else
      report({ line: 1, column: 1 }, 'code-map-unreadable', `this file cannot be read (${code})`);
    return { map: undefined, lines: new Map(), issues };
  }
  const { rows, mistake } = readCsv(text);
  if (mistake !== undefined) report(mistake, 'code-map-csv', mistake.message);
  const [header, ...body] = rows;
  const layout = readHeader(header, report);
  if (layout === undefined) return { map: undefined, lines: new Map(), issues };
  const { targets, lines } = readRows(body, layout, header!.length, report);
  if (issues.length > 0) return { map: undefined, lines, issues };
  const systems = [...targets.values()].flatMap((list) => list.map(({ system }) => system));
  return { map: { release, targets, targetSystems: new Set(systems) }, lines, issues };
}

type Report = (place: { line: number; column: number }, code: string, message: string) => void;
type Layout = ReadonlyMap<Column, number>;

function readHeader(header: readonly Cell[] | undefined, report: Report): Layout | undefined {
  if (header === undefined) {
    const message = `this map is empty; its first line names the columns: ${columns.join(', ')}`;
    report({ line: 1, column: 1 }, 'code-map-empty', message);
    return undefined;
  }
  const layout = new Map<Column, number>();
  let isSound = true;
  const refuse = (cell: Cell, message: string) => {
    report(cell, 'code-map-column', message);
    isSound = false;
  };
  header.forEach((cell, index) => {
    const name = columns.find((column) => column === cell.text);
    if (name === undefined)
      refuse(cell, `there is no column \`${cell.text}\`; ${suggestion(cell.text, columns)}`);
    else if (layout.has(name)) refuse(cell, `the column \`${name}\` stands here a second time`);
    else layout.set(name, index);
  });
  for (const name of required)
    if (!layout.has(name)) refuse(header[0]!, `the column \`${name}\` is missing`);
  return isSound ? layout : undefined;
}

function readRows(
  rows: readonly (readonly Cell[])[],
  layout: Layout,
  width: number,
  report: Report,
): { targets: ReadonlyMap<string, readonly Target[]>; lines: ReadonlyMap<string, number> } {
  const targets = new Map<string, Target[]>();
  const firstLine = new Map<string, number>();
  for (const row of rows) {
    const cell = (name: Column): Cell => row[layout.get(name) ?? -1] ?? { ...row[0]!, text: '' };
    if (row.length !== width) {
      const message = `this row has ${row.length} cells, the first line has ${width}`;
      report(row[0]!, 'code-map-row', message);
      continue;
    }
    const relationship = checkRow(cell, report);
    if (relationship === undefined) continue;
    const source = sourceKey(cell('source_system').text, cell('source_code').text);
    const system = cell('target_system').text;
    const code = cell('target_code').text;
    const known = targets.get(source);
    const pair = `${source}\u001f${system}\u001f${code}`;
    const isSecond = firstLine.has(pair);
    const contradicts =
      known !== undefined && (known.length === 0) !== (relationship === 'unmatched');
    if (isSecond || contradicts) {
      const line = firstLine.get(isSecond ? pair : source);
      const what = isSecond
        ? 'gives this source and target already'
        : 'says otherwise whether this source has a match';
      report(cell('source_code'), 'code-map-duplicate', `line ${line} ${what}`);
      continue;
    }
    firstLine.set(pair, row[0]!.line);
    if (!firstLine.has(source)) firstLine.set(source, row[0]!.line);
    const list = known ?? [];
    targets.set(source, list);
    if (relationship === 'unmatched') continue;
    list.push({ system, code, display: cell('target_display').text, relationship });
  }
  return { targets, lines: firstLine };
}

/** The row's relationship, when the row can be used. */
function checkRow(cell: (name: Column) => Cell, report: Report): Relationship | undefined {
  const before = cell('relationship');
  const relationship = relationships.find((word) => word === before.text);
  if (relationship === undefined) {
    const hint = suggestion(before.text, relationships);
    report(before, 'code-map-relationship', `there is no relationship \`${before.text}\`; ${hint}`);
    return undefined;
  }
  let isSound = true;
  const refuse = (name: Column, message: string) => {
    report(cell(name), 'code-map-row', message);
    isSound = false;
  };
  for (const name of ['source_system', 'source_code', 'target_system', 'target_code'] as const) {
    const { text } = cell(name);
    if (text !== text.trim()) refuse(name, `spaces stand around this \`${name}\``);
  }
  if (cell('source_code').text === '') refuse('source_code', 'a row needs a `source_code`');
  for (const name of ['target_system', 'target_code'] as const) {
    const isEmpty = cell(name).text === '';
    if (relationship !== 'unmatched' && isEmpty) refuse(name, `a row needs a \`${name}\``);
    if (relationship === 'unmatched' && !isEmpty)
      refuse(name, `\`unmatched\` says that there is no target, but here is a \`${name}\``);
  }
  return isSound ? relationship : undefined;
}
