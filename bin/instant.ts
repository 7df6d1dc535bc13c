import { UsageError } from './command.ts';

const unitMs: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/**
 * A moment that a person typed: ISO 8601, or how long ago (`30m`, `2h`, `7d`). Microseconds since
 * the epoch. Throws UsageError when it is neither.
 */
export function parseInstant(text: string, nowUs: number): number {
  const [, count, unit] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  if (count !== undefined && unit !== undefined)
    return nowUs - Number(count) * unitMs[unit]! * 1000;
  const ms = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms))
    throw new UsageError(`\`${text}\` is no time: write 2026-01-31, 2026-01-31T12:00:00Z or 2h`);
  return ms * 1000;
}
