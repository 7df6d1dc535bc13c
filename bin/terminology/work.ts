import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dataKey, exitCodes, PlexusError } from '../../engine/index.ts';
import {
  openWorkList,
  type WorkItem,
  type WorkList,
  workListFile,
} from '../../transforms/terminology/index.ts';

type From = { readonly dataDir: string; readonly env: NodeJS.ProcessEnv };

/** The work list of a data folder; undefined, and no key is made, where there is none. */
export function workListOf(
  { dataDir, env }: From,
  options: { readonly readonly?: boolean } = {},
): WorkList | undefined {
  if (!existsSync(workListFile(dataDir))) return undefined;
  return openWorkList({ dataDir, key: dataKey(dataDir, env).value }, options);
}

/** Throws PlexusError `worklist-empty` where no channel has translated anything yet. */
export function requireList(from: From): WorkList {
  const found = workListOf(from);
  if (found !== undefined) return found;
  const message = `${from.dataDir} has no work list: no channel has translated a code there yet`;
  throw new PlexusError('worklist-empty', message, { exit: exitCodes.io });
}

/** Who gives an order: the login name unless told. */
export const byOf = (call: { readonly options: { readonly by?: string | undefined } }): string =>
  call.options.by ?? userInfo().username;

export const codeText = ({ system, code }: Pick<WorkItem, 'system' | 'code'>): string =>
  code === '' ? '(other codes)' : system === '' ? code : `${system}|${code}`;
