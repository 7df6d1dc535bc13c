import { basename, join } from 'node:path';
import { type FileSystem, sizeOf } from './file-system.ts';
import { type Ledger, openLedger, writeLedger } from './ledger.ts';

export type RecoveryOptions = {
  readonly files: FileSystem;
  readonly folder: string;
  readonly destination: string;
  /** Committed sizes by cursor name. */
  readonly cursors: ReadonlyMap<string, number>;
  /** First part of the cursor names: the folder as the channel file writes it. */
  readonly cursorPrefix: string;
  /** Told of what was found wrong; the code is stable. */
  readonly report: (code: 'file-without-cursor' | 'file-shorter-than-cursor') => void;
};

export type Recovered = {
  /** Where each known file's settled bytes end, by resource type. */
  readonly settled: Map<string, number>;
  cursorOf(type: string): string;
};

/**
 * Compares the folder with the committed cursors. A file without a cursor, or shorter than its
 * cursor, is set aside (never deleted) as `Type.ndjson.aside-N`, reported, and begun again as a new
 * epoch.
 * Throws PlexusError `folder-taken`; errors of the file system as they come.
 */
export async function recoverFolder(options: RecoveryOptions): Promise<Recovered> {
  const { files, folder, cursors, cursorPrefix } = options;
  let ledger = await openLedger(files, folder, options.destination);
  const settled = new Map<string, number>();
  const cursorOf = (type: string): string => {
    const epoch = ledger.epochs[type] ?? 1;
    return `${cursorPrefix}/${type}.ndjson${epoch === 1 ? '' : `#${epoch}`}`;
  };

  const onDisk = (await files.readdir(folder))
    .filter((name) => name.endsWith('.ndjson'))
    .map((name) => basename(name, '.ndjson'));
  const committed = [...cursors.keys()].flatMap((key) => typeOfCursor(key, cursorPrefix) ?? []);
  for (const type of new Set([...onDisk, ...committed])) {
    const path = join(folder, `${type}.ndjson`);
    const size = (await sizeOf(files, path)) ?? 0;
    const cursor = cursors.get(cursorOf(type));
    if (cursor !== undefined && size < cursor) {
      options.report('file-shorter-than-cursor');
      if (size > 0) await setAside(files, path);
      do ledger = withNextEpoch(ledger, type);
      while (cursors.has(cursorOf(type)));
      await writeLedger(files, folder, ledger);
    } else if (cursor === undefined && size > 0) {
      options.report('file-without-cursor');
      await setAside(files, path);
    }
    settled.set(type, cursors.get(cursorOf(type)) ?? 0);
  }
  return { settled, cursorOf };
}

function withNextEpoch(ledger: Ledger, type: string): Ledger {
  return { ...ledger, epochs: { ...ledger.epochs, [type]: (ledger.epochs[type] ?? 1) + 1 } };
}

async function setAside(files: FileSystem, path: string): Promise<void> {
  for (let n = 1; ; n += 1) {
    const aside = `${path}.aside-${n}`;
    if ((await sizeOf(files, aside)) !== undefined) continue;
    await files.rename(path, aside);
    return;
  }
}

/** The type that a cursor of this folder speaks of; undefined for a cursor of another folder. */
function typeOfCursor(cursor: string, prefix: string): string | undefined {
  if (!cursor.startsWith(`${prefix}/`)) return undefined;
  return /^([A-Za-z]+)\.ndjson(?:#\d+)?$/.exec(cursor.slice(prefix.length + 1))?.[1];
}
