import type { Listening } from '../../engine/index.ts';
import { type Feed, feeds } from './feed.ts';
import type { Target } from './simulate.ts';

/** A feed goes to the channel of its own name, wherever that listens. */
export function targetsOf(
  places: readonly Pick<Listening, 'channel' | 'host' | 'port'>[],
  wanted: readonly Feed[] = feeds,
): Partial<Record<Feed, Target>> {
  const targets: Partial<Record<Feed, Target>> = {};
  for (const feed of wanted) {
    const place = places.find(({ channel, port }) => channel === feed && port > 0);
    if (place !== undefined) targets[feed] = { host: place.host, port: place.port };
  }
  return targets;
}
