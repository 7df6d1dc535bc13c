import { createChain } from '../../engine/chain/index.ts';
import {
  type Chain,
  type ComponentConfig,
  ConfigError,
  createRegistry,
  exitCodes,
  type LoadedNetwork,
  loadNetwork,
  PlexusError,
  type Registry,
  type StageContext,
} from '../../engine/index.ts';
import {
  type Attribution,
  loadMapping,
  openAttribution,
  useBase,
} from '../../transforms/mapping/index.ts';
import { registry } from '../registry.ts';
import { stageComponents } from '../stages.ts';
import type { TryOf } from './compare-message.ts';

/** A channel's stages as one configuration has them; may be handed to a thread. */
export type TryChain = TryOf & {
  readonly stages: readonly ComponentConfig[];
  readonly configDir: string;
  /** Where the shared base of the mappings lies; absent: this Plexus's own. */
  readonly baseDir?: string;
};

export type OpenedTry = {
  readonly chain: Chain;
  /** Names of its stages. */
  readonly stages: readonly string[];
  /** Undefined for stages without a mapping. */
  readonly attribution: Attribution | undefined;
};

/** Where releases of maps are read: what was published in a data folder never changes. */
export type TryData = Pick<StageContext, 'dataDir' | 'key'>;

const nowhere: TryData = { dataDir: '', key: Buffer.alloc(0) };

/**
 * Opens the stages that keep no state: what they make of a message depends on it, on the
 * configuration and on releases that it pins, and nothing is written. Without a data folder a
 * release that was imported is not there. Throws ConfigError for a mapping with mistakes.
 */
export function openTry(
  { baseDir, configDir, stages, ...tryOf }: TryChain,
  data: TryData = nowhere,
): OpenedTry {
  if (baseDir !== undefined) useBase(configDir, baseDir);
  const name = mappingOf(stages);
  const mapping = name === undefined ? undefined : requireMapping(configDir, name);
  const known = createRegistry(stageComponents).stages;
  const opened = stages.flatMap(({ kind, config }) => {
    const component = known.get(kind);
    if (component === undefined) throw new Error(`no stage is called ${kind}`);
    if (component.keepsState) return [];
    return [component.create(config, { ...tryOf, configDir, ...data, isTrial: true })];
  });
  return {
    chain: createChain(opened),
    stages: opened.map((stage) => stage.name),
    attribution: mapping && openAttribution(mapping),
  };
}

/** The mapping that the stages convert by. */
function mappingOf(stages: readonly ComponentConfig[]): string | undefined {
  const convert = stages.find(({ kind }) => kind === 'convert');
  return (convert?.config as { readonly mapping?: string } | undefined)?.mapping;
}

function requireMapping(configDir: string, name: string) {
  const loaded = loadMapping(configDir, name);
  if (loaded.merged === undefined) throw new ConfigError(loaded.issues);
  return loaded;
}

/**
 * A channel as a configuration has it. `isTrial`: a change under review, whose own tests may fail.
 * Throws ConfigError, or `unknown-channel`.
 */
export function channelIn(
  configDir: string,
  channel: string,
  { baseDir, isTrial }: { readonly baseDir?: string; readonly isTrial: boolean },
): TryChain {
  if (baseDir !== undefined) useBase(configDir, baseDir);
  const loaded: LoadedNetwork = isTrial
    ? loadNetwork(configDir, unchecked(registry), { only: channel })
    : loadNetwork(configDir, registry);
  if (loaded.network === undefined) throw new ConfigError(loaded.issues);
  const found = loaded.network.channels.find(({ name }) => name === channel);
  if (found === undefined) {
    const message = `the configuration has no channel \`${channel}\``;
    throw new PlexusError('unknown-channel', message, { exit: exitCodes.usage });
  }
  const { revision, stages } = found;
  const name = mappingOf(stages);
  if (name !== undefined) requireMapping(configDir, name);
  return {
    ...{ channel, revision, stages, configDir },
    ...(baseDir === undefined ? {} : { baseDir }),
  };
}

/** The same components, without what they check beside their schema. */
function unchecked({ sources, stages, routes }: Registry): Registry {
  const all = [...sources.values(), ...stages.values(), ...routes.values()];
  return createRegistry(all.map((component) => ({ ...component, check: () => [] })));
}
