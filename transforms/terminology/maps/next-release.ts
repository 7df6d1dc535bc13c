import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type ConfigIssue, exitCodes, PlexusError } from '../../../engine/index.ts';
import { sourceKey } from '../code-map.ts';
import { codeMapFile, loadCodeMap } from '../code-map-file.ts';
import { readCsv } from '../csv.ts';
import type { CodeDecision } from '../worklist/index.ts';
import { reviewFile, reviewText } from './review.ts';

/** A decision on the work list, as a row of the next release. */
export type DecidedCode = {
  readonly system: string;
  readonly code: string;
  readonly display: string;
  readonly decision: CodeDecision;
};

/** The two people that a release needs. */
export type TwoPeople = { readonly owner: string; readonly reviewer: string };

const columns = [
  ...['source_system', 'source_code', 'source_display', 'target_system', 'target_code'],
  ...['target_display', 'relationship', 'comment'],
] as const;

/**
 * Writes the next release of a map in git: the rows of the one before, without those of the codes
 * that were decided, and the decisions. Throws PlexusError `release-exists` where there is one of
 * that name (it never changes), and answers with the mistakes of a release that cannot be written;
 * nothing is left of it then.
 */
export function writeNextRelease(
  configDir: string,
  { from, to }: { readonly from: string; readonly to: string },
  decided: readonly DecidedCode[],
  people: TwoPeople,
): readonly ConfigIssue[] {
  const file = codeMapFile(configDir, to);
  if (existsSync(file))
    throw new PlexusError('release-exists', `${to} is there already, and no release ever changes`, {
      exit: exitCodes.findings,
    });
  const { issues } = loadCodeMap(configDir, from);
  if (issues.length > 0) return issues;
  const { rows } = readCsv(readFileSync(codeMapFile(configDir, from), 'utf8'));
  const [header, ...body] = rows;
  const names = header!.map(({ text }) => text);
  const all = body.map((row) => new Map(names.map((name, n) => [name, row[n]?.text ?? ''])));
  const sourceOf = (row: ReadonlyMap<string, string>) =>
    sourceKey(row.get('source_system') ?? '', row.get('source_code')!);
  const sources = new Set(all.map(sourceOf));
  // What several rows for any system could not decide is decided for any system.
  const placed = decided.map((one) => {
    const isOfAny =
      !sources.has(sourceKey(one.system, one.code)) && sources.has(sourceKey('', one.code));
    return isOfAny ? { ...one, system: '' } : one;
  });
  const decides = new Set(placed.map(({ system, code }) => sourceKey(system, code)));
  const kept = all.filter((row) => !decides.has(sourceOf(row)));
  const added = placed.map(({ system, code, display, decision }) => {
    const { relationship, target, comment = '' } = decision;
    const cells = [system, code, display, target?.system, target?.code, target?.display];
    const texts = [...cells, relationship, comment].map((text) => text ?? '');
    return new Map<string, string>(columns.map((name, n) => [name, texts[n]!]));
  });
  const lines = [...kept, ...added].map((row) =>
    columns.map((name) => cellOf(row.get(name) ?? '')).join(','),
  );
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${[columns.join(','), ...lines].join('\n')}\n`, { flag: 'wx' });
  const mistakes = loadCodeMap(configDir, to).issues;
  if (mistakes.length > 0) rmSync(file);
  else writeFileSync(reviewFile(configDir, to), reviewText({ ...people, replaces: from }));
  return mistakes;
}

const cellOf = (text: string): string =>
  /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
