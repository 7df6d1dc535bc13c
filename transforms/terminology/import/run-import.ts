import { setImmediate } from 'node:timers/promises';
import type { Knowledge } from '../knowledge.ts';
import type { Approval, TerminologyStore, Verdict } from '../store/index.ts';
import { createContext, type ImportContext } from './context.ts';
import { packageInputs, readFhirJson } from './fhir/index.ts';
import { collectFindings, type Findings, type ImportFinding, Unreadable } from './findings.ts';
import { batchesOf, type Format, formatOf, isBeside, isPackage, whyUnknown } from './formats.ts';
import { beginImport, endImport, touchImport } from './import-lease.ts';
import { fileInput, type Input } from './input.ts';
import { settle } from './settle/index.ts';

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
  /** Rows between two commits; 100,000 unless told. */
  readonly rowsPerCommit?: number;
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

/**
 * Codes come in any order, so that each commit writes most pages of their index again: the fewer
 * commits, the faster. Nobody else writes to the store meanwhile but another import, which is
 * refused.
 */
const rowsPerCommit = 100_000;

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
    if (made.begun.length === 0 && findings.errors === 0)
      findings.error(
        options.files[0] ?? '',
        0,
        'not-terminology',
        'no terminology is in the files',
      );
    const releases = settle(store, { ...options, importId }, made.ended, findings);
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
  const beside: Input[] = [];
  for (const file of options.files) {
    const input = fileInput(file);
    const format = isPackage(input.base) ? undefined : formatOf(input);
    if (isPackage(input.base)) packages.push(file);
    else if (format !== undefined) known.push({ input, format });
    else if (isBeside(input)) beside.push(input);
    else findings.error(...whyUnknown(input));
  }
  tellBeside(beside, known.length > 0, findings);
  const all = options.files.reduce((sum, file) => sum + fileInput(file).bytes, 0);
  let done = 0;
  const pace = pacer(context, options.rowsPerCommit ?? rowsPerCommit, touch, (bytes) => {
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

/** The other files of a release are passed over beside those that are read, and never alone. */
function tellBeside(inputs: readonly Input[], isRead: boolean, findings: Findings): void {
  for (const { name } of inputs)
    if (isRead) findings.report(name, 0, 'file-passed-over', 'nothing in this file is read here');
    else findings.error(name, 0, 'format-unknown', 'alone, this file of a release holds no codes');
}

/** What ends the reading of a file is in the findings already. */
async function guarded(read: () => Promise<void>): Promise<void> {
  try {
    await read();
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
  }
}

/** Runs a reader in transactions of many rows, and lets others have the thread between. */
function pacer(
  context: ImportContext,
  commitRows: number,
  touch: () => void,
  tell: (bytes: number) => void,
) {
  const { db } = context;
  return async (steps: Iterable<number>): Promise<void> => {
    let rows = 0;
    db.exec('BEGIN IMMEDIATE');
    try {
      for (const bytes of steps) {
        if (bytes > 0) tell(bytes);
        rows += 1;
        if (rows % commitRows > 0) continue;
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
