import { join } from 'node:path';
import { exitCodes, PlexusError } from '../../engine/index.ts';
import { errorCode, type FileSystem, syncFolder } from './file-system.ts';

/**
 * What a route knows of its folder, kept in the folder: whose it is, and how often each file was
 * begun again. A file that somebody cut or took away cannot go on under its old cursor, which would
 * then cut the new file; so it is begun again as another epoch, and the epoch is part of the
 * cursor's name.
 */
export type Ledger = {
  readonly destination: string;
  readonly epochs: Readonly<Record<string, number>>;
};

const ledgerName = '.plexus-route.json';

/**
 * Reads the ledger, or begins one in a folder that holds no NDJSON of somebody else.
 * Throws PlexusError `folder-taken` when the folder is another destination's or nobody's.
 */
export async function openLedger(
  files: FileSystem,
  folder: string,
  destination: string,
): Promise<Ledger> {
  await files.mkdir(folder, { recursive: true, mode: 0o700 });
  const stored = await readLedger(files, folder);
  if (stored !== undefined) {
    if (stored.destination === destination) return stored;
    throw taken(`${folder} belongs to the destination ${stored.destination}`);
  }
  const foreign = (await files.readdir(folder)).find((name) => name.endsWith('.ndjson'));
  if (foreign !== undefined) throw taken(`${folder} already holds ${foreign}`);
  const ledger = { destination, epochs: {} };
  await writeLedger(files, folder, ledger);
  return ledger;
}

/** Replaces the ledger as a whole, durably. */
export async function writeLedger(
  files: FileSystem,
  folder: string,
  ledger: Ledger,
): Promise<void> {
  const temporary = join(folder, `${ledgerName}.tmp`);
  await files.writeFile(temporary, `${JSON.stringify(ledger)}\n`, { mode: 0o600, flush: true });
  await files.rename(temporary, join(folder, ledgerName));
  await syncFolder(files, folder);
}

async function readLedger(files: FileSystem, folder: string): Promise<Ledger | undefined> {
  let text: string;
  try {
    text = await files.readFile(join(folder, ledgerName), 'utf8');
  } catch (cause) {
    if (errorCode(cause) === 'ENOENT') return undefined;
    throw cause;
  }
  try {
    const { destination, epochs } = JSON.parse(text) as Partial<Ledger>;
    if (typeof destination === 'string' && typeof epochs === 'object')
      return { destination, epochs };
  } catch {
    // Falls through: no ledger of ours.
  }
  throw taken(`${join(folder, ledgerName)} is damaged`);
}

function taken(what: string): PlexusError {
  return new PlexusError(
    'folder-taken',
    `${what}: a file route needs a folder of its own that nothing else writes`,
    { exit: exitCodes.config },
  );
}
