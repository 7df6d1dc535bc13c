import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  type ChannelConfig,
  ConfigError,
  createRegistry,
  loadNetwork,
} from '../../engine/index.ts';
import type { Pins, TranslateConfig } from '../../transforms/terminology/index.ts';
import { registry } from '../registry.ts';

/** A channel and what its stage `translate` pins. */
export type ChannelPins = { readonly channel: ChannelConfig; readonly pins: Pins };

/**
 * What the channels of a configuration pin; none where there is no configuration. What else may be
 * wrong with it is of no interest here. Throws ConfigError where it cannot be read.
 */
export function pinsOfChannels(configDir: string): readonly ChannelPins[] {
  if (!existsSync(join(configDir, 'plexus.yaml'))) return [];
  const { sources, stages, routes } = registry;
  const all = [...sources.values(), ...stages.values(), ...routes.values()];
  const unchecked = createRegistry(all.map((component) => ({ ...component, check: () => [] })));
  const { network, issues } = loadNetwork(configDir, unchecked);
  if (network === undefined) throw new ConfigError(issues);
  return network.channels.map((channel) => {
    const translate = channel.stages.find(({ kind }) => kind === 'translate');
    const { maps = {}, valueSets = {} } = (translate?.config ?? {}) as Partial<TranslateConfig>;
    return { channel, pins: { by: `channel ${channel.name}`, maps, valueSets } };
  });
}
