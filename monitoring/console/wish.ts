import { z } from 'zod';
import type { Event, EventType } from '../../engine/index.ts';

/** What somebody who looks on wants to see, from the query string of the live stream. */
export type Wish = {
  wants(event: Event): boolean;
  /** State of all channels, every second. */
  readonly state: boolean;
  /** Events in one frame at most; the rest is counted as dropped. */
  readonly frameEventsMax: number;
  /** Wants an event that is made only while somebody looks on. */
  readonly isCostly: boolean;
};

/** Events of the machine's own pulse; who wants them names them. */
const unasked: ReadonlySet<EventType> = new Set([
  'acknowledged',
  'commit',
  'delivered',
  'identity-access',
  'landed',
  'script',
  'settled',
  'stage',
  'unvisited',
]);

/** Ten thousand a second at ten frames: more than the engine is asked to carry. */
const frameEventsMax = 1_000;

const query = z.strictObject({
  channel: z.string().min(1).max(200).optional(),
  /** Event types, comma separated. */
  types: z.string().max(2_000).optional(),
  state: z.enum(['0', '1']).default('0'),
  max: z.coerce.number().int().min(1).max(frameEventsMax).default(frameEventsMax),
});

/** Undefined when the query is not understood. */
export function createWish(url: string): Wish | undefined {
  const search = new URL(url, 'http://localhost').searchParams;
  const parsed = query.safeParse(Object.fromEntries(search));
  if (!parsed.success) return undefined;
  const { channel, types, state, max } = parsed.data;
  const named = types === undefined ? undefined : new Set(types.split(','));
  const isWantedType = (type: EventType) => (named ? named.has(type) : !unasked.has(type));
  return {
    wants: (event) =>
      isWantedType(event.type) &&
      (channel === undefined || !('channel' in event) || event.channel === channel),
    state: state === '1',
    frameEventsMax: max,
    isCostly: isWantedType('message'),
  };
}
