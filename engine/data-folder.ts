import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** What the engine keeps in a data folder; stages and routes name the files of their own stores. */
export const dataFolder = {
  /** The names behind the numbers, the list of partitions, the revisions deployed. */
  control: (dataDir: string) => join(dataDir, 'control.db'),
  /** The partitions, a file a day. */
  journal: (dataDir: string) => join(dataDir, 'journal'),
  /** A copy of each configuration that was deployed. */
  revisions: (dataDir: string) => join(dataDir, 'revisions'),
  /** Held by the one engine that runs on it. */
  lock: (dataDir: string) => join(dataDir, 'engine.lock'),
} as const;

/** Has an engine run on this folder? */
export function holdsData(dataDir: string): boolean {
  return existsSync(dataFolder.control(dataDir));
}
