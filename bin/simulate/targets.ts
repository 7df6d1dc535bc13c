import type { Listening } from '../../engine/index.ts';
import { type Feed, feeds } from './feed.ts';
import type { Target } from './simulate.ts';

/** The feeds that a running engine listens for, found by the channels' names. */
export function targetsOf(listening: readonly Listening[]): Partial<Record<Feed, Target>> {
  const targets: Partial<Record<Feed, Target>> = {};
  for (const feed of feeds) {
    const kind = feed === 'north-general-fhir' ? 'fhir' : 'mllp';
    const found = listening.find((one) => one.channel === feed && one.kind === kind);
    if (found !== undefined) targets[feed] = { host: found.host, port: found.port };
  }
  return targets;
}
