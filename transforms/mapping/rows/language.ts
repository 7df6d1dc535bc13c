import { z } from 'zod';

/** A lower-case identifier, as a database folds it. */
export const rowName = /^[a-z_][a-z0-9_]{0,62}$/;

/** What a column may hold, in the words of both front ends of `channels/cdc`. */
export const columnTypes = [
  'text',
  'integer',
  'decimal',
  'boolean',
  'date',
  'time',
  'timestamp',
  'timestamptz',
  'uuid',
  'bytes',
  'json',
] as const;
export type ColumnType = (typeof columnTypes)[number];

const table = z.strictObject({
  table: z
    .string()
    .optional()
    .describe('As `schema.table` where it is another than `public` and the name of the row.'),
  columns: z
    .record(
      z.string().regex(rowName, 'a column is a lower-case identifier'),
      z.enum(columnTypes).nullable(),
    )
    .describe('All columns, in order, each with its type, or with nothing where any will do.'),
  fields: z
    .record(
      z.string().regex(rowName, 'a field is a lower-case identifier'),
      z.array(z.string()).min(1),
    )
    .optional()
    .describe(
      'Fields made of columns, in the order of the components that a conversion reads, as ' +
        '`name: [family, given]` for HumanName; an empty text leaves one out.',
    ),
  key: z.array(z.string()).min(1).describe('Columns of the primary key.'),
});

/** The part of a mapping file that says which tables of a database it reads. */
export const rowKeys = {
  rows: z
    .record(z.string().regex(rowName, 'a row is a lower-case identifier'), table)
    .optional()
    .describe(
      'Tables of a database, for change data capture. Rules then say `from: specimen.ward`, and ' +
        '`messages` names `specimen` (a row that is there) and `specimen^delete`.',
    ),
};

/** One table and a row of it, in a test. */
export const testRow = z.record(
  z.string(),
  z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
);

export type TestRow = z.infer<typeof testRow>;
export type RowTableRow = z.infer<typeof table>;

/** A message type of a row: the table, or the table and `delete`. */
export const rowMessageType = /^[a-z_][a-z0-9_]{0,62}(?:\^delete)?$/;

/** Second half of the message type of a deleted row. */
export const deleteTrigger = 'delete';
