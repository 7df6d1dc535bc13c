export type Interval = { readonly lower: number; readonly upper: number };

/**
 * The exact interval of a proportion (C. J. Clopper and E. S. Pearson, Biometrika 26, 1934):
 * `found` of `total`, two-sided at `confidence`. Exact and not Wilson's, because over-merges are
 * near none, where Wilson's interval covers less than it says. Without a sample it is 0 to 1.
 */
export function exactInterval(found: number, total: number, confidence = 0.95): Interval {
  const tail = (1 - confidence) / 2;
  return {
    lower: found === 0 ? 0 : solve((p) => 1 - atMost(found - 1, total, p) - tail),
    upper: found === total ? 1 : solve((p) => tail - atMost(found, total, p)),
  };
}

/** Where a function that grows over 0..1 passes zero. */
function solve(grows: (p: number) => number): number {
  let [low, high] = [0, 1];
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (grows(middle) < 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The chance of at most `found` successes in `total` draws at `p`. */
function atMost(found: number, total: number, p: number): number {
  if (p <= 0) return 1;
  if (p >= 1) return found >= total ? 1 : 0;
  let sum = 0;
  let term = total * Math.log1p(-p);
  for (let k = 0; k <= found; k += 1) {
    sum += Math.exp(term);
    term += Math.log((total - k) / (k + 1)) + Math.log(p / (1 - p));
  }
  return Math.min(sum, 1);
}
