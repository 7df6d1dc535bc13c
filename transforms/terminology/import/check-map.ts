import type { DatabaseHandle } from '../../../engine/index.ts';
import { partsOf } from '../store/index.ts';
import type { Staged } from './context.ts';
import type { Findings } from './findings.ts';

/** Whether a target is out of use: undefined where nobody here knows its code system. */
export type TargetState = (
  system: string,
  version: string | undefined,
  code: string,
) => 'in-use' | 'retired' | 'unknown-code' | undefined;

const legalWords: ReadonlySet<string> = new Set([
  ...['equal', 'equivalent', 'wider', 'subsumes', 'narrower', 'specializes', 'inexact'],
  ...['relatedto', 'unmatched', 'disjoint', 'related-to', 'source-is-narrower-than-target'],
  ...['source-is-broader-than-target', 'not-related-to'],
]);

const noMatch: ReadonlySet<string> = new Set(['unmatched', 'disjoint', 'not-related-to']);

type Row = {
  ord: number;
  part: number;
  code: string;
  target_code: string | null;
  word: string | null;
  detail: string | null;
};

/** What a concept map must keep to: each mistake with its line. */
export function checkMap(
  db: DatabaseHandle,
  { staging, heading, file, isHistoric = false }: Staged,
  findings: Findings,
  stateOf: TargetState,
): void {
  const parts = partsOf(heading.resource);
  const rows = db.prepare(
    `SELECT ord, part, code, target_code, coalesce(equivalence, relationship) word, detail
     FROM mapping WHERE release = ? ORDER BY code, ord`,
  );
  const refuse = (row: Row, code: string, message: string) =>
    findings.error(file, staging.line(row.ord), code, message);
  let unknown = 0;
  let first: Row | undefined;
  let code = '';
  let seen = new Map<string, number>();
  // Read whole: a map is small beside a code system, and the handle stays free.
  for (const row of rows.all(staging.id) as Row[]) {
    if (row.code !== code || seen.size === 0) seen = new Map();
    code = row.code;
    const { source, target } = parts[row.part] ?? {
      source: { system: '' },
      target: { system: '' },
    };
    const ends = `${source.system} ${target.system}`;
    if (code === '') refuse(row, 'code-missing', 'a row without a source code');
    if (row.word !== null && !legalWords.has(row.word))
      refuse(row, 'relationship-unknown', `there is no relationship \`${row.word}\``);
    const key = JSON.stringify([ends, row.target_code, row.detail]);
    const before = seen.get(key);
    const line = staging.line(row.ord);
    const hasTarget = row.target_code !== null;
    // A declared "no match" without a system is one for all of them.
    const all = `${source.system} `;
    const opposite = [hasTarget || target.system === '' ? all : ends, ends].map(
      (each) => seen.get(`${hasTarget ? 'none' : 'some'} ${each}`) ?? 0,
    );
    const contradicted = Math.max(...opposite);
    if (before !== undefined)
      refuse(row, 'target-duplicate', `line ${before} gives this source and target already`);
    else if (contradicted > 0 && (hasTarget || row.word !== null))
      refuse(
        row,
        'target-contradiction',
        `line ${contradicted} says otherwise whether this source has a match`,
      );
    seen.set(key, line);
    for (const each of hasTarget ? [ends, all] : [ends])
      seen.set(`${hasTarget ? 'some' : 'none'} ${each}`, line);
    if (row.target_code === null || noMatch.has(row.word ?? '')) continue;
    if (row.word === null) refuse(row, 'relationship-missing', 'a target without a relationship');
    const state = stateOf(target.system, target.version, row.target_code);
    if (state === 'retired') {
      const message = `the target ${row.target_code} of ${target.system} is out of use`;
      const tell = isHistoric ? findings.warn : findings.error;
      tell(file, staging.line(row.ord), 'target-retired', message);
    }
    if (state === 'unknown-code') {
      unknown += 1;
      first ??= row;
    }
  }
  if (first === undefined) return;
  const message = `${unknown} targets are no code of their code system, the first here`;
  findings.warn(file, staging.line(first.ord), 'target-unknown', message);
}
