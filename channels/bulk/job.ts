import type { SourceContext } from '../../engine/index.ts';
import {
  type FhirClient,
  FhirRequestError,
  isPassing,
  pause,
  readWhole,
  retryAfterMs,
} from '../fhir/client/index.ts';
import { type Manifest, readManifest } from './manifest.ts';

/** What an export is asked for. */
export type ExportRequest = {
  readonly baseUrl: string;
  /** `$export`, `Patient/$export` or `Group/ID/$export`. */
  readonly path: string;
  readonly types: readonly string[];
  readonly typeFilters: readonly string[];
  readonly outputFormat: string;
  readonly since: string | undefined;
};

const manifestBytesMax = 64 * 1024 * 1024;
/** A server that does not say when to ask again is asked after this. */
const pollMs = 10_000;
/** No server is asked more often, whatever it says. */
const pollFirstMs = 1_000;
/** A job is given up when its status fails so often in a row. */
const patience = 6;

/** Asks for an export; resolves with the address of its status. */
export async function kickOff(client: FhirClient, request: ExportRequest): Promise<string> {
  const search = new URLSearchParams({ _outputFormat: request.outputFormat });
  if (request.types.length > 0) search.set('_type', request.types.join(','));
  if (request.typeFilters.length > 0) search.set('_typeFilter', request.typeFilters.join(','));
  if (request.since !== undefined) search.set('_since', request.since);
  const url = `${request.baseUrl}/${request.path}?${search}`;
  const response = await client.request(url, { prefer: 'respond-async' });
  await response.body?.cancel();
  const location = response.headers.get('content-location');
  if (response.status !== 202 || location === null)
    throw new FhirRequestError('bulk-not-accepted', response.status);
  const status = client.resolve(location, url);
  if (status === undefined || !client.isHome(status))
    throw new FhirRequestError('address-elsewhere', response.status);
  return status;
}

/**
 * Waits until the job is done; undefined when the source closes. Throws FhirRequestError, with
 * `bulk-job-lost` for a job that the server does not know (any more), `bulk-job-failed` for one
 * that will come to nothing, and `bulk-job-stuck` for one that is not done by `untilUs`.
 */
export async function awaitJob(
  context: SourceContext,
  client: FhirClient,
  { statusUrl, untilUs }: { readonly statusUrl: string; readonly untilUs: number },
  closing: AbortSignal,
): Promise<Manifest | undefined> {
  let failures = 0;
  while (!closing.aborted) {
    try {
      const response = await client.request(statusUrl, { accept: 'application/json' });
      failures = 0;
      if (response.status !== 202) {
        const text = (await readWhole(response, manifestBytesMax)).toString('utf8');
        return readManifest(text, (reference) => client.resolve(reference, statusUrl));
      }
      await response.body?.cancel();
      if (context.clock.nowUs() > untilUs) throw new FhirRequestError('bulk-job-stuck', 200);
      const percent = percentOf(response.headers.get('x-progress'));
      context.events.emit({ type: 'export-progress', channel: context.channel, percent });
      const waitMs = Math.max(retryAfterMs(response, context.clock) ?? pollMs, pollFirstMs);
      await pause(context, waitMs, closing);
    } catch (cause) {
      if (!(cause instanceof FhirRequestError) || closing.aborted) throw cause;
      const verdict = judge(cause);
      if (verdict !== undefined) throw verdict;
      // A server that is away or asks us to wait still has its job.
      if (cause.status >= 500 && cause.retryMs === undefined) failures += 1;
      if (failures >= patience) throw new FhirRequestError('bulk-job-failed', cause.status);
      await pause(context, Math.max(cause.retryMs ?? 0, pollMs), closing);
    }
  }
  return undefined;
}

/** What ends the waiting for a job; undefined for what may be over the next time. */
function judge(cause: FhirRequestError): FhirRequestError | undefined {
  const { status, code } = cause;
  if (status === 404 || status === 410) return new FhirRequestError('bulk-job-lost', status);
  // Whoever is signed out may sign in again; the job goes on.
  if (isPassing(cause) || status < 400) return status === 200 ? cause : undefined;
  return code === 'server-denies-access' ? cause : new FhirRequestError('bulk-job-failed', status);
}

/** Tells the server that nobody needs the job and its files any more. */
export async function deleteJob(client: FhirClient, statusUrl: string): Promise<void> {
  try {
    const response = await client.request(statusUrl, { method: 'DELETE' });
    await response.body?.cancel();
  } catch (cause) {
    if (!(cause instanceof FhirRequestError) || isPassing(cause)) throw cause;
    // A job that it does not know, or never deletes, is as good as gone.
  }
}

/** X-Progress is free text; of it a percentage is shown, and no more. */
function percentOf(progress: string | null): number {
  const found = /(\d{1,3})(?:\.\d+)?\s*%/.exec(progress ?? '')?.[1];
  return Math.min(Number(found ?? 0), 100);
}
