import { hash, randomUUID } from 'node:crypto';
import type { Principal } from '../../engine/http/index.ts';
import { exitCodes, type Issue, PlexusError } from '../../engine/index.ts';
import { outcomeOf } from './operation-outcome.ts';
import { landLines, type StreamOptions } from './stream.ts';

/** A file of a manifest: lines of one type, behind a URL that the channel may fetch. */
export type ImportFile = { readonly type: string; readonly url: string };

export type Imports = {
  /** Begins to fetch and answers with the name of the job. */
  start(files: readonly ImportFile[], principal: Principal | undefined): string;
  /** Undefined for a job that is not known, or somebody else's. */
  find(id: string, asker: string): 'running' | object | undefined;
  close(): void;
};

type Job = { readonly asker: string; result: object | undefined };

/** Jobs whose result can still be asked for. */
const jobsMax = 100;
/** A manifest names files, not lines. */
const filesMax = 1_000;

/**
 * Reads a manifest (`input`: a list of `{type, url}`, as JSON or as Parameters). `from`: the
 * beginnings of the URLs that the channel may fetch. An Issue says what is wrong.
 */
export function readManifest(
  manifest: Readonly<Record<string, unknown>>,
  from: readonly string[],
): readonly ImportFile[] | Issue {
  const listed = manifest.resourceType === 'Parameters' ? parametersIn(manifest) : manifest.input;
  const inputs: readonly unknown[] = Array.isArray(listed) ? listed : [];
  if (inputs.length === 0 || inputs.length > filesMax)
    return wrong('fhir-manifest-invalid', `A manifest names 1 to ${filesMax} files in \`input\`.`);
  const files: ImportFile[] = [];
  for (const input of inputs) {
    const { type, url } = (input ?? {}) as { type?: unknown; url?: unknown };
    if (typeof type !== 'string' || typeof url !== 'string' || !URL.canParse(url))
      return wrong('fhir-manifest-invalid', 'Each input of a manifest has a type and a URL.');
    const { href, username, password, hash: fragment } = new URL(url);
    const isPlain = username === '' && password === '' && fragment === '';
    if (!isPlain || !from.some((start) => href.startsWith(start)))
      return wrong('fhir-import-forbidden', 'The channel may not fetch from one of the URLs.');
    files.push({ type, url: href });
  }
  return files;
}

function parametersIn({ parameter }: Readonly<Record<string, unknown>>): unknown[] {
  const listed: readonly unknown[] = Array.isArray(parameter) ? parameter : [];
  return (listed as ParameterLike[]).flatMap((one) => {
    if (one?.name !== 'input' || !Array.isArray(one.part)) return [];
    const textOf = (name: string): unknown => {
      const found = (one.part as ParameterLike[]).find((part) => part?.name === name);
      return found?.valueUrl ?? found?.valueUri ?? found?.valueCode ?? found?.valueString;
    };
    return [{ type: textOf('type'), url: textOf('url') }];
  });
}

type ParameterLike = { readonly [name: string]: unknown; readonly name?: unknown } | null;

/**
 * Fetches the files of manifests, one file of a job at a time, each line a message of its own. A
 * job does not survive the engine; the same manifest sent again lands what is missing and nothing
 * twice, since a line is known by its file and its place.
 */
export function createImports(options: StreamOptions): Imports {
  const jobs = new Map<string, Job>();
  const stopped = new AbortController();

  async function run(
    job: Job,
    files: readonly ImportFile[],
    principal: Principal | undefined,
  ): Promise<void> {
    const output: object[] = [];
    const error: object[] = [];
    for (const { type, url } of files) {
      try {
        output.push({ type, inputUrl: url, count: await fetchFile(url, principal) });
      } catch (cause) {
        const code = cause instanceof PlexusError ? cause.code : 'fhir-import-failed';
        const diagnostics = 'The file could not be fetched whole; send the manifest again.';
        const outcome = outcomeOf('transient', [{ severity: 'error', code, diagnostics }]);
        error.push({ type, inputUrl: url, outcome });
      }
    }
    const transactionTime = new Date(options.context.clock.nowUs() / 1000).toISOString();
    job.result = { transactionTime, requiresAccessToken: false, output, error };
  }

  async function fetchFile(url: string, principal: Principal | undefined): Promise<number> {
    const response = await fetch(url, {
      headers: { Accept: 'application/fhir+ndjson' },
      redirect: 'error',
      signal: stopped.signal,
    });
    if (!response.ok || response.body === null) {
      await response.body?.cancel();
      const text = `the server of an import answered ${response.status}`;
      throw new PlexusError('fhir-import-failed', text, { exit: exitCodes.unavailable });
    }
    const name = hash('sha256', url, 'hex');
    const keyOf = (line: number): string => `import|${name}|${line}`;
    // What becomes of a line is seen in the channel; the job counts them.
    return landLines(options, response.body, { principal, keyOf }, () => {});
  }

  return {
    start(files, principal) {
      const id = randomUUID();
      const job: Job = { asker: principal?.id ?? '', result: undefined };
      jobs.set(id, job);
      const oldest = jobs.keys().next();
      if (jobs.size > jobsMax && !oldest.done) jobs.delete(oldest.value);
      void run(job, files, principal);
      return id;
    },
    find(id, asker) {
      const job = jobs.get(id);
      return job === undefined || job.asker !== asker ? undefined : (job.result ?? 'running');
    },
    close: () => stopped.abort(),
  };
}

const wrong = (code: string, diagnostics: string): Issue => ({
  severity: 'error',
  code,
  diagnostics,
});
