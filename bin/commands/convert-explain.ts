import { relative } from 'node:path';
import { exitCodes } from '../../engine/index.ts';
import {
  type ExplainedRow,
  explainMapping,
  type LoadedMapping,
} from '../../transforms/mapping/index.ts';
import { type Output, UsageError } from '../command.ts';

type Wish = {
  readonly about: readonly string[];
  readonly message: string | undefined;
  readonly json: boolean;
  readonly out: Output;
};

/** `convert explain`: the rows in force, each with the places that it comes from. */
export function explainRules(mapping: LoadedMapping, { about, message, json, out }: Wish): number {
  if (about.length > 1) throw new UsageError('explain one row, HL7 path or FHIR path at a time');
  const rows = explainMapping(mapping, { message, about: about[0] });
  if (rows === undefined)
    throw new UsageError(`the mapping knows no message \`${message}\`; such ones are quarantined`);
  for (const row of rows) {
    if (json) out.json({ ...row, origins: row.origins.map(placeOf) });
    else print(row, out);
  }
  if (rows.length === 0) out.say('no row of the mapping is about that');
  return exitCodes.ok;
}

const placeOf = <Origin extends { readonly file: string }>(origin: Origin): Origin => ({
  ...origin,
  file: relative('', origin.file),
});

const shown = new Set(['id', 'to', 'note', 'disable']);

function print({ kind, id, path, enabled, row, origins }: ExplainedRow, out: Output): void {
  out.line(`${kind} ${id}: ${path}${enabled ? '' : ' (disabled)'}`);
  for (const [key, value] of Object.entries(row))
    if (!shown.has(key)) out.line(`    ${key}: ${wordOf(value)}`);
  for (const origin of origins) {
    const { file, line, column, says, overridden } = placeOf(origin);
    const gone = overridden.length === 0 ? '' : `; overridden: ${overridden.join(', ')}`;
    out.line(`  ${file}:${line}:${column} ${says.join(', ')}${gone}`);
  }
}

const wordOf = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value);
