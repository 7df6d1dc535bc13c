import { createHash } from 'node:crypto';
import {
  type Clock,
  createAccessTokens,
  createEvents,
  type Event,
  type Landed,
  type Landing,
  type MessageId,
  PlexusError,
  type Settlement,
  type SourceContext,
  type SourceState,
} from '../../engine/index.ts';

/** A clock whose hands the test turns. */
export type HandClock = Clock & { advance(ms: number): void };

export function handClock(startUs = 1_000_000): HandClock {
  let nowUs = startUs;
  const timers = new Set<{ dueUs: number; callback: () => void }>();
  return {
    nowUs: () => nowUs,
    after(delayMs, callback) {
      const timer = { dueUs: nowUs + delayMs * 1000, callback };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    advance(ms) {
      nowUs += ms * 1000;
      for (const timer of [...timers]) {
        if (timer.dueUs > nowUs || !timers.delete(timer)) continue;
        timer.callback();
      }
    },
  };
}

/** What a source keeps over a restart, in memory: hand it to the next context. */
export function memoryState(): SourceState {
  const values = new Map<string, string>();
  const used = new Map<string, number>();
  const put = (key: string, value: unknown): void => {
    if (value === undefined) values.delete(key);
    else values.set(key, JSON.stringify(value));
  };
  return {
    put,
    putAll(entries) {
      for (const [key, value] of entries) put(key, value);
    },
    keys: (prefix) => [...values.keys()].filter((key) => key.startsWith(prefix)).sort(),
    get: (key) => (values.has(key) ? JSON.parse(values.get(key)!) : undefined),
    once(name, untilUs, nowUs) {
      if ((used.get(name) ?? 0) >= nowUs) return false;
      used.set(name, untilUs);
      return true;
    },
  };
}

/**
 * A journal in memory behind a real SourceContext: it knows duplicates by key and hash as the
 * journal does, and fails or waits when told.
 */
export function memoryContext(options: { ack?: 'landed' | 'settled'; clock?: HandClock } = {}) {
  const events = createEvents();
  const seen: Event[] = [];
  events.subscribe((event) => seen.push(event));
  const clock = options.clock ?? handClock();
  const landings: (Landing & { id: MessageId })[] = [];
  const byKey = new Map<string, Landed>();
  const state = {
    landings,
    seen,
    clock,
    /** Landings from this one on are not durable. */
    failFrom: Number.POSITIVE_INFINITY,
    gate: Promise.resolve(),
    settlement: Promise.resolve<Settlement>({ outcome: 'delivered', issues: [] }),
  };
  async function land(landing: Landing): Promise<Landed> {
    const sha256 = createHash('sha256').update(landing.raw).digest('hex');
    const isFailing = landings.length >= state.failFrom;
    await state.gate;
    if (isFailing) throw new PlexusError('journal-unavailable', 'the disk is full');
    const key = landing.dedupeKey === undefined ? undefined : `${landing.dedupeKey} ${sha256}`;
    const earlier = key === undefined ? undefined : byKey.get(key);
    if (earlier !== undefined) return { ...earlier, duplicate: true };
    const id = (landings.length + 1) as MessageId;
    landings.push({ ...landing, id });
    const landed = { id, duplicate: false, receivedUs: landing.receivedUs, sha256 };
    if (key !== undefined) byKey.set(key, landed);
    return landed;
  }
  const context: SourceContext & { orderBy: readonly string[] } = {
    channel: 'test',
    ack: options.ack ?? 'landed',
    clock,
    events,
    land,
    landBatch: (whole, parts) => Promise.all([whole, ...parts].map(land)),
    settled: () => state.settlement,
    state: memoryState(),
    tokens: createAccessTokens(),
    anyPort: true,
    resolvePath: (path) => path,
    orderBy: ['PID-3.1'],
  };
  return { context, state };
}
