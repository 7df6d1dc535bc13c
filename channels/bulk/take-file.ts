import { createHash } from 'node:crypto';
import type { SourceContext } from '../../engine/index.ts';
import { type FhirClient, FhirRequestError, landingWindow } from '../fhir/client/index.ts';
import { lineLanding } from './landing.ts';
import { type Line, readLines } from './lines.ts';
import type { ExportFile } from './manifest.ts';

export type TakeOptions = {
  readonly context: SourceContext;
  readonly client: FhirClient;
  readonly file: ExportFile;
  readonly withToken: boolean;
  readonly epoch: number;
  readonly lineBytesMax: number;
  readonly checksCount: boolean;
  /** This was tried so often that a line which is broken off is taken for what there is. */
  readonly takesFragment: boolean;
  readonly closing: AbortSignal;
  /** What was landed of the file before; durable. */
  readonly progress: Progress;
  keep(progress: Progress): void;
};

/** So many lines are landed, and this is the digest of them in their order. */
export type Progress = { readonly lines: number; readonly digest: string };

export const nothingYet: Progress = { lines: 0, digest: '' };

/** The progress is a commit of its own: once in so many lines. */
const linesAtOnce = 2_000;

/**
 * Lands every line of a file. Lines that were landed before are read and not landed again, if the
 * file still begins with them; if it does not, everything is landed anew and the journal knows what
 * it has. True when the file is done, false when the source closes. Throws FhirRequestError with
 * what was landed kept, and what `land` rejects with.
 */
export async function takeFile(options: TakeOptions): Promise<boolean> {
  const { context, client, file, progress, closing, keep } = options;
  const response = await client.request(file.url, {
    accept: 'application/fhir+ndjson',
    withToken: options.withToken,
  });
  const window = landingWindow(context);
  let { lines, digest } = nothingYet;

  async function save(): Promise<void> {
    await window.drain();
    if (lines > progress.lines) keep({ lines, digest });
  }

  async function take(line: Line): Promise<void> {
    if (!line.isEnded && !options.takesFragment && !isJson(line.raw))
      throw new FhirRequestError('bulk-file-truncated', 200);
    lines += 1;
    digest = chain(digest, line.raw);
    if (lines < progress.lines) return;
    if (lines === progress.lines) {
      if (digest === progress.digest) return;
      keep(nothingYet);
      throw new FhirRequestError('bulk-file-changed', 200);
    }
    const { section } = file;
    const { epoch } = options;
    await window.add(lineLanding(line, { section, epoch, receivedUs: context.clock.nowUs() }));
    if (lines % linesAtOnce === 0) await save();
  }

  const reader = readLines(bodyOf(response), options.lineBytesMax);
  try {
    for await (const line of reader) {
      if (closing.aborted) break;
      await take(line);
    }
    if (lines < progress.lines && !closing.aborted) {
      keep(nothingYet);
      throw new FhirRequestError('bulk-file-changed', 200);
    }
  } catch (cause) {
    if (cause instanceof FhirRequestError && cause.code !== 'bulk-file-changed') await save();
    throw cause;
  }
  await save();
  if (closing.aborted) return false;
  if (options.checksCount && file.count !== undefined && file.count !== lines)
    throw new FhirRequestError('bulk-count-mismatch', 200);
  return true;
}

/** What a connection says when it breaks is of no more interest than that it broke. */
async function* bodyOf({ body, status }: Response): AsyncGenerator<Uint8Array> {
  if (body === null) return;
  try {
    yield* body;
  } catch {
    throw new FhirRequestError('answer-broken-off', status < 300 ? 0 : status);
  }
}

const chain = (before: string, line: Buffer): string =>
  createHash('sha256').update(before).update(line).digest('base64');

function isJson(raw: Buffer): boolean {
  try {
    JSON.parse(raw.toString('utf8'));
    return true;
  } catch {
    return false;
  }
}
