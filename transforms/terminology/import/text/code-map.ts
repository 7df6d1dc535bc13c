import { relationships } from '../../code-map.ts';
import type { Reader } from '../context.ts';
import { mapWriter } from './map-writer.ts';
import { columnsOf, csvRows, versionOf } from './table-rows.ts';

const required = ['source_code', 'target_system', 'target_code', 'relationship'] as const;
const optional = ['source_system', 'source_display', 'target_display', 'comment'] as const;

const codeColumns = ['source_system', 'source_code', 'target_system', 'target_code'] as const;

/** The CSV maps of a configuration: `terminology/maps/<facility>/<name>@<version>.csv`. */
export const isCodeMap = (head: string): boolean => {
  const [first = ''] = head.split(/\r?\n/);
  return required.filter((name) => first.includes(name)).length >= required.length - 1;
};

export const readCodeMap: Reader = function* (inputs, context) {
  const { findings } = context;
  for (const input of inputs) {
    const writer = mapWriter(input, context);
    const refuse = (line: number, code: string, message: string) =>
      findings.error(input.name, line, code, message);
    let cell: ReturnType<typeof columnsOf<string>> | undefined;
    let width = 0;
    for (const row of csvRows(input, context)) {
      yield row.read;
      if (cell === undefined) {
        width = row.cells.length;
        const more = optional.filter((name) => row.cells.includes(name));
        const known = new Set<string>([...required, ...more]);
        cell = columnsOf<string>([...required, ...more], row, input, context);
        const stranger = row.cells.find((name) => !known.has(name));
        if (stranger !== undefined)
          refuse(row.line, 'column-unknown', `no column is \`${stranger}\``);
        continue;
      }
      if (row.cells.length !== width) {
        const message = `this row has ${row.cells.length} cells, the first line has ${width}`;
        refuse(row.line, 'row-width', message);
        continue;
      }
      const of = cell;
      const text = (name: string) => of(row, name);
      const relationship = text('relationship');
      if (!isSound(text, relationship, (code, message) => refuse(row.line, code, message)))
        continue;
      writer.add(
        {
          ...{ source: text('source_system'), target: text('target_system') },
          ...{ code: text('source_code'), display: text('source_display') || undefined },
          targetCode: text('target_code') || undefined,
          targetDisplay: text('target_display') || undefined,
          ...{ equivalence: relationship, comment: text('comment') || undefined },
        },
        row.line,
      );
    }
    const [, url, version] = /([^/\\]+[/\\][^/\\]+)@([^/\\]+)\.csv$/i.exec(input.name) ?? [];
    const named = context.url ?? url?.replaceAll('\\', '/');
    const release = versionOf(version, input, context);
    if (named === undefined)
      findings.error(input.name, 0, 'url-missing', 'this map has no name; pass --url');
    else if (release !== undefined) writer.end(named, release, { name: named });
  }
};

/** Whether a row says what a row of a map has to say; told where it does not. */
function isSound(
  text: (name: string) => string,
  relationship: string,
  refuse: (code: string, message: string) => void,
): boolean {
  if (!(relationships as readonly string[]).includes(relationship)) {
    const known = relationships.join(', ');
    const message = `there is no relationship \`${relationship}\`; one of ${known}`;
    refuse('relationship-unknown', message);
    return false;
  }
  const isNone = relationship === 'unmatched';
  const ends = [text('target_code'), text('target_system')];
  if (ends.some((end) => (end === '') !== isNone)) {
    const message = `\`${relationship}\` needs a \`target_system\` and a \`target_code\``;
    if (isNone) refuse('target-contradiction', '`unmatched` with a target');
    else refuse('target-missing', message);
    return false;
  }
  const spaced = codeColumns.find((name) => text(name) !== text(name).trim());
  if (spaced !== undefined) refuse('row-invalid', `spaces stand around this \`${spaced}\``);
  return spaced === undefined;
}
