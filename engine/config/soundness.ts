import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/**
 * Whether an earlier start found nothing wrong with the same texts by the same code, beside Node's
 * own compile cache. For checks that are functions of those and of nothing else: what they found
 * then they would find again, and looking takes most of a start.
 */
export type Soundness = {
  isSound(): boolean;
  /** They were checked, and nothing was found. */
  note(): void;
};

/**
 * `code`: the folders whose modules make the check. `name`: what of the files is checked; the files
 * count by their own names and what they hold. Where there is no such cache nothing is sound.
 */
export function soundness(
  code: readonly string[],
  name: string,
  files: readonly string[],
): Soundness {
  const folder = process.env.NODE_COMPILE_CACHE;
  if (folder === undefined) return { isSound: () => false, note: () => {} };
  const hash = createHash('sha256').update(`${process.version}\0${hashOf(code)}\0${name}\0`);
  for (const file of files) {
    const text = existsSync(file) ? readFileSync(file) : Buffer.alloc(0);
    hash.update(`${basename(file)}\0${text.length}\0`).update(text);
  }
  const mark = join(folder, 'sound', hash.digest('hex'));
  return {
    isSound: () => existsSync(mark),
    note() {
      try {
        mkdirSync(join(mark, '..'), { recursive: true, mode: 0o700 });
        writeFileSync(mark, '', { mode: 0o600 });
      } catch {
        // A folder that cannot be written costs time at the next start, and nothing else.
      }
    },
  };
}

const hashes = new Map<string, string>();

/** Names the exact version of every library that a check may call. */
const libraries = join(import.meta.dirname, '../../package.json');

/** Over the libraries and the modules of folders, once a process: it runs what it has loaded. */
function hashOf(folders: readonly string[]): string {
  const key = folders.join('\0');
  const known = hashes.get(key);
  if (known !== undefined) return known;
  const hash = createHash('sha256').update(readFileSync(libraries));
  for (const at of folders) {
    const names = readdirSync(at, { recursive: true, encoding: 'utf8' });
    for (const name of names.filter((file) => /\.(ts|json)$/.test(file)).sort())
      hash.update(`${name}\0`).update(readFileSync(join(at, name)));
  }
  const digest = hash.digest('hex');
  hashes.set(key, digest);
  return digest;
}
