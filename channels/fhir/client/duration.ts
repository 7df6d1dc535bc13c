import { z } from 'zod';

const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A length of time as people write it, `30s`, `15m`, `24h`, in milliseconds. */
export const duration = z
  .string()
  .regex(/^\d{1,6}(?:ms|s|m|h|d)$/, 'is a length of time like 30s, 15m, 24h or 7d')
  .transform((text) => {
    const [, count, unit] = /^(\d+)(\D+)$/.exec(text) as unknown as [string, string, Unit];
    return Number(count) * unitMs[unit];
  });

type Unit = keyof typeof unitMs;
