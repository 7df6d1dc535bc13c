import { basename } from 'node:path';
import { channelFiles, readYaml, valueIn } from '../../engine/index.ts';

const firstPort = 6661;

/** The first port from 6661 on that no channel file but the one of `channel` names. */
export function freePort(configDir: string, channel: string): number {
  const others = channelFiles(configDir).filter((file) => basename(file) !== `${channel}.yaml`);
  const taken = new Set(others.flatMap((file) => portsOf(readYaml(file).value)));
  let port = firstPort;
  while (taken.has(port)) port += 1;
  return port;
}

/** Of a file that may have mistakes: whatever stands as `port` at its source. */
function portsOf(channel: unknown): number[] {
  const source = valueIn(channel, ['source']);
  if (source === null || typeof source !== 'object') return [];
  return Object.values(source)
    .map((config) => valueIn(config, ['port']))
    .filter((port) => typeof port === 'number');
}
