import type { SourceContext } from '../../engine/index.ts';
import { type FhirClient, FhirRequestError, isPassing, notAhead } from '../fhir/client/index.ts';
import { awaitJob, deleteJob, kickOff } from './job.ts';
import type { Manifest } from './manifest.ts';
import type { BulkConfig } from './options.ts';
import { nothingYet, type Progress, takeFile } from './take-file.ts';

/** Where the exports of a channel are; durable, so that a restart goes on with the same job. */
type ExportState = {
  /** Exports that were finished. */
  readonly epoch: number;
  /** The transactionTime of the last one. */
  readonly since?: string | undefined;
  /** Of the last kick-off; the next is due at once where there is none. */
  readonly startedUs?: number | undefined;
  readonly job?: { readonly statusUrl: string; readonly manifest?: Manifest } | undefined;
  /** A job that is of no more use to us. */
  readonly discarded?: string | undefined;
};

type Completed = { readonly statusUrl: string; readonly manifest: Manifest };

/** How far the files of a job are landed. */
type FileProgress = Progress & { readonly job: string; readonly file: number };

/** A job whose file fails so often without a line of progress is given up for another. */
const filePatience = 8;
/** After so many tries a last line that is broken off is held, and not waited for. */
const fragmentPatience = 3;

/**
 * One round of exporting: kick-off, waiting, every file, and the end, from wherever the state says
 * that the last round stopped. What fails throws; the next round goes on. A job that is lost or
 * comes to nothing is given up, and the next round asks for the same export again.
 */
export function createExport(
  config: BulkConfig,
  context: SourceContext,
  flag: (code: string) => void,
) {
  const { state, clock, events, channel } = context;
  let fileFailures = 0;
  let deletions = 0;
  let wasAt = '';

  const load = (): ExportState => (state.get('export') as ExportState | undefined) ?? { epoch: 0 };
  const save = (next: ExportState): void => state.put('export', next);

  function giveUp(now: ExportState): void {
    fileFailures = 0;
    save({ ...now, startedUs: undefined, job: undefined, discarded: now.job?.statusUrl });
  }

  async function discard(client: FhirClient, now: ExportState): Promise<ExportState> {
    if (now.discarded === undefined) return now;
    try {
      await deleteJob(client, now.discarded);
    } catch (cause) {
      deletions += 1;
      if (deletions < fragmentPatience) throw cause;
      flag('bulk-job-undeleted');
    }
    deletions = 0;
    const next = { ...now, discarded: undefined };
    save(next);
    return next;
  }

  async function begin(client: FhirClient, now: ExportState): Promise<ExportState> {
    const startedUs = clock.nowUs();
    const since = now.since ?? config.since;
    const statusUrl = await kickOff(client, { ...config, path: pathOf(config), since });
    const next = { ...now, startedUs, job: { statusUrl } };
    save(next);
    return next;
  }

  /** Fetches the manifest, for the first time or because a file is not where it was. */
  async function complete(client: FhirClient, now: ExportState, closing: AbortSignal) {
    const { statusUrl, manifest: before } = now.job as NonNullable<ExportState['job']>;
    const untilUs = (now.startedUs ?? 0) + config.jobMsMax * 1_000;
    try {
      const manifest = await awaitJob(context, client, { statusUrl, untilUs }, closing);
      if (manifest === undefined) return undefined;
      if (before !== undefined && !isSame(before, manifest))
        throw new FhirRequestError('bulk-job-failed', 200);
      const next = { ...now, job: { statusUrl, manifest } };
      save(next);
      return next;
    } catch (cause) {
      if (isEnd(cause)) giveUp(now);
      throw cause;
    }
  }

  /** True when all files are landed, false when the source closes. */
  async function takeFiles(client: FhirClient, now: ExportState, closing: AbortSignal) {
    const { statusUrl, manifest } = now.job as Completed;
    const { files, requiresAccessToken: withToken } = manifest;
    const kept = state.get('progress') as FileProgress | undefined;
    let at: FileProgress =
      kept?.job === statusUrl ? kept : { ...nothingYet, job: statusUrl, file: 0 };
    const keep = (next: FileProgress): void => {
      at = next;
      state.put('progress', next);
    };
    while (at.file < files.length) {
      const file = files[at.file]!;
      const isDone = await takeFile({
        ...{ ...config, context, client, file, withToken, closing, epoch: now.epoch },
        progress: at,
        takesFragment: fileFailures >= fragmentPatience,
        keep: (progress) => keep({ ...at, ...progress }),
      });
      if (!isDone) return false;
      if (file.section === 'error' && at.lines > 0) flag('bulk-export-error');
      keep({ ...nothingYet, job: statusUrl, file: at.file + 1 });
      fileFailures = 0;
      const percent = (at.file / files.length) * 100;
      events.emit({ type: 'export-progress', channel, percent });
    }
    return true;
  }

  async function failedFile(
    client: FhirClient,
    now: ExportState,
    closing: AbortSignal,
    cause: unknown,
  ): Promise<void> {
    if (!(cause instanceof FhirRequestError) || closing.aborted) return;
    // The server is away, busy or has signed us out: that says nothing of the file.
    if (['server-unreachable', 'server-busy'].includes(cause.code) || cause.status === 401) return;
    const { file, lines } = (state.get('progress') ?? nothingYet) as Partial<FileProgress>;
    const isAt = `${file}/${lines}`;
    fileFailures = isAt === wasAt ? fileFailures + 1 : 1;
    wasAt = isAt;
    if (fileFailures >= filePatience) giveUp(now);
    // Links to files expire: the status of the job may have new ones.
    else if (!isPassing(cause) && cause.status >= 400) await complete(client, now, closing);
  }

  return async (client: FhirClient, closing: AbortSignal): Promise<number> => {
    let now = await discard(client, load());
    if (now.job === undefined) {
      const waitMs = ((now.startedUs ?? 0) - clock.nowUs()) / 1_000 + config.everyMs;
      if (waitMs > 0) return waitMs;
      now = await begin(client, now);
    }
    if (now.job?.manifest === undefined) {
      const completed = await complete(client, now, closing);
      if (completed === undefined) return 0;
      now = completed;
    }
    try {
      if (!(await takeFiles(client, now, closing))) return 0;
    } catch (cause) {
      await failedFile(client, now, closing, cause);
      throw cause;
    }
    const { startedUs, epoch } = now;
    const { statusUrl: discarded, manifest } = now.job as Completed;
    const since = notAhead(manifest.transactionTime, clock.nowUs());
    if (since !== manifest.transactionTime) flag('bulk-time-ahead');
    save({ epoch: epoch + 1, since, startedUs, discarded });
    return 0;
  };
}

const pathOf = ({ level, group }: BulkConfig): string => {
  if (level === 'system') return '$export';
  return level === 'patient' ? 'Patient/$export' : `Group/${group}/$export`;
};

/** Does waiting for this job make no sense any more? */
const isEnd = (cause: unknown): boolean =>
  cause instanceof FhirRequestError && ends.has(cause.code);

const ends = new Set([
  ...['bulk-job-lost', 'bulk-job-failed', 'bulk-job-stuck'],
  ...['bulk-manifest-invalid', 'bulk-manifest-partial'],
]);

/** The same files at other addresses: what was landed of the old ones is landed of these. */
const isSame = (one: Manifest, other: Manifest): boolean =>
  one.transactionTime === other.transactionTime &&
  one.files.length === other.files.length &&
  one.files.every(({ section, count }, n) => {
    const same = other.files[n];
    return same?.section === section && same.count === count;
  });
