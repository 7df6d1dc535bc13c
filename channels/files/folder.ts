import { mkdir, open, readdir, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A file that may be taken. */
export type Candidate = {
  readonly name: string;
  readonly path: string;
  readonly size: number;
  readonly mtimeMs: number;
};

/** The watched folder, with `done/` and `failed/` in it. */
export type Folder = {
  /**
   * Files that did not change between this look and the one before, in the order of their names.
   */
  look(): Promise<Candidate[]>;
  /** Moves a file that was taken; `reason` sends it to `failed/`, with a text beside it. */
  finish(candidate: Candidate, reason?: string): Promise<void>;
};

/** Endings under which senders write before they rename; such files are not looked at. */
const unfinished = /^\.|\.(?:tmp|temp|part|partial|filepart|crdownload)$|~$/i;

/** Opens (and makes) the folder. Throws what the file system throws. */
export async function openFolder(path: string): Promise<Folder> {
  const [done, failed] = [join(path, 'done'), join(path, 'failed')];
  await mkdir(path, { recursive: true, mode: 0o700 });
  for (const folder of [done, failed]) await mkdir(folder, { recursive: true, mode: 0o700 });
  let seen = new Map<string, string>();
  return {
    async look() {
      const now = new Map<string, string>();
      const candidates: Candidate[] = [];
      const entries = await readdir(path, { withFileTypes: true });
      for (const entry of entries) {
        if (!entry.isFile() || unfinished.test(entry.name)) continue;
        const found = await candidateOf(path, entry.name);
        if (found === undefined) continue;
        const state = `${found.size}|${found.mtimeMs}`;
        now.set(found.name, state);
        if (seen.get(found.name) === state) candidates.push(found);
      }
      seen = now;
      return candidates.sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    async finish(candidate, reason) {
      const target = await freeName(reason === undefined ? done : failed, candidate.name);
      if (reason !== undefined) await writeFile(`${target}.reason.txt`, reason, { mode: 0o600 });
      await rename(candidate.path, target);
      await syncFolder(path);
    },
  };
}

async function candidateOf(folder: string, name: string): Promise<Candidate | undefined> {
  const path = join(folder, name);
  // A sender may take its file back between the listing and this.
  const found = await stat(path).catch(() => undefined);
  return found && { name, path, size: found.size, mtimeMs: found.mtimeMs };
}

async function freeName(folder: string, name: string): Promise<string> {
  for (let n = 1; ; n += 1) {
    const path = join(folder, n === 1 ? name : `${name}.${n}`);
    const isTaken = await stat(path).then(
      () => true,
      () => false,
    );
    if (!isTaken) return path;
  }
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
