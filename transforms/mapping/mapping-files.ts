import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readYaml, valueIn } from '../../engine/index.ts';

/** Where the shared base of this Plexus lies. */
export const ownBaseDir = join(dirname(fileURLToPath(import.meta.url)), 'base');

const otherBases = new Map<string, string>();

/** Mappings of this configuration extend the base in another folder, as a revision had it. */
export function useBase(configDir: string, baseDir: string): void {
  otherBases.set(configDir, baseDir);
}

/** The first file of a mapping; `base` is the shared base. */
export const mappingFile = (configDir: string, name: string): string =>
  name === 'base'
    ? join(otherBases.get(configDir) ?? ownBaseDir, 'base.yaml')
    : join(configDir, 'mappings', `${name}.yaml`);

/** The file of a part that another file includes. */
export const partFile = (file: string, include: string): string =>
  join(dirname(file), `${include}.yaml`);

/** The file of the functions that an analyst wrote for a mapping. */
export const scriptFile = (file: string, script: string): string => join(dirname(file), script);

/** Who gives numbers in a network; every mapping reads it. */
export const authoritiesFile = (configDir: string): string => join(configDir, 'authorities.yaml');

/** Names of the mappings of a configuration; `base` is always there beside them. */
export function mappingNames(configDir: string): readonly string[] {
  try {
    return readdirSync(join(configDir, 'mappings'))
      .filter((file) => file.endsWith('.yaml'))
      .map((file) => file.slice(0, -'.yaml'.length))
      .sort();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw cause;
  }
}

/**
 * Files whose content decides what a mapping does. Read as YAML and no further: what is wrong in
 * them `loadMapping` says, and a start asks for the files of each channel first.
 */
export function mappingFiles(configDir: string, name: string): readonly string[] {
  const files = new Set<string>();
  const names = mappingNames(configDir);
  const text = (value: unknown, key: string): string | undefined => {
    const found = valueIn(value, [key]);
    return typeof found === 'string' ? found : undefined;
  };
  const read = (file: string): void => {
    if (files.has(file)) return;
    files.add(file);
    const { value } = readYaml(file);
    const parent = text(value, 'extends');
    if (parent === 'base' || (parent !== undefined && names.includes(parent)))
      read(mappingFile(configDir, parent));
    const includes = valueIn(value, ['include']);
    for (const include of Array.isArray(includes) ? includes : [])
      if (typeof include === 'string') read(partFile(file, include));
    const script = text(value, 'script');
    if (script !== undefined) files.add(scriptFile(file, script));
  };
  const authorities = authoritiesFile(configDir);
  if (existsSync(authorities)) files.add(authorities);
  read(mappingFile(configDir, name));
  return [...files];
}
