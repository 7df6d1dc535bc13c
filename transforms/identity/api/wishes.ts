import { z } from 'zod';
import { namedBy } from '../desk/index.ts';
import { reviewOutcomes } from '../events.ts';

/** What the JSON face understands, verb by verb, with the limits of each. */

const text = z.string().trim().min(1).max(1_000);
const named = text.transform((value, context) => {
  const found = namedBy(value);
  if (found !== undefined) return found;
  context.addIssue({ code: 'custom', message: 'write system|value, or the id of a person' });
  return z.NEVER;
});
const whole = z.number().int().nonnegative();
const steward = {
  by: text.max(200).optional(),
  second: text.max(200).optional(),
  reason: text.max(500),
};
const page = z.strictObject({
  after: whole.default(0),
  limit: z.number().int().min(1).max(1_000).default(100),
});
const nothing = z.strictObject({});

export const wishes = {
  reviews: page,
  reviewCounts: nothing,
  reviewCase: z.strictObject({ review: whole }),
  person: z.strictObject({ id: text }),
  explain: z.strictObject({ a: named, b: named }),
  history: z.strictObject({ of: named }),
  auditRate: nothing,
  labels: page,
  decide: z.strictObject({
    ...{ ...steward, reason: steward.reason.default('reviewed'), review: whole },
    outcome: z.enum(reviewOutcomes),
    chosen: named.optional(),
    republish: z.boolean().optional(),
  }),
  merge: z.strictObject({
    ...{ ...steward, survivor: named, absorbed: named },
    preview: z.boolean().optional(),
  }),
  unmerge: z.strictObject({
    ...steward,
    merge: whole.optional(),
    person: named.optional(),
    records: z.array(named).max(100).optional(),
    undo: z.boolean().optional(),
    republish: z.boolean().optional(),
  }),
} as const;

export type WishVerb = keyof typeof wishes;
