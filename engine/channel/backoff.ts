/** Milliseconds before try `attempts + 1`: doubles from the first to the last. */
export function backoffMs(attempts: number, firstMs: number, lastMs: number): number {
  return Math.min(lastMs, firstMs * 2 ** Math.min(attempts, 30));
}
