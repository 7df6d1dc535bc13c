import type { TypeWord } from '../change.ts';

/** Object ids of PostgreSQL's own types (pg_type.dat); they never change. */
const words: Readonly<Record<number, TypeWord>> = {
  16: 'boolean',
  17: 'bytes',
  18: 'text',
  19: 'text',
  20: 'integer',
  21: 'integer',
  23: 'integer',
  25: 'text',
  26: 'integer',
  114: 'json',
  142: 'text',
  700: 'decimal',
  701: 'decimal',
  1042: 'text',
  1043: 'text',
  1082: 'date',
  1083: 'time',
  1114: 'timestamp',
  1184: 'timestamptz',
  1266: 'time',
  1700: 'decimal',
  2950: 'uuid',
  3802: 'json',
};

/** Undefined for arrays, enums, domains and what else has no word. */
export const wordOf = (typeOid: number): TypeWord | undefined => words[typeOid];

/** Settings of a session whose texts are the same wherever the server stands. */
export const sessionOptions =
  '-c timezone=UTC -c datestyle=ISO -c intervalstyle=iso_8601 -c bytea_output=hex';

/** The server's text of a value, as it lands: ISO 8601, `true`, base64. */
export function landedText(text: string, typeOid: number): string {
  switch (typeOid) {
    case 16:
      return text === 't' ? 'true' : 'false';
    case 17:
      return Buffer.from(text.slice(2), 'hex').toString('base64');
    case 1114:
      return text.replace(' ', 'T');
    case 1184:
      return text.replace(' ', 'T').replace(/\+00$/, 'Z');
    default:
      return text;
  }
}
