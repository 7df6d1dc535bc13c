import { type Knowledge, layered } from '../../knowledge.ts';
import {
  type Approval,
  completeRelease,
  judgeRelease,
  publishReleases,
  releaseQueries,
  storedKnowledge,
  type TerminologyStore,
  type Verdict,
  writeClosure,
} from '../../store/index.ts';
import type { Staged } from '../context.ts';
import type { Findings } from '../findings.ts';
import { checkMap } from './check-map.ts';
import { contradictions } from './contradictions.ts';
import { expandSet } from './expand-set.ts';
import { targetStates } from './target-states.ts';

export type SettleOptions = {
  readonly approval: Approval;
  readonly dryRun: boolean;
  readonly beside?: Knowledge;
  readonly importId: number;
  nowUs(): number;
};

/** Checks what was read as a whole, and publishes it when nothing is wrong. */
export function settle(
  store: TerminologyStore,
  options: SettleOptions,
  ended: readonly Staged[],
  findings: Findings,
): readonly Verdict[] {
  const { db } = store;
  const twice = new Map<string, Staged>();
  for (const staged of ended) {
    const { staging, heading, file, line } = staged;
    const key = `${staging.kind} ${heading.url}|${heading.version}`;
    if (twice.has(key)) {
      const message = `${heading.url}|${heading.version} is given twice`;
      findings.error(file, line, 'release-duplicate', message);
    }
    twice.set(key, staged);
    db.transaction(() => {
      closeStaged(staged, store, findings);
      completeRelease(db, staging, heading, options.approval);
    })();
  }
  const own = storedKnowledge(db, releaseQueries(db, options.importId));
  expandStaged({ store, ended, options, findings }, own);
  const verdicts = ended.map(({ staging }) => judgeRelease(db, staging.id));
  const states = targetStates(store, ended, options.beside);
  ended.forEach((staged, at) => {
    const { outcome, differences, url, version } = verdicts[at]!;
    tellContradiction(staged, own, options.beside, findings);
    if (staged.staging.kind === 'ConceptMap' && outcome !== 'unchanged')
      checkMap(db, staged, findings, states);
    if (outcome !== 'refused') return;
    const what = differences
      .map(({ change, code, element }) => [change, code, element].filter(Boolean).join(' '))
      .join(', ');
    const message =
      `${url}|${version} is published and says otherwise (${what}); ` +
      'a correction is a new version';
    const line = lineOf(db, staged, differences[0]?.code) || staged.line;
    findings.error(staged.file, line, 'release-published', message);
  });
  if (findings.errors > 0 || options.dryRun) return verdicts;
  const ids = ended.map(({ staging }) => staging.id);
  publishReleases(db, ids, options.nowUs());
  return verdicts;
}

/** Where a code stands in the file; 0 where it does not. */
function lineOf(
  db: TerminologyStore['db'],
  { staging }: Staged,
  code: string | null | undefined,
): number {
  if (code === null || code === undefined || staging.kind === 'ValueSet') return 0;
  const row = db.prepare('SELECT min(ord) FROM mapping WHERE release = ? AND code = ?').pluck();
  const ord = staging.kind === 'CodeSystem' ? staging.concept(code) : row.get(staging.id, code);
  return typeof ord === 'number' ? staging.line(ord) : 0;
}

function closeStaged(staged: Staged, { db }: TerminologyStore, findings: Findings): void {
  const { staging, heading, file } = staged;
  if (staging.kind !== 'CodeSystem') return;
  const closure = writeClosure(db, staging);
  if (closure.outcome === 'cycle') {
    const codeOf = db.prepare('SELECT code FROM concept WHERE release = ? AND ord = ?').pluck();
    const codes = closure.cycle.map((ord) => codeOf.get(staging.id, ord) as string);
    const shown = [...codes.slice(0, 5), ...(codes.length > 5 ? ['..'] : []), codes[0]];
    const message = `the hierarchy of ${heading.url} runs in a circle: ${shown.join(' < ')}`;
    findings.error(file, staging.line(closure.cycle[0]!), 'hierarchy-cycle', message);
  }
  if (closure.outcome === 'too-large') {
    const message = `${heading.url} is too deep for a closure; questions walk its hierarchy`;
    findings.report(file, staged.line, 'closure-too-large', message);
  }
}

type Settling = {
  readonly store: TerminologyStore;
  readonly ended: readonly Staged[];
  readonly options: SettleOptions;
  readonly findings: Findings;
};

/** Value sets are counted up when all code systems are there, and sealed with what came of it. */
function expandStaged({ store, ended, options, findings }: Settling, own: Knowledge): void {
  const { db } = store;
  const { beside, approval } = options;
  const knowledge = beside === undefined ? own : layered(own, beside);
  for (const staged of ended) {
    if (staged.staging.kind !== 'ValueSet') continue;
    db.transaction(() => {
      if (expandSet(store, staged, knowledge, findings))
        completeRelease(db, staged.staging, staged.heading, approval);
    })();
  }
}

/** What comes with Plexus is published too: the same version never says two things. */
function tellContradiction(
  { staging, heading, file, line }: Staged,
  own: Knowledge,
  beside: Knowledge | undefined,
  findings: Findings,
): void {
  const { url, version } = heading;
  const found = beside && contradictions(staging.kind, { url, version }, own, beside);
  if (found === undefined || found.length === 0) return;
  const message =
    `${url}|${version} comes with Plexus and says otherwise (${found.join(', ')}); ` +
    'a correction is a new version';
  findings.error(file, line, 'release-published', message);
}
