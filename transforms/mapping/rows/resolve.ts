import { type ConfigIssue, suggestion, type YamlFile } from '../../../engine/index.ts';
import type { MappingFile } from '../language.ts';
import type { Layer } from '../merge.ts';
import type { Path } from '../report.ts';
import { checkRows } from './check.ts';
import type { RowTableRow } from './language.ts';
import { fieldOfColumn, namesOf, type RowTables, rowTables } from './tables.ts';

export type Resolved = {
  readonly layers: readonly Layer[];
  /** Undefined where no layer declares a table. */
  readonly rows: RowTables | undefined;
  readonly issues: readonly ConfigIssue[];
};

/**
 * Writes `specimen.ward` as the field that it is in the message of a row, so that readers,
 * conversions and checks are those of HL7. A table or column that is not declared is an issue.
 */
export function resolveRows(
  layers: readonly Layer[],
  files: ReadonlyMap<string, YamlFile>,
): Resolved {
  const declared = new Map<string, RowTableRow>();
  for (const { value } of layers)
    for (const [name, row] of Object.entries(value.rows ?? {})) declared.set(name, row);
  if (declared.size === 0) return { layers, rows: undefined, issues: [] };
  const rows = rowTables(declared);
  const issues: ConfigIssue[] = layers.flatMap((layer) =>
    checkRows(layer.value, rows, files.get(layer.file)!),
  );
  const resolved = layers.map((layer): Layer => {
    const yaml = files.get(layer.file)!;
    const report = (isKey: boolean, code: string, message: string, at: Path): void => {
      const place = isKey ? yaml.keyAt(at) : yaml.valueAt(at);
      issues.push({ ...place, severity: 'error', code, message });
    };
    return { ...layer, value: resolveValue(layer.value, rows, report) as MappingFile };
  });
  return { layers: resolved, rows, issues };
}

type Report = (isKey: boolean, code: string, message: string, at: Path) => void;

/** Keys of rows whose strings are paths, whatever lists and objects lie between. */
const pathKeys = new Set([
  'from',
  'each',
  'key',
  'ignore',
  'by',
  'once',
  'identifier',
  'like',
  'place',
  'code',
  'first',
]);
const conditionKeys = new Set(['when', 'corrects', 'cancels', 'deletes']);
const sections = new Set(['resources', 'parts', 'rules', 'ignore', 'dialect']);

function resolveValue(value: MappingFile, rows: RowTables, report: Report): unknown {
  const entries = Object.entries(value).map(([section, inside]) => {
    if (!sections.has(section)) return [section, inside];
    const { default_code_systems: systems, ...rest } = inside as Record<string, unknown>;
    if (section !== 'dialect') return [section, within(inside, section === 'ignore', [section])];
    if (systems === undefined) return [section, rest];
    const at = [section, 'default_code_systems'];
    return [section, { ...rest, default_code_systems: keysOf(systems as object, at) }];
  });
  return Object.fromEntries(entries);

  function within(inside: unknown, isPath: boolean, at: Path): unknown {
    if (typeof inside === 'string') return isPath ? field(inside, false, at) : inside;
    if (Array.isArray(inside))
      return inside.map((item, index) => within(item, isPath, [...at, index]));
    if (typeof inside !== 'object' || inside === null) return inside;
    return Object.fromEntries(
      Object.entries(inside).map(([key, member]) => {
        const here = [...at, key];
        if (key === 'value' || key === 'ended' || key === 'deleted') return [key, member];
        if (conditionKeys.has(key)) return [key, conditions(member, here)];
        if (key === 'with') return [key, settings(member as object, here)];
        return [key, within(member, isPath || pathKeys.has(key), here)];
      }),
    );
  }

  function conditions(member: unknown, at: Path): unknown {
    if (!Array.isArray(member)) return keysOf((member ?? {}) as object, at);
    return member.map((clauses, index) => keysOf(clauses as object, [...at, index]));
  }

  function keysOf(clauses: object, at: Path): unknown {
    return Object.fromEntries(
      Object.entries(clauses).map(([key, wanted]) => {
        const isNot = key.startsWith('not ');
        const path = field(isNot ? key.slice(4) : key, true, [...at, key]);
        return [isNot ? `not ${path}` : path, wanted];
      }),
    );
  }

  /** A setting that names a column stands for a field beside it. */
  function settings(member: object, at: Path): unknown {
    return Object.fromEntries(
      Object.entries(member).map(([key, setting]) => {
        const table = rows.byName.get(String(setting).split('.')[0]!);
        if (table === undefined || !rowPath.test(String(setting))) return [key, setting];
        return [key, Number(field(String(setting), false, [...at, key]).split('-')[1])];
      }),
    );
  }

  function field(text: string, isKey: boolean, at: Path): string {
    if (at.at(-1) === 'each' && rows.byName.has(text)) return rows.byName.get(text)!.segment;
    const [, name = '', column = ''] = rowPath.exec(text) ?? [];
    if (name === '') return text;
    const table = rows.byName.get(name);
    if (table === undefined) {
      const hint = suggestion(name, [...rows.byName.keys()]);
      report(isKey, 'row-table-unknown', `\`rows\` has no table \`${name}\`; ${hint}`, at);
      return text;
    }
    const found = fieldOfColumn(table, column);
    if (found !== undefined) return found;
    const hint = suggestion(column, namesOf(table));
    report(isKey, 'row-column-unknown', `\`${name}\` has no column \`${column}\`; ${hint}`, at);
    return text;
  }
}

/** `specimen.ward`. */
const rowPath = /^([a-z_][a-z0-9_]*)\.([a-z_][a-z0-9_]*)$/;
