import type { TestRow } from './language.ts';
import type { RowTables } from './tables.ts';

/** The change that a test of a mapping tells: what it leaves out of a row that is there is NULL. */
export function testChange(rows: RowTables, told: TestRow, isDeleted: boolean): Buffer {
  const [name = '', given = {}] = Object.entries(told)[0] ?? [];
  const table = rows.byName.get(name);
  const values: Record<string, string | null> = {};
  if (!isDeleted) for (const column of table?.columns ?? []) values[column.name] = null;
  for (const [column, value] of Object.entries(given))
    values[column] = value === null ? null : String(value);
  const [schema, plain] = (table?.table ?? `public.${name}`).split('.');
  return Buffer.from(
    JSON.stringify({
      op: isDeleted ? 'd' : 'c',
      before: isDeleted ? values : null,
      after: isDeleted ? null : values,
      source: { schema, table: plain, lsn: 'test' },
    }),
  );
}
