import { dataKey, exitCodes, holdsData, PlexusError, type Reader } from '../engine/index.ts';
import { openReader } from '../engine/reader/index.ts';
import { openSpineReader } from '../routes/spine/index.ts';

/** A data folder opened for reading, with or without an engine on it; `using` closes it. */
export type OpenData = { readonly reader: Reader } & Disposable;

/** Throws PlexusError `data-missing` when no engine ever ran there, `wrong-key` for another key. */
export function openData(from: { dataDir: string; env: NodeJS.ProcessEnv }): OpenData {
  const { dataDir, env } = from;
  requireData(dataDir);
  const key = dataKey(dataDir, env).value;
  const spine = openSpineReader(dataDir, key);
  const reader = openReader(dataDir, key, spine);
  return {
    reader,
    [Symbol.dispose]() {
      reader.close();
      spine.close();
    },
  };
}

/** Asked before a key is: to look at an empty folder must not make a key for it. */
export function requireData(dataDir: string): void {
  if (holdsData(dataDir)) return;
  const message = `${dataDir} holds no data: no engine has run on it yet`;
  throw new PlexusError('data-missing', message, { exit: exitCodes.io });
}
