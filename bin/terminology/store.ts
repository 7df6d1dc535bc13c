import { existsSync } from 'node:fs';
import { dataKey, exitCodes, PlexusError } from '../../engine/index.ts';
import {
  openTerminology,
  type Release,
  type TerminologyStore,
  terminologyFile,
} from '../../transforms/terminology/index.ts';
import { UsageError } from '../command.ts';

type From = { readonly dataDir: string; readonly env: NodeJS.ProcessEnv };

/** The store of a data folder, made when it is not there; `using` closes it. */
export function openTerminologyStore({ dataDir, env }: From): TerminologyStore {
  return openTerminology({ file: terminologyFile(dataDir), key: dataKey(dataDir, env).value });
}

/** The store for reading; undefined where nothing was imported yet, and nothing is made. */
export function readTerminologyStore({ dataDir, env }: From): TerminologyStore | undefined {
  const file = terminologyFile(dataDir);
  if (!existsSync(file)) return undefined;
  return openTerminology({ file, key: dataKey(dataDir, env).value, readonly: true });
}

/** `URL|VERSION`, or `facility/name@version` of a map in the configuration. */
export function releaseOf(text: string | undefined, question: string): Release {
  if (text === undefined) throw new UsageError(question);
  const bar = text.lastIndexOf('|');
  const at = bar < 0 && !text.includes('://') ? text.lastIndexOf('@') : -1;
  const cut = bar < 0 ? at : bar;
  const version = cut < 0 ? '' : text.slice(cut + 1);
  if (version === '')
    throw new UsageError(`\`${text}\` names no version, and there is no "latest": URL|VERSION`);
  return { url: text.slice(0, cut), version };
}

export function releaseMissing(what: string): PlexusError {
  return new PlexusError('release-missing', `there is no ${what} here`, { exit: exitCodes.io });
}
