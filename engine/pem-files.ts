import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { baseOf, type CheckContext, type ConfigPlace } from './component.ts';
import { exitCodes, PlexusError, reasonOf } from './errors.ts';
import type { ConfigIssue } from './issue.ts';

/** The key of `tls:` that names a PEM file, and the path it gives. */
export type PemPath = readonly [key: string, path: string];

/** Where these files lie: paths are written against the folder that holds the configuration. */
export function pemFiles(paths: readonly PemPath[], place: ConfigPlace): string[] {
  return paths.map(([, path]) => resolve(baseOf(place), path));
}

/** A mistake for each file that is not there. */
export function missingPemFiles(paths: readonly PemPath[], context: CheckContext): ConfigIssue[] {
  return paths
    .filter((path) => !pemFiles([path], context).every((file) => existsSync(file)))
    .map(([key, path]) => {
      const message = `the file ${path} is not there`;
      return { ...context.at(['tls', key]), severity: 'error', code: 'file-missing', message };
    });
}

/** Throws PlexusError `tls-file-unreadable`. */
export function readPemFile(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    const { config } = exitCodes;
    throw new PlexusError('tls-file-unreadable', reasonOf(cause), { exit: config, cause });
  }
}
