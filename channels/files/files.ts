import { open } from 'node:fs/promises';
import { z } from 'zod';
import {
  exitCodes,
  limits,
  PlexusError,
  type Source,
  type SourceComponent,
  type SourceContext,
} from '../../engine/index.ts';
import { type Candidate, type Folder, openFolder } from './folder.ts';
import { hl7Landing, type LandingOf, ndjsonLanding } from './landing.ts';
import { type ReadParts, readHl7Parts, readNdjsonParts } from './parts.ts';
import { type Progress, takeFile } from './take-file.ts';

const schema = z
  .strictObject({
    folder: z
      .string()
      .min(1)
      .describe('Folder to watch; relative to the folder that holds config/. Made if not there.'),
    format: z
      .enum(['hl7', 'ndjson'])
      .default('hl7')
      .describe('`hl7`: one or many messages a file, batches too; `ndjson`: a resource a line.'),
    every_ms: z
      .int()
      .min(50)
      .default(1_000)
      .describe('Time between two looks. A file is taken when two looks found it the same.'),
    message_bytes_max: z
      .int()
      .min(1_024)
      .max(256 * 1024 * 1024)
      .default(limits.frameBytesMax)
      .describe('Longest message in bytes. Of a longer one the beginning lands in quarantine.'),
  })
  .transform(({ every_ms, message_bytes_max, ...rest }) => ({
    ...rest,
    everyMs: every_ms,
    messageBytesMax: message_bytes_max,
  }));

export type FilesSourceConfig = z.output<typeof schema>;

/** Takes HL7 or NDJSON files from a folder and moves each to `done/` or `failed/` in it. */
export const filesSource: SourceComponent<FilesSourceConfig> = {
  role: 'source',
  name: 'files',
  summary: 'Watches a folder for files of HL7 messages or of NDJSON resources.',
  guarantees:
    'A file is moved to done/ only after the fsync of each of its messages (to failed/, with a ' +
    'reason, when a part of it is no message). A crash in between neither loses nor repeats one. ' +
    'Files are taken in the order of their names, messages in the order of the file.',
  example: 'files: { folder: in/mercy-west }',
  schema,
  create: (config, context) => folderSource(config, context, formats[config.format]),
};

/** A folder to watch, whatever its files hold. */
export type FolderConfig = {
  readonly folder: string;
  readonly everyMs: number;
  readonly messageBytesMax: number;
};

/** How a file is parted, and what the journal is told of a part. */
export type FolderFormat = { readonly readParts: ReadParts; readonly landingOf: LandingOf };

type Context = SourceContext & { readonly orderBy: readonly string[] };

/** Watches a folder: takes each file once, and moves it away when all of it is durable. */
export function folderSource(config: FolderConfig, context: Context, format: FolderFormat): Source {
  const path = context.resolvePath(config.folder);
  const closing = new AbortController();
  const started = new Map<string, Progress>();
  let cancelLook = () => {};
  let looking: Promise<void> = Promise.resolve();
  let isReadable = false;
  let lastTrouble = '';
  const unreadable = new Set<string>();

  const flag = (code: string): void =>
    context.events.emit({ type: 'input-flagged', channel: context.channel, code });

  const watch = (folder: Folder): void => {
    cancelLook = context.clock.after(config.everyMs, () => {
      looking = look(folder).finally(() => {
        if (!closing.signal.aborted) watch(folder);
      });
    });
  };

  async function look(folder: Folder): Promise<void> {
    try {
      for (const candidate of await folder.look()) {
        if (closing.signal.aborted) return;
        await take(folder, candidate);
      }
      isReadable = true;
      lastTrouble = '';
    } catch (cause) {
      // A folder that went away, a journal that cannot write: the files stay where they are, and
      // the next look tries again.
      isReadable = false;
      const code = troubleOf(cause);
      if (code !== lastTrouble) flag(code);
      lastTrouble = code;
    }
  }

  async function take(folder: Folder, candidate: Candidate): Promise<void> {
    const arrival = `${candidate.name}|${candidate.mtimeMs}`;
    const file = await open(candidate.path, 'r').catch(() => undefined);
    if (file === undefined) {
      // Said once; the files behind it are taken all the same.
      if (!unreadable.has(arrival)) flag('file-unreadable');
      unreadable.add(arrival);
      return;
    }
    unreadable.delete(arrival);
    const progress = started.get(arrival) ?? { offset: 0, messages: 0, refused: new Map() };
    started.clear();
    started.set(arrival, progress);
    try {
      const isTaken = await takeFile(file, arrival, progress, {
        context,
        ...format,
        orderBy: context.orderBy,
        bytesMax: config.messageBytesMax,
        signal: closing.signal,
      });
      if (!isTaken) return;
      const { size, mtimeMs } = await file.stat();
      // Whoever still writes to it after two equal looks has the rest taken by the next ones.
      if (size !== candidate.size || mtimeMs !== candidate.mtimeMs) return;
    } finally {
      await file.close();
    }
    await folder.finish(candidate, reasonOf(progress));
    started.delete(arrival);
  }

  return {
    async open() {
      const folder = await openFolder(path).catch((cause) => {
        throw new PlexusError(
          'folder-unusable',
          `${context.channel}: cannot use ${path}: ${troubleOf(cause)}`,
          { exit: exitCodes.io, cause },
        );
      });
      isReadable = true;
      watch(folder);
      return [{ channel: context.channel, kind: 'files', host: config.folder, port: 0 }];
    },
    async close(drainMs) {
      closing.abort();
      cancelLook();
      let cancelWait = () => {};
      const tooLong = new Promise<void>((resolve) => {
        cancelWait = context.clock.after(drainMs, resolve);
      });
      await Promise.race([looking, tooLong]);
      cancelWait();
    },
    connections: () => (isReadable ? 1 : 0),
  };
}

const formats = {
  hl7: { readParts: readHl7Parts, landingOf: hl7Landing },
  ndjson: { readParts: readNdjsonParts, landingOf: ndjsonLanding },
} as const;

function troubleOf(cause: unknown): string {
  const code = (cause as { code?: unknown }).code;
  return typeof code === 'string' ? code.toLowerCase() : 'listener-bug';
}

/** The text beside a file in `failed/`; undefined when every part of it is a message. */
function reasonOf({ messages, refused }: Progress): string | undefined {
  if (messages === 0) return 'file-empty: the file holds no message\n';
  if (refused.size === 0) return undefined;
  const count = [...refused.values()].reduce((sum, one) => sum + one, 0);
  const codes = [...refused].map(([code, times]) => `${code}: ${times}\n`);
  return [`${messages} landed, ${count} of them in quarantine\n`, ...codes].join('');
}
