import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { exitCodes, PlexusError } from '../../../engine/index.ts';
import type { FhirPackage } from './read-package.ts';

/** `name#version`, as FHIR writes a package with its version. */
export const packageId = ({ name, version }: Pick<FhirPackage, 'name' | 'version'>): string =>
  `${name}#${version}`;

const folderOf = (dataDir: string): string => join(dataDir, 'profiles');
const fileOf = (dataDir: string, id: string): string =>
  join(folderOf(dataDir), `${id.replace('#', '@')}.json.gz`);

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * Keeps a package in a data folder, beside other versions of it. A version that is there never
 * changes: the same again is no change, another content under its name is refused with
 * `package-differs`. One that was kept before Questionnaires were read gets those.
 */
export function keepPackage(dataDir: string, one: FhirPackage): 'kept' | 'known' {
  const text = JSON.stringify(one);
  const file = fileOf(dataDir, packageId(one));
  if (existsSync(file)) {
    const before = readText(file);
    if (hashOf(before) === hashOf(text)) return 'known';
    if (before === JSON.stringify({ ...one, questionnaires: undefined }))
      return keep(dataDir, file, text);
    const message = `${packageId(one)} is kept already, with other content; give it a new version`;
    throw new PlexusError('package-differs', message, { exit: exitCodes.findings });
  }
  return keep(dataDir, file, text);
}

function keep(dataDir: string, file: string, text: string): 'kept' {
  mkdirSync(folderOf(dataDir), { recursive: true, mode: 0o700 });
  writeFileSync(`${file}.part`, gzipSync(text), { mode: 0o600, flush: true });
  renameSync(`${file}.part`, file);
  return 'kept';
}

/** Ids of the packages of a data folder, by name. */
export function keptPackages(dataDir: string): readonly string[] {
  if (!existsSync(folderOf(dataDir))) return [];
  return readdirSync(folderOf(dataDir))
    .filter((name) => name.endsWith('.json.gz'))
    .map((name) => name.slice(0, -'.json.gz'.length).replace('@', '#'))
    .sort();
}

/** Throws PlexusError `package-missing`, `package-unreadable`. */
export function keptPackage(dataDir: string, id: string): FhirPackage {
  const file = fileOf(dataDir, id);
  if (!existsSync(file)) {
    const message = `the data folder has no package ${id}: import it with \`profile import\``;
    throw new PlexusError('package-missing', message, { exit: exitCodes.config });
  }
  try {
    return JSON.parse(readText(file)) as FhirPackage;
  } catch (cause) {
    const message = `the data folder's copy of ${id} cannot be read: import it again`;
    throw new PlexusError('package-unreadable', message, { exit: exitCodes.io, cause });
  }
}

const readText = (file: string): string => gunzipSync(readFileSync(file)).toString();
