import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { exitCodes, PlexusError, reasonOf } from '../../../engine/index.ts';
import type { RawPerson } from '../normalise/index.ts';

const column = z.string().min(1);
const oneOrMore = z
  .union([column, z.array(column).min(1)])
  .transform((one): readonly string[] => (typeof one === 'string' ? [one] : one));

const schema = z.strictObject({
  id: column,
  given: oneOrMore.optional(),
  middle: oneOrMore.optional(),
  family: oneOrMore.optional(),
  suffix: column.optional(),
  maidenName: column.optional(),
  birthDate: column.optional(),
  sex: column.optional(),
  line: oneOrMore.optional(),
  city: column.optional(),
  state: column.optional(),
  postalCode: column.optional(),
  country: column.optional(),
  phone: oneOrMore.optional(),
  email: oneOrMore.optional(),
  identifier: z.record(z.string().min(1), column).optional(),
});

/** Which column of a file holds which attribute of a person. */
export type Columns = Readonly<z.output<typeof schema>>;

/** Throws PlexusError `link-columns-invalid` when the file is no such JSON. */
export function readColumns(file: string): Columns {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw invalid(file, reasonOf(cause), cause);
  }
  const found = schema.safeParse(value);
  if (found.success) return found.data;
  const [issue] = found.error.issues;
  const path = issue?.path.join('.') ?? '';
  throw invalid(file, `${path === '' ? '' : `${path}: `}${issue?.message ?? 'is wrong'}`);
}

function invalid(file: string, why: string, cause?: unknown): PlexusError {
  const message = `${file} does not say which column is what: ${why}`;
  return new PlexusError('link-columns-invalid', message, { exit: exitCodes.config, cause });
}

/** Every column that is named. */
export function columnsNamed(columns: Columns): readonly string[] {
  const { identifier = {}, ...rest } = columns;
  const named = Object.values(rest)
    .flat()
    .filter((name) => name !== undefined);
  return [...named, ...Object.values(identifier)];
}

/** What a row says of a person; `cell` gives the trimmed text of a column. */
export function rawPersonOf(columns: Columns, cell: (column: string) => string): RawPerson {
  const one = (name: string | undefined) => (name === undefined ? '' : cell(name));
  const all = (names: readonly string[] | undefined) =>
    (names ?? []).map(cell).filter((text) => text !== '');
  const family = all(columns.family).join(' ');
  const maiden = one(columns.maidenName);
  const given = all(columns.given).join(' ');
  const name = { given, middle: all(columns.middle), family, suffix: one(columns.suffix) };
  return {
    names: maiden === '' ? [name] : [name, { given, family: maiden, isFormer: true }],
    birthDate: one(columns.birthDate),
    sex: one(columns.sex),
    addresses: [
      {
        line: all(columns.line),
        city: one(columns.city),
        state: one(columns.state),
        postalCode: one(columns.postalCode),
        country: one(columns.country),
      },
    ],
    phones: all(columns.phone),
    emails: all(columns.email),
    identifiers: Object.entries(columns.identifier ?? {})
      .map(([system, name]) => ({ system, value: cell(name) }))
      .filter(({ value }) => value !== ''),
  };
}
