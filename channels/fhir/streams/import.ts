import { hash, randomUUID } from 'node:crypto';
import type { Principal } from '../../../engine/http/index.ts';
import { exitCodes, PlexusError } from '../../../engine/index.ts';
import { outcomeOf } from '../answers/index.ts';
import { type ImportFile, mayFetch } from './manifest.ts';
import { landLines, type StreamOptions } from './stream.ts';

export type ImportOptions = StreamOptions & {
  /** Beginnings of the URLs that the channel may fetch. */
  readonly importFrom: readonly string[];
};

export type Imports = {
  /** Goes on with the jobs of an earlier life, each at the file where it was. */
  open(): void;
  /**
   * Begins to fetch and answers with the name of the job, which is durable; undefined where too
   * many are under way. Throws PlexusError `journal-unavailable`.
   */
  start(files: readonly ImportFile[], principal: Principal | undefined): string | undefined;
  /** Undefined for a job that is not known, past its term, or somebody else's. */
  find(id: string, asker: string): Progress | Result | undefined;
  /** Leaves the jobs where they are. */
  close(): void;
};

export type Progress = { readonly running: true; readonly done: number; readonly files: number };

/** As the drafts of bulk import have it. */
export type Result = {
  readonly running?: never;
  readonly transactionTime: string;
  readonly requiresAccessToken: false;
  readonly output: readonly object[];
  readonly error: readonly object[];
};

/** What is kept of a job; replaced whenever a file is done. */
type Job = {
  readonly principal?: Principal;
  readonly files: readonly ImportFile[];
  /** So many of the files are done with, in their order. */
  readonly done: number;
  readonly output: readonly object[];
  readonly error: readonly object[];
  /** Milliseconds since the epoch; absent while files are left. */
  readonly endedMs?: number;
};

/** Jobs that fetch at the same time: each holds a connection, and lines that wait to land. */
const runningMax = 100;
/** What came of a job can be asked for so long after its end. */
const resultTermMs = 24 * 3_600_000;

/**
 * Fetches the files of manifests, one file of a job at a time, each line a message of its own. Jobs
 * are kept in the channel's state: after a restart they go on, and the file that was under way is
 * fetched again from its beginning, where what has landed is known by its file and its place.
 */
export function createImports(options: ImportOptions): Imports {
  const { state, clock } = options.context;
  const stopped = new AbortController();
  const running = new Set<string>();
  const nowMs = (): number => Math.floor(clock.nowUs() / 1000);
  const read = (id: string): Job | undefined => state.get(`import|${id}`) as Job | undefined;

  /** Ends without a word where the source closes, or the journal cannot be written. */
  async function run(id: string, begun: Job): Promise<void> {
    let job = begun;
    running.add(id);
    try {
      while (job.done < job.files.length) {
        const after = await taken(job, job.files[job.done]!);
        if (stopped.signal.aborted) return;
        const isLast = after.done === job.files.length;
        job = isLast ? { ...after, endedMs: nowMs() } : after;
        state.put(`import|${id}`, job);
      }
    } catch (cause) {
      // What is not durable is done again after the next start; senders hear of the disk already.
      if (!(cause instanceof PlexusError)) throw cause;
    } finally {
      running.delete(id);
    }
  }

  async function taken(job: Job, { type, url }: ImportFile): Promise<Job> {
    const done = job.done + 1;
    try {
      const count = await fetchFile(url, job.principal);
      return { ...job, done, output: [...job.output, { type, inputUrl: url, count }] };
    } catch (cause) {
      const code = cause instanceof PlexusError ? cause.code : 'fhir-import-failed';
      const diagnostics = 'The file could not be fetched whole; send the manifest again.';
      const outcome = outcomeOf('transient', [{ severity: 'error', code, diagnostics }]);
      return { ...job, done, error: [...job.error, { type, inputUrl: url, outcome }] };
    }
  }

  async function fetchFile(url: string, principal: Principal | undefined): Promise<number> {
    // The configuration may have changed since the manifest was read.
    if (!mayFetch(url, options.importFrom))
      throw failed('fhir-import-forbidden', 'the channel may not fetch from there any more');
    const response = await fetch(url, {
      headers: { Accept: 'application/fhir+ndjson' },
      redirect: 'error',
      signal: stopped.signal,
    });
    if (!response.ok || response.body === null) {
      await response.body?.cancel();
      const text = `the server of an import answered ${response.status}`;
      throw failed('fhir-import-failed', text);
    }
    const name = hash('sha256', url, 'hex');
    const keyOf = (line: number): string => `import|${name}|${line}`;
    // What becomes of a line is seen in the channel; the job counts them.
    return landLines(options, response.body, { principal, keyOf }, () => {});
  }

  /** Forgets what is past its term. */
  function sweep(): void {
    const old = state.keys('import|').filter((key) => {
      const { endedMs } = state.get(key) as Job;
      return endedMs !== undefined && endedMs + resultTermMs <= nowMs();
    });
    if (old.length > 0) state.putAll(old.map((key) => [key, undefined] as const));
  }

  return {
    open() {
      sweep();
      for (const key of state.keys('import|')) {
        const job = state.get(key) as Job;
        if (job.endedMs === undefined) void run(key.slice('import|'.length), job);
      }
    },
    start(files, principal) {
      sweep();
      if (running.size >= runningMax) return undefined;
      const id = randomUUID();
      const job: Job = {
        ...(principal === undefined ? {} : { principal }),
        ...{ files, done: 0, output: [], error: [] },
      };
      state.put(`import|${id}`, job);
      void run(id, job);
      return id;
    },
    find(id, asker) {
      const job = read(id);
      if (job === undefined || (job.principal?.id ?? '') !== asker) return undefined;
      const { done, files, output, error, endedMs } = job;
      if (endedMs === undefined) return { running: true, done, files: files.length };
      if (endedMs + resultTermMs <= nowMs()) return undefined;
      const transactionTime = new Date(endedMs).toISOString();
      return { transactionTime, requiresAccessToken: false, output, error };
    },
    close: () => stopped.abort(),
  };
}

const failed = (code: string, text: string): PlexusError =>
  new PlexusError(code, text, { exit: exitCodes.unavailable });
