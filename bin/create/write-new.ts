import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { UsageError } from '../command.ts';

export type NewFile = { readonly path: string; readonly text: string };

/** Refuses all when one is there already: what a person wrote is not lost to a second try. */
export function requireFree(files: readonly string[], force: boolean): void {
  const there = files.filter((path) => existsSync(path));
  if (there.length > 0 && !force)
    throw new UsageError(`already there: ${there.join(', ')}; --force overwrites`);
}

export function writeNew({ path, text }: NewFile): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
