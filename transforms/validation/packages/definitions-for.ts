import { createDefinitions, type Definitions } from './definitions.ts';
import { keptPackage } from './imported.ts';
import { readOwnProfiles } from './own-profiles.ts';

type Place = { readonly configDir: string; readonly dataDir: string };

/** The definitions that a channel's pins are looked up in. Throws what `keptPackage` throws. */
export function definitionsFor(
  { configDir, dataDir }: Place,
  packages: readonly string[],
): Definitions {
  const kept = packages.map((id) => keptPackage(dataDir, id));
  return createDefinitions([readOwnProfiles(configDir), ...kept]);
}
