import type { Clock } from '../../engine/index.ts';

/**
 * A clock on which every wait is over at once and has lasted as long as it was asked for: hours of
 * polling in a second, with the times that the waits would have given.
 */
export function eagerClock(startUs = 1_800_000_000_000_000): Clock & { waits: number[] } {
  let nowUs = startUs;
  const waits: number[] = [];
  return {
    waits,
    nowUs: () => {
      nowUs += 1;
      return nowUs;
    },
    after(delayMs, callback) {
      waits.push(delayMs);
      const timer = setImmediate(() => {
        nowUs += delayMs * 1_000;
        callback();
      });
      return () => clearImmediate(timer);
    },
  };
}
