/** Time is passed in, so that a replay gives the same bytes and a test can turn the hands. */
export type Clock = {
  /** Microseconds since the Unix epoch; never goes back within one process. */
  nowUs(): number;
  /** Calls back after `delayMs`; the returned function cancels. Does not keep the process alive. */
  after(delayMs: number, callback: () => void): () => void;
};

/** The machine's clock: wall time at start, advanced by the monotonic timer. */
export function systemClock(): Clock {
  const originUs = Math.round((performance.timeOrigin ?? Date.now()) * 1000);
  return {
    nowUs: () => originUs + Math.round(performance.now() * 1000),
    after(delayMs, callback) {
      const timer = setTimeout(callback, delayMs);
      timer.unref();
      return () => clearTimeout(timer);
    },
  };
}
