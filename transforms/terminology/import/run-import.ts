import { setImmediate } from 'node:timers/promises';
import type { Knowledge } from '../knowledge.ts';
import {
  type Approval,
  completeRelease,
  judgeRelease,
  publishReleases,
  type TerminologyStore,
  type Verdict,
  writeClosure,
} from '../store/index.ts';
import { checkMap } from './check-map.ts';
import { createContext, type ImportContext, type Staged } from './context.ts';
import { readFhirJson } from './fhir-json.ts';
import { packageInputs } from './fhir-package.ts';
import { collectFindings, type Findings, type ImportFinding, Unreadable } from './findings.ts';
import { batchesOf, type Format, formatOf, isPackage } from './formats.ts';
import { beginImport, endImport, touchImport } from './import-lease.ts';
import { fileInput, type Input } from './input.ts';
import { targetStates } from './target-states.ts';

export type ImportOptions = {
  readonly files: readonly string[];
  readonly approval: Approval;
  /** Reads and checks, and publishes nothing. */
  readonly dryRun: boolean;
  readonly url?: string;
  readonly version?: string;
  /** Of text formats, a label of WHATWG's encoding standard; UTF-8 unless told. */
  readonly encoding?: string;
  /** What is known beside the store, e.g. what is shipped; asked whether targets are in use. */
  readonly beside?: Knowledge;
  /** Microseconds since 1970. */
  nowUs(): number;
  progress?(readBytes: number, allBytes: number): void;
};

export type ImportReport = {
  /** `refused`: nothing was published, and every release that ran still runs. */
  readonly outcome: 'imported' | 'refused' | 'checked';
  readonly releases: readonly Verdict[];
  readonly findings: readonly ImportFinding[];
  /** Findings beyond those that are told. */
  readonly omitted: number;
  /** Resources that are no terminology, by type. */
  readonly skipped: Readonly<Record<string, number>>;
};

/** Rows between two commits: short enough that others who write are not kept waiting. */
const rowsPerCommit = 4_000;

/**
 * Imports files whole or not at all. Rows are written as they are read, so memory stays flat;
 * nobody sees them before one last transaction publishes all. Throws PlexusError `import-running`
 * while another import runs, and what the file system says of a file that cannot be read.
 */
export async function importFiles(
  store: TerminologyStore,
  options: ImportOptions,
): Promise<ImportReport> {
  const { db } = store;
  const { nowUs } = options;
  const findings = collectFindings();
  const importId = beginImport(db, nowUs());
  const { encoding = 'utf-8', url, version } = options;
  const made = createContext({
    ...{ db, findings, encoding, url, version, importId, nowUs: nowUs() },
  });
  try {
    await readAll(options, made.context, findings, () => touchImport(db, importId, nowUs()));
    const releases = settle(store, options, made.ended, findings);
    const skipped = Object.fromEntries(made.skipped);
    const { all, omitted } = findings;
    const outcome = findings.errors > 0 ? 'refused' : options.dryRun ? 'checked' : 'imported';
    return { outcome, releases, findings: all, omitted, skipped };
  } finally {
    endImport(db, importId);
  }
}

async function readAll(
  options: ImportOptions,
  context: ImportContext,
  findings: Findings,
  touch: () => void,
): Promise<void> {
  const known: { input: Input; format: Format }[] = [];
  const packages: string[] = [];
  for (const file of options.files) {
    const input = fileInput(file);
    const format = isPackage(input.base) ? undefined : formatOf(input);
    if (isPackage(input.base)) packages.push(file);
    else if (format !== undefined) known.push({ input, format });
    else {
      const message = 'this file is of no format that is imported here (see the help)';
      findings.error(file, 0, 'format-unknown', message);
    }
  }
  const all = options.files.reduce((sum, file) => sum + fileInput(file).bytes, 0);
  let done = 0;
  const pace = pacer(context, touch, (bytes) => {
    done += bytes;
    options.progress?.(done, all);
  });
  for (const { format, inputs } of batchesOf(known))
    await guarded(() => pace(format.read(inputs, context)));
  for (const file of packages)
    await guarded(async () => {
      for await (const input of packageInputs(file, findings))
        await pace(readFhirJson([input], context));
    });
}

/** What ends the reading of a file is in the findings already. */
async function guarded(read: () => Promise<void>): Promise<void> {
  try {
    await read();
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
  }
}

/** Runs a reader in transactions of some thousand rows, and lets others have the thread between. */
function pacer(context: ImportContext, touch: () => void, tell: (bytes: number) => void) {
  const { db } = context;
  return async (steps: Iterable<number>): Promise<void> => {
    let rows = 0;
    db.exec('BEGIN IMMEDIATE');
    try {
      for (const bytes of steps) {
        if (bytes > 0) tell(bytes);
        rows += 1;
        if (rows % rowsPerCommit > 0) continue;
        touch();
        db.exec('COMMIT');
        await setImmediate();
        db.exec('BEGIN IMMEDIATE');
      }
      db.exec('COMMIT');
    } catch (error) {
      if (db.inTransaction) db.exec('ROLLBACK');
      throw error;
    }
  };
}

/** Checks what was read as a whole, and publishes it when nothing is wrong. */
function settle(
  store: TerminologyStore,
  options: ImportOptions,
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
  const verdicts = ended.map(({ staging }) => judgeRelease(db, staging.id));
  const states = targetStates(store, ended, options.beside);
  ended.forEach((staged, at) => {
    const { outcome, differences, url, version } = verdicts[at]!;
    if (staged.staging.kind === 'ConceptMap' && outcome !== 'unchanged')
      checkMap(db, staged, findings, states);
    if (outcome !== 'refused') return;
    const what = differences
      .map(({ change, code, element }) => [change, code, element].filter(Boolean).join(' '))
      .join(', ');
    const message =
      `${url}|${version} is published and says otherwise (${what}); ` +
      'a correction is a new version';
    findings.error(staged.file, staged.line, 'release-published', message);
  });
  if (findings.errors > 0 || options.dryRun) return verdicts;
  const ids = ended.map(({ staging }) => staging.id);
  publishReleases(db, ids, options.nowUs());
  return verdicts;
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
