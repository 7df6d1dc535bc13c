import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ConfigPlace, Registry } from '../component.ts';
import { ConfigError } from '../errors.ts';
import type { ConfigIssue } from '../issue.ts';
import { networkSchema } from './channel-schema.ts';
import { findConflicts } from './conflicts.ts';
import { inOrder } from './issues.ts';
import { type LoadedChannel, loadChannel } from './load-channel.ts';
import type { LoadedNetwork, Network } from './network.ts';
import { checkYaml } from './schema-issues.ts';
import { readYaml } from './yaml.ts';

/** How a kept copy of a configuration is read. */
export type LoadOptions = Pick<ConfigPlace, 'baseDir' | 'dataDir'> & {
  /** The one channel that is wanted: the mistakes of the others are of no interest. */
  readonly only?: string;
};

/**
 * Reads a whole configuration folder. Every mistake of every file comes back, sorted by place;
 * there is a network only when none of them is an error. Files are named as `configDir` names them.
 */
export function loadNetwork(
  configDir: string,
  registry: Registry,
  { only, ...base }: LoadOptions = {},
): LoadedNetwork {
  const yaml = readYaml(join(configDir, 'plexus.yaml'));
  const shape = yaml.issues.length > 0 ? undefined : checkYaml(networkSchema, yaml);
  const files = channelFiles(configDir);
  const place = { configDir, ...base };
  const loaded = files
    .map((file) => loadChannel(file, place, registry))
    .filter(({ name }) => only === undefined || name === only);
  const issues: ConfigIssue[] = [
    ...yaml.issues,
    ...(shape?.issues ?? []),
    ...loaded.flatMap((channel) => channel.issues),
    ...findConflicts(yaml, loaded),
    ...(shape?.value ? findCutWindows(loaded, shape.value.retention.work_days) : []),
  ];
  const sorted = inOrder(issues);
  const { value } = shape ?? {};
  if (value === undefined || sorted.some((issue) => issue.severity === 'error'))
    return { network: undefined, issues: sorted };
  const { raw_days, work_days } = value.retention;
  const network: Network = {
    name: value.network,
    configDir,
    http: value.http,
    retention:
      raw_days === undefined ? { workDays: work_days } : { rawDays: raw_days, workDays: work_days },
    channels: loaded.flatMap(({ channel }) => (channel === undefined ? [] : [channel])),
  };
  return { network, issues: sorted };
}

/** Finished work holds what duplicates are known by: when it expires, they are new again. */
function findCutWindows(loaded: readonly LoadedChannel[], workDays: number): ConfigIssue[] {
  return loaded.flatMap(({ yaml, channel }) => {
    if (!channel || channel.dedupeHours <= workDays * 24) return [];
    const message =
      `duplicates are known for ${channel.dedupeHours} hours, but finished work stays only ` +
      `${workDays} days: raise \`retention.work_days\` or lower \`dedupe_hours\``;
    const at = yaml.valueAt(['dedupe_hours']);
    return [{ ...at, severity: 'warning' as const, code: 'dedupe-window-cut', message }];
  });
}

/** The same for a start: throws ConfigError with every mistake when the network must not run. */
export function requireNetwork(
  configDir: string,
  registry: Registry,
  place: Omit<LoadOptions, 'only'> = {},
): Network {
  const { network, issues } = loadNetwork(configDir, registry, place);
  if (network === undefined) throw new ConfigError(issues);
  return network;
}

/** The channel files of a configuration folder, sorted by name. */
export function channelFiles(configDir: string): readonly string[] {
  const folder = join(configDir, 'channels');
  try {
    return readdirSync(folder)
      .filter((name) => /^[^.].*\.ya?ml$/.test(name))
      .sort()
      .map((name) => join(folder, name));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw cause;
  }
}
