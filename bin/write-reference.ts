import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { baseMapsFile } from '../transforms/terminology/index.ts';
import { loadCommands } from './commands/index.ts';
import { findCodes, referencePages } from './reference/index.ts';
import { registry } from './registry.ts';
import { baseMaps } from './terminology/base-maps.ts';

const root = join(import.meta.dirname, '..');
const folders = ['engine', 'channels', 'transforms', 'routes', 'monitoring', 'bin'];

/** The generated pages as they should be now. */
export async function currentPages(): Promise<ReadonlyMap<string, string>> {
  return referencePages({ registry, commands: await loadCommands(), codes: currentCodes() });
}

/** Every code that the source names, file by file. */
export function currentCodes() {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.startsWith('simulate/'))
      .sort()
      .flatMap((name) => {
        const file = join(root, folder, name);
        return findCodes(relative(root, file), readFileSync(file, 'utf8'));
      }),
  );
}

/** The maps of the base mappings, a line each. */
export const baseMapsText = (maps = baseMaps()): string =>
  maps.map((map) => `${JSON.stringify(map)}\n`).join('');

if (import.meta.main) {
  const target = join(root, 'docs/reference');
  mkdirSync(target, { recursive: true });
  for (const [name, text] of await currentPages()) writeFileSync(join(target, name), text);
  // The rows are the base mappings'; terminology ships them as concept maps.
  writeFileSync(baseMapsFile, baseMapsText());
}
