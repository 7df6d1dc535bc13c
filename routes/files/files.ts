import { resolve, sep } from 'node:path';
import { z } from 'zod';
import {
  baseOf,
  type Delivered,
  type Delivery,
  exitCodes,
  PlexusError,
  type RouteComponent,
  type Sink,
  type SinkContext,
  type Verdict,
} from '../../engine/index.ts';
import { errorCode, type FileSystem, fileSystem } from './file-system.ts';
import { type NdjsonFolder, openNdjsonFolder } from './ndjson-folder.ts';

export type FilesConfig = { readonly folder: string };

const schema = z.strictObject({
  folder: z
    .string()
    .min(1)
    .describe(
      'Folder of its own, outside the data folder; relative to the folder that holds config/.',
    ),
});

/** Appends what each message made to NDJSON files, one file a resource type. */
export const filesRoute: RouteComponent<FilesConfig> = {
  role: 'route',
  name: 'files',
  summary: 'Appends the resources of each message to NDJSON files, one file a resource type.',
  guarantees:
    'Each message and generation is in the files exactly once, in the order of the channel. ' +
    'Bytes are fsynced before they count; what a crash left unsettled is cut and written again. ' +
    'A resource that was deleted has a last line with the tag `deleted` and no content.',
  example: 'files: { folder: out/mercy-west }',
  schema,
  takes: 'versions',
  check(config, context) {
    // Who reads the configuration alone knows of the usual data folder only, the one beside it.
    const dataDir = context.dataDir ?? resolve(baseOf(context), 'data');
    if (!isInside(resolve(baseOf(context), config.folder), dataDir)) return [];
    const message = 'folder lies inside the data folder; the route needs a folder of its own';
    return [{ ...context.at(['folder']), severity: 'error', code: 'folder-inside-data', message }];
  },
  create: (config, context) => createFilesSink(config, context),
};

/**
 * Opens the sink. Throws PlexusError `folder-taken` or `folder-inside-data`; a folder that cannot
 * be written now is no reason to fail: its messages wait until it can.
 */
export async function createFilesSink(
  config: FilesConfig,
  context: SinkContext,
  files: FileSystem = fileSystem,
): Promise<Sink> {
  const folder = context.resolvePath(config.folder);
  if (context.dataDir !== undefined && isInside(folder, context.dataDir)) {
    throw new PlexusError('folder-inside-data', `${folder} lies inside the data folder`, {
      exit: exitCodes.config,
    });
  }
  const open = (): Promise<NdjsonFolder> =>
    openNdjsonFolder({
      files,
      folder,
      destination: context.destination,
      cursors: context.cursors,
      cursorPrefix: config.folder.replaceAll('\\', '/').replace(/\/+$/, ''),
      report: (code) => reportIssue(context, code),
    });
  let ndjson = await open().catch(onlyOperational);
  let isDamaged = false;
  let lastBatch = new Set<string>();

  async function deliver(deliveries: readonly Delivery[]): Promise<Delivered> {
    const keys = deliveries.map((delivery) => `${delivery.id}/${delivery.generation}`);
    try {
      ndjson ??= await open();
      // The journal commits verdicts and cursors together, and before the next batch. A message
      // that comes again says that this commit failed: what was written for it is not settled.
      const isAgain = keys.some((key) => lastBatch.has(key));
      if (!isAgain && !isDamaged) ndjson.settle();
      if (isAgain || isDamaged) await ndjson.rewind();
      isDamaged = true;
      lastBatch = new Set();
      const verdicts = await appendAll(ndjson, deliveries);
      const cursors = await ndjson.commit();
      isDamaged = false;
      lastBatch = new Set(keys);
      return { verdicts, cursors };
    } catch (cause) {
      if (!isOperational(cause)) throw cause;
      await ndjson?.rewind().catch(onlyOperational);
      const verdict: Verdict = {
        kind: 'unavailable',
        cause: `cannot write to the folder: ${errorCode(cause)}`,
      };
      return { verdicts: deliveries.map(() => verdict) };
    }
  }

  return { batch: 256, repeatable: true, deliver, close: async () => ndjson?.close() };
}

async function appendAll(
  ndjson: NdjsonFolder,
  deliveries: readonly Delivery[],
): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const delivery of deliveries) {
    const lines = delivery.resources();
    const wrong = lines.find((line) => !/^[A-Z][A-Za-z]{1,63}$/.test(line.type));
    if (wrong === undefined) {
      for (const line of lines) await ndjson.append(line.type, line.json);
      verdicts.push({ kind: 'delivered' });
    } else {
      const diagnostics = 'A resource of this message has a type that cannot name a file.';
      const issue = { severity: 'error', code: 'resource-type-invalid', diagnostics } as const;
      verdicts.push({ kind: 'hold', issues: [issue] });
    }
  }
  return verdicts;
}

function reportIssue(context: SinkContext, code: string): void {
  const { channel, destination: stage } = context;
  context.events.emit({ type: 'issue', channel, stage, code, severity: 'warning', count: 1 });
}

/** A system call or a store failed; anything else is a bug. */
function isOperational(cause: unknown): boolean {
  return cause instanceof PlexusError || (cause instanceof Error && 'errno' in cause);
}

function onlyOperational(cause: unknown): undefined {
  const isWrongSetting = cause instanceof PlexusError && cause.exit === exitCodes.config;
  if (!isOperational(cause) || isWrongSetting) throw cause;
  return undefined;
}

function isInside(path: string, folder: string): boolean {
  const parent = resolve(folder);
  const child = resolve(path);
  return child === parent || child.startsWith(parent + sep);
}
