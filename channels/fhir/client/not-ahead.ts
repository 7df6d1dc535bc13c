/**
 * From when a server is asked the next time: never from a time that is still to come. One wrong
 * clock would write it, and all that changes until then would be missed.
 */
export const notAhead = (instant: string, nowUs: number): string =>
  Date.parse(instant) * 1_000 > nowUs ? new Date(Math.floor(nowUs / 1_000)).toISOString() : instant;
