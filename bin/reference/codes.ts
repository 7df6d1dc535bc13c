import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { head, table } from './page.ts';

/** A stable code and the folder whose files say it. */
export type FoundCode = { readonly code: string; readonly area: string };

/** What each code means, in a sentence: a table of data, kept by hand. */
export const meanings: Readonly<Record<string, string>> = JSON.parse(
  readFileSync(join(import.meta.dirname, 'codes.json'), 'utf8'),
);

const word = `'([a-z0-9]+(?:-[a-z0-9]+)+)'`;
const speakers = 'refuse|refused|error|report|issue|hold|warn|warning|cut|fail|PlexusError';

/** A code stands behind `code:`, or among the first arguments of a function that reports. */
const spoken = [
  new RegExp(`\\bcode: ${word}`, 'g'),
  new RegExp(`\\b(?:${speakers})\\(\\s*(?:[^;']{0,60}?,\\s*)?${word}`, 'g'),
  new RegExp(`\\berrorAt\\(\\s*\\w+,\\s*\\[[^\\]]*\\],\\s*${word}`, 'g'),
];

/** The codes that one source file names as such. */
export function findCodes(file: string, text: string): FoundCode[] {
  const area = file.split('/').slice(0, -1).join('/');
  return spoken.flatMap((pattern) =>
    [...text.matchAll(pattern)].map((hit) => ({ code: hit[1]!, area })),
  );
}

/** Every code with its meaning; codes of data, of configuration and of failures in one list. */
export function codesPage(found: readonly FoundCode[]): string {
  const areas = new Map<string, Set<string>>();
  for (const { code, area } of found) areas.set(code, (areas.get(code) ?? new Set()).add(area));
  const rows = Object.entries(meanings)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([code, meaning]) => [
      `\`${code}\``,
      meaning,
      [...(areas.get(code) ?? [])].sort().join(', '),
    ]);
  const text = [
    'Codes are stable: people script against them, metrics carry them as labels. A code of data',
    'is an issue of a message, a code of configuration stands in `./plexus lint`, a code of a',
    'failure ends a command.',
  ].join('\n');
  return `${head('Codes', text)}\n${table(['code', 'meaning', 'said by'], rows)}\n`;
}
