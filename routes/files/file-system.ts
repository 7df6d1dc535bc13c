import * as nodeFiles from 'node:fs/promises';

/**
 * The calls that the file route makes: the seam at which tests let a disk be full or a write be
 * cut.
 */
export type FileSystem = Pick<
  typeof nodeFiles,
  'mkdir' | 'open' | 'readFile' | 'readdir' | 'rename' | 'realpath' | 'stat' | 'writeFile'
>;

export const fileSystem: FileSystem = nodeFiles;

/** The stable part of a failed call, e.g. `ENOSPC`; its text would carry paths. */
export function errorCode(cause: unknown): string {
  const code = (cause as { code?: unknown }).code;
  return typeof code === 'string' ? code : 'unknown error';
}

/** Makes names in a folder durable: a new or renamed file is only then there after a power cut. */
export async function syncFolder(files: FileSystem, folder: string): Promise<void> {
  const handle = await files.open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Size in bytes, or undefined when there is no such file. */
export async function sizeOf(files: FileSystem, path: string): Promise<number | undefined> {
  try {
    return (await files.stat(path)).size;
  } catch (cause) {
    if (errorCode(cause) === 'ENOENT') return undefined;
    throw cause;
  }
}
