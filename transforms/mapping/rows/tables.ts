import type { ColumnType, RowTableRow } from './language.ts';

/** A declared table; its row is a segment of a message, and its columns are the fields. */
export type RowTable = {
  /** As the mapping calls it. */
  readonly name: string;
  /** `schema.table`, as the database does. */
  readonly table: string;
  /** `Z00`: no sender has it, as no sender writes such a message. */
  readonly segment: string;
  /** The field of a column is its place, from 1. */
  readonly columns: readonly { readonly name: string; readonly type: ColumnType | undefined }[];
  /** Made of columns; they follow the columns. */
  readonly fields: readonly { readonly name: string; readonly columns: readonly string[] }[];
  readonly key: readonly string[];
};

export type RowTables = {
  readonly byName: ReadonlyMap<string, RowTable>;
  /** By `schema.table`. */
  readonly byTable: ReadonlyMap<string, RowTable>;
  /** `specimen.ward` for each `Z00-3` in a text, `specimen` for each `Z00`. */
  shown(text: string): string;
};

export function rowTables(rows: ReadonlyMap<string, RowTableRow>): RowTables {
  const byName = new Map<string, RowTable>();
  const bySegment = new Map<string, RowTable>();
  for (const [name, row] of rows) {
    const table: RowTable = {
      name,
      table: row.table ?? `public.${name}`,
      segment: `Z${byName.size.toString(36).toUpperCase().padStart(2, '0')}`,
      columns: Object.entries(row.columns).map(([column, type]) => ({
        name: column,
        type: type ?? undefined,
      })),
      fields: Object.entries(row.fields ?? {}).map(([field, columns]) => ({
        name: field,
        columns,
      })),
      key: row.key,
    };
    byName.set(name, table);
    bySegment.set(table.segment, table);
  }
  return {
    byName,
    byTable: new Map([...byName.values()].map((table) => [table.table, table])),
    shown: (text) =>
      text.replaceAll(/\b(Z[0-9A-Z]{2})(?:-(\d+)(?:\[\d+\])?(?:\.\d+)*)?\b/g, (found, name, at) => {
        const table = bySegment.get(name);
        if (table === undefined) return found;
        const column = at === undefined ? undefined : namesOf(table)[Number(at) - 1];
        return column === undefined ? table.name : `${table.name}.${column}`;
      }),
  };
}

/** What paths may name, in the order of the segment's fields. */
export const namesOf = ({ columns, fields }: RowTable): readonly string[] =>
  [...columns, ...fields].map(({ name }) => name);

/**
 * The loss report in columns: one that is read as part of a field is read, and a field is none.
 */
export function unreadColumns({ byName }: RowTables, unread: readonly string[]): string[] {
  return unread.filter((path) => {
    const [name = '', column = ''] = path.split('.');
    const table = byName.get(name);
    if (table === undefined || !table.columns.some((known) => known.name === column)) return false;
    const parts = table.fields.filter((field) => field.columns.includes(column));
    return parts.every((field) => unread.includes(`${name}.${field.name}`));
  });
}

/** `Z00-3`; undefined for a column that the table does not declare. */
export function fieldOfColumn(table: RowTable, column: string): string | undefined {
  const at = namesOf(table).indexOf(column);
  return at < 0 ? undefined : `${table.segment}-${at + 1}`;
}
