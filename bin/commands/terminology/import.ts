import { readdirSync, readFileSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import cliProgress from 'cli-progress';
import { exitCodes, PlexusError, reasonOf, systemClock } from '../../../engine/index.ts';
import {
  type ImportFinding,
  type ImportReport,
  importFiles,
  withShipped,
} from '../../../transforms/terminology/index.ts';
import { UsageError } from '../../command.ts';
import { openTerminologyStore } from '../../terminology/store.ts';
import type { TerminologyCall } from './options.ts';

/** `terminology import FILE..`. */
export async function terminologyImport(
  call: TerminologyCall,
  rest: readonly string[],
): Promise<number> {
  const { options, out } = call;
  if (rest.length === 0) throw new UsageError('import which FILE..?');
  const { by = userInfo().username, commit, url, version, encoding } = options;
  const files = rest.flatMap(filesOf);
  if (files.length === 0) throw new UsageError(`no file is in ${rest.join(', ')}`);
  const licence = options.licence === undefined ? undefined : textOf(options.licence);
  if (encoding !== undefined) requireEncoding(encoding);
  using store = openTerminologyStore(call);
  const clock = systemClock();
  const bar = progressBar(out.isTerminal);
  try {
    const report = await importFiles(store, {
      ...{ files, dryRun: options['dry-run'] === true, nowUs: () => clock.nowUs() },
      approval: { by, ...defined({ commit, licence }) },
      ...defined({ url, version, encoding }),
      beside: withShipped(undefined),
      progress: bar.update,
    });
    bar.stop();
    tell(call, report);
    return report.outcome === 'refused' ? exitCodes.findings : exitCodes.ok;
  } finally {
    bar.stop();
  }
}

type Defined<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

const defined = <T extends object>(values: T): Defined<T> =>
  Object.fromEntries(Object.entries(values).filter(([, each]) => each !== undefined)) as Defined<T>;

/** A folder stands for the files in it. */
function filesOf(path: string): readonly string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
    return readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw unreadable(file, cause);
  }
}

function unreadable(file: string, cause: unknown): PlexusError {
  const message = `cannot read ${file}: ${reasonOf(cause)}`;
  return new PlexusError('file-unreadable', message, { exit: exitCodes.io, cause });
}

function requireEncoding(name: string): void {
  try {
    new TextDecoder(name);
  } catch {
    throw new UsageError(`there is no encoding \`${name}\`; for example windows-1252`);
  }
  if (/^(?:utf-?16|ucs-?2|unicode)/i.test(name.trim()))
    throw new UsageError(`\`${name}\` is not read here: write the file as UTF-8 first`);
}

function tell({ json, out }: TerminologyCall, report: ImportReport): void {
  const { outcome, releases, findings, omitted, skipped } = report;
  for (const finding of findings) {
    if (json) out.json(finding);
    else out.say(sentence(finding));
  }
  if (omitted > 0) out.say(`and ${omitted} findings more`);
  for (const { kind, url, version, count, outcome: each } of releases) {
    // Of a refused import no release went in, whatever would have become of it alone.
    const became = outcome === 'refused' ? 'refused' : each;
    if (json) out.json({ release: `${url}|${version}`, kind, outcome: became, count });
    else out.line(`${became} ${kind} ${url}|${version} (${count})`);
  }
  const passed = Object.entries(skipped).map(([type, count]) => `${count} ${type}`);
  if (passed.length > 0) out.say(`no terminology, passed over: ${passed.join(', ')}`);
  if (outcome === 'refused') out.say('refused; nothing was published');
  if (outcome === 'checked') out.say('nothing was published: this was a dry run');
}

const sentence = ({ file, line, severity, code, message }: ImportFinding): string =>
  `${file}${line > 0 ? `:${line}` : ''} ${severity} ${code}: ${message}`;

function progressBar(isTerminal: boolean) {
  if (!isTerminal) return { update: () => {}, stop: () => {} };
  const bar = new cliProgress.SingleBar(
    { stream: process.stderr, format: 'importing {bar} {percentage} %', clearOnComplete: true },
    cliProgress.Presets.shades_classic,
  );
  let isRunning = false;
  return {
    update(done: number, all: number): void {
      if (!isRunning) bar.start(all, 0);
      isRunning = true;
      bar.update(Math.min(done, all));
    },
    stop(): void {
      if (isRunning) bar.stop();
      isRunning = false;
    },
  };
}
