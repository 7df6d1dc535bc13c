import type { Clock } from '../clock.ts';
import type { Events } from '../events.ts';
import type { MessageId } from '../ids.ts';
import type { ChannelRef, Journal, LandingResult } from '../journal/index.ts';
import type { Landed, Landing } from '../source.ts';
import type { LandedMessage } from './lane.ts';
import type { Pipeline } from './pipeline.ts';
import type { Recent } from './recent.ts';

export type ReceptionOptions = {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly events: Events;
  readonly raws: Recent<MessageId, LandedMessage>;
  /** Both as they are now: a reload changes them. */
  ref(): ChannelRef;
  pipeline(): Pipeline | undefined;
};

/** What a channel does with what its source hands over: lands it, and tells its lanes. */
export function createReception(options: ReceptionOptions) {
  const { journal, clock, events, raws, ref, pipeline } = options;
  let lastReceivedUs = 0;

  async function land(landing: Landing): Promise<Landed> {
    const result = await journal.land(ref(), landing, (results) => landed([landing], results));
    await answerAtOnce([landing], [result]);
    return result;
  }

  async function landBatch(whole: Landing, parts: readonly Landing[]): Promise<readonly Landed[]> {
    const all = [whole, ...parts];
    const results = await journal.landBatch(ref(), whole, parts, (own) => landed(all, own, 1));
    await answerAtOnce(all, results);
    return results;
  }

  /** What the chain never sees, or has seen before, is owed its answer without it. */
  async function answerAtOnce(
    landings: readonly Landing[],
    results: readonly LandingResult[],
  ): Promise<void> {
    for (const [n, { id, duplicate, isSettled }] of results.entries()) {
      if (!landings[n]!.answer || !(duplicate || isSettled)) continue;
      if (duplicate) await journal.oweAgain(ref(), id);
      pipeline()?.answer([id]);
    }
  }

  /** `wholes`: how many of the first results are batches, which have no work of their own. */
  function landed(
    landings: readonly Landing[],
    results: readonly LandingResult[],
    wholes = 0,
  ): void {
    const channel = ref().name;
    lastReceivedUs = clock.nowUs();
    let bytes = 0;
    let duplicates = 0;
    for (const [n, result] of results.entries()) {
      const landing = landings[n]!;
      bytes += landing.raw.length;
      if (result.duplicate) duplicates += 1;
      else if (!result.isSettled) offer(result, landing);
      else if (n >= wholes) reportUnwanted(landing);
    }
    events.emit({ type: 'landed', channel, count: results.length, bytes });
    if (duplicates > 0) events.emit({ type: 'duplicate', channel, count: duplicates });
    pipeline()?.wake();
  }

  function offer(result: LandingResult, landing: Landing): void {
    const { id, keys, bytes, receivedUs, sha256 } = result;
    if (result.keyReused) events.emit({ type: 'key-reused', channel: ref().name, id });
    const lanes = pipeline();
    if (!lanes) return;
    raws.put(id, { raw: landing.raw, receivedUs, sha256 }, bytes + 256);
    lanes.offer({
      id,
      generation: 0,
      keys,
      bytes,
      attempts: 0,
      retries: 0,
      suspect: false,
      dueUs: 0,
    });
  }

  function reportUnwanted({ refused, filtered }: Landing): void {
    const channel = ref().name;
    if (refused) {
      const code = refused[0]?.code ?? 'unexplained';
      events.emit({ type: 'held', channel, destination: '', stage: 'receive', code, count: 1 });
    } else {
      events.emit({ type: 'filtered', channel, reason: filtered ?? 'unexplained', count: 1 });
    }
  }

  return { land, landBatch, lastReceivedUs: () => lastReceivedUs };
}
