import { type ConfigIssue, suggestion, type YamlFile } from '../../../engine/index.ts';
import type { MappingFile } from '../language.ts';
import type { RowTables } from './tables.ts';

/** Fields of a segment that a path can name. */
const columnsMax = 999;

/** What the declarations and message types of one file say wrong. */
export function checkRows(value: MappingFile, rows: RowTables, yaml: YamlFile): ConfigIssue[] {
  const issues: ConfigIssue[] = [];
  const names = [...rows.byName.keys()];
  for (const [name, row] of Object.entries(value.rows ?? {})) {
    const columns = Object.keys(row.columns);
    const at = ['rows', name];
    const named = [['key'], ...Object.keys(row.fields ?? {}).map((field) => ['fields', field])];
    for (const path of named) {
      const list = path.length === 1 ? row.key : row.fields![path[1]!]!;
      for (const [index, column] of list.entries()) {
        if (columns.includes(column) || (column === '' && path.length > 1)) continue;
        const message = `\`${name}\` has no column \`${column}\`; ${suggestion(column, columns)}`;
        const place = yaml.valueAt([...at, ...path, index]);
        issues.push({ ...place, severity: 'error', code: 'row-column-unknown', message });
      }
    }
    for (const field of Object.keys(row.fields ?? {}).filter((one) => columns.includes(one))) {
      const message = `\`${name}\` has a column \`${field}\` already`;
      const place = yaml.keyAt([...at, 'fields', field]);
      issues.push({ ...place, severity: 'error', code: 'row-field-twice', message });
    }
    const count = columns.length + Object.keys(row.fields ?? {}).length;
    if (columns.length > 0 && count <= columnsMax) continue;
    const message = `a row has one to ${columnsMax} columns and fields, this one ${count}`;
    const place = yaml.valueAt([...at, 'columns']);
    issues.push({ ...place, severity: 'error', code: 'row-columns', message });
  }
  for (const [index, test] of (value.tests ?? []).entries()) {
    const told = [test.message, test.row, test.deleted_row].filter((one) => one !== undefined);
    const tables = Object.keys(test.row ?? test.deleted_row ?? {});
    if (told.length === 1 && tables.length === 1 && rows.byName.has(tables[0]!)) continue;
    const message = 'a test of rows tells one row of one table, by `row` or by `deleted_row`';
    const place = yaml.valueAt(['tests', index]);
    issues.push({ ...place, severity: 'error', code: 'row-test', message });
  }
  for (const type of Object.keys(value.messages ?? {})) {
    const [name = ''] = type.split('^');
    if (!/^[a-z_]/.test(name) || rows.byName.has(name)) continue;
    const message = `\`rows\` has no table \`${name}\`; ${suggestion(name, names)}`;
    const place = yaml.keyAt(['messages', type]);
    issues.push({ ...place, severity: 'error', code: 'row-table-unknown', message });
  }
  return issues;
}
