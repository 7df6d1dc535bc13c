import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import type { Network } from '../config/index.ts';
import { dataFolder } from '../data-folder.ts';
import { sha256 } from '../journal/index.ts';

/**
 * Copies of the configurations that were deployed, `DATA/revisions/NAME/`, as plain text for people
 * to compare. A configuration holds no secret (tokens stand there as hashes, keys as paths of
 * files), and a private key that lies among it all the same is not copied.
 */
export function createSnapshots(dataDir: string) {
  const folder = dataFolder.revisions(dataDir);
  const pathOf = (name: string): string => join(folder, name);

  return {
    pathOf,
    has: (name: string): boolean => existsSync(pathOf(name)),
    /** Keeps a copy, durable before its name is used; the name is a hash of all its revisions. */
    take(network: Network): string {
      const revisions = network.channels.map((config) => `${config.name}@${config.revision}`);
      const name = sha256(Buffer.from(revisions.sort().join('\n'))).toString('hex', 0, 6);
      const to = pathOf(name);
      if (existsSync(to)) return name;
      rmSync(`${to}.part`, { recursive: true, force: true });
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      copyFolder(network.configDir, `${to}.part`);
      renameSync(`${to}.part`, to);
      fsync(folder);
      return name;
    },
    /** Removes all but these, and what a crash left half copied. */
    keepOnly(names: ReadonlySet<string>): void {
      if (!existsSync(folder)) return;
      for (const name of readdirSync(folder)) {
        if (!names.has(name)) rmSync(pathOf(name), { recursive: true, force: true });
      }
    },
    nameOf: (configDir: string): string => basename(configDir),
  };
}

export type Snapshots = ReturnType<typeof createSnapshots>;

const privateKey = 'PRIVATE KEY-----';

function copyFolder(from: string, to: string): void {
  mkdirSync(to, { mode: 0o700 });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const source = join(from, entry.name);
    if (entry.name.startsWith('.')) continue;
    if (entry.isDirectory()) copyFolder(source, join(to, entry.name));
    else if (entry.isFile() || entry.isSymbolicLink()) copyFile(source, join(to, entry.name));
  }
  fsync(to);
}

function copyFile(from: string, to: string): void {
  if (readFileSync(from).includes(privateKey)) return;
  copyFileSync(from, to);
  // The copy is the engine's own, whoever may read the configuration.
  chmodSync(to, 0o600);
  fsync(to);
}

function fsync(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
