import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { holdsData } from './data-folder.ts';
import { exitCodes, PlexusError, reasonOf } from './errors.ts';

/** A secret, and whether this call made it (the first start says so in one line). */
export type Secret<T> = {
  readonly value: T;
  readonly file: string | undefined;
  readonly isNew: boolean;
};

/** Beside the data folder and not in it: a stolen copy of the folder stays closed. */
export const dataKeyFile = (dataDir: string): string => `${resolve(dataDir)}.key`;

/**
 * The data key: `PLEXUS_KEY` (64 hex digits) in the environment, else `DATA.key` beside the data
 * folder, made at first start with mode 0600. Throws `key-invalid` when what is there is no key,
 * `key-missing` when data exists but its key does not.
 */
export function dataKey(dataDir: string, env: NodeJS.ProcessEnv = process.env): Secret<Buffer> {
  if (env.PLEXUS_KEY !== undefined) {
    return { value: parseKey(env.PLEXUS_KEY, 'PLEXUS_KEY'), file: undefined, isNew: false };
  }
  const file = dataKeyFile(dataDir);
  if (existsSync(file))
    return { value: parseKey(readFileSync(file, 'utf8').trim(), file), file, isNew: false };
  if (holdsData(dataDir)) {
    throw new PlexusError(
      'key-missing',
      `${dataDir} holds data but neither PLEXUS_KEY nor ${file} is there`,
      {
        exit: exitCodes.io,
      },
    );
  }
  const value = randomBytes(32);
  writeSecret(file, value.toString('hex'));
  return { value, file, isNew: true };
}

/**
 * The console's token: `PLEXUS_TOKEN`, else `DATA.token` beside the data folder, made at first
 * start.
 */
export function consoleToken(
  dataDir: string,
  env: NodeJS.ProcessEnv = process.env,
): Secret<string> {
  if (env.PLEXUS_TOKEN) return { value: env.PLEXUS_TOKEN, file: undefined, isNew: false };
  const file = `${resolve(dataDir)}.token`;
  if (existsSync(file)) return { value: readFileSync(file, 'utf8').trim(), file, isNew: false };
  const value = randomBytes(24).toString('base64url');
  writeSecret(file, value);
  return { value, file, isNew: true };
}

function writeSecret(file: string, text: string): void {
  try {
    writeFileSync(file, `${text}\n`, { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    throw new PlexusError('key-unwritable', `cannot write ${file}: ${reasonOf(cause)}`, {
      exit: exitCodes.io,
      cause,
    });
  }
}

function parseKey(text: string, where: string): Buffer {
  if (!/^[0-9a-fA-F]{64}$/.test(text)) {
    throw new PlexusError('key-invalid', `${where} must hold 64 hexadecimal digits (32 bytes)`, {
      exit: exitCodes.io,
    });
  }
  return Buffer.from(text, 'hex');
}
