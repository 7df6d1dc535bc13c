import { existsSync } from 'node:fs';
import { stringify } from 'yaml';
import { z } from 'zod';
import { type ConfigIssue, checkYaml, readYaml } from '../../../engine/index.ts';
import { codeMapFile } from '../code-map-file.ts';

/**
 * Who answers for a release stands beside it, `<name>@<version>.yaml`, and not in the CSV: a table
 * with lines that are no rows is read wrong by every spreadsheet.
 */
export const reviewFile = (configDir: string, release: string): string =>
  codeMapFile(configDir, release).replace(/\.csv$/, '.yaml');

const person = z.string().trim().min(1);

const schema = z
  .strictObject({
    owner: person.describe('Who made the release and answers for it.'),
    reviewer: person.describe('Who looked at every row of it; somebody else.'),
    replaces: z.string().optional().describe('The release before it.'),
  })
  .describe('Who answers for a release of a code map.');

export type Review = z.output<typeof schema>;

export const reviewText = (review: Review): string => stringify(review);

/** The two people of a release, and what is wrong with them; a warning where nobody is named. */
export function checkReview(
  configDir: string,
  release: string,
): { readonly review?: Review; readonly issues: readonly ConfigIssue[] } {
  const file = reviewFile(configDir, release);
  if (!existsSync(file)) {
    const place = { file: codeMapFile(configDir, release), line: 1, column: 1 };
    const name = file.split(/[\\/]/).at(-1);
    const message = `this release has no owner and no reviewer: write ${name} beside it`;
    return { issues: [{ ...place, severity: 'warning', code: 'code-map-unreviewed', message }] };
  }
  const yaml = readYaml(file);
  if (yaml.issues.length > 0) return { issues: yaml.issues };
  const { value, issues } = checkYaml(schema, yaml);
  if (value === undefined) return { issues };
  if (value.owner.toLowerCase() !== value.reviewer.toLowerCase()) return { review: value, issues };
  const { line, column } = yaml.valueAt(['reviewer']);
  const message = `${value.reviewer} made this release: a second person has to review it`;
  const code = 'code-map-second-reviewer';
  return { issues: [...issues, { file, line, column, severity: 'error', code, message }] };
}
