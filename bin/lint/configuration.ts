import { type ConfigIssue, inOrder, loadNetwork } from '../../engine/index.ts';
import { governanceIssues, todayUtc } from '../../transforms/identity/index.ts';
import { loadMapping, mappingNames } from '../../transforms/mapping/index.ts';
import { codeMapReleases, loadCodeMap } from '../../transforms/terminology/index.ts';
import { profileIssues } from '../../transforms/validation/index.ts';
import { registry } from '../registry.ts';
import { authorityIssues } from './authorities.ts';
import { channelIssues, folderIssues } from './channels.ts';
import { extensionIssues } from './extensions.ts';

/**
 * Every mistake of a configuration folder, each once, sorted by place: the network with all that
 * its channels refer to, and the mappings, code maps, profiles and identity policy that no channel
 * refers to (yet). `dataDir`: where imported FHIR packages lie.
 */
export function lintConfiguration(configDir: string, dataDir?: string): readonly ConfigIssue[] {
  const mappings = mappingNames(configDir).map((name) => loadMapping(configDir, name));
  const loaded = loadNetwork(configDir, registry, dataDir === undefined ? {} : { dataDir });
  return inOrder([
    ...loaded.issues,
    ...channelIssues(loaded.network, (name) => loadMapping(configDir, name)),
    ...folderIssues(configDir),
    ...mappings.flatMap(({ issues }) => issues),
    ...profileIssues(configDir),
    ...extensionIssues(configDir, mappings, todayUtc()),
    ...codeMapReleases(configDir).flatMap((release) => loadCodeMap(configDir, release).issues),
    ...governanceIssues(configDir, { today: todayUtc() }),
    ...authorityIssues(configDir),
  ]);
}
