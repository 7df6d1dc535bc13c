import { z } from 'zod';
import { limits, type MessageId, messageOutcomes, parseMessageId } from '../../engine/index.ts';

/** What `/api` understands, in one place: query strings and bodies, with the limits of each. */

const messagesMax = 1_000;
const name = z.string().min(1).max(200);
const micros = z.coerce.number().int().nonnegative();

const id = z.union([z.string(), z.number()]).transform((value, context): MessageId => {
  const parsed = parseMessageId(String(value));
  if (parsed !== undefined) return parsed;
  context.addIssue({ code: 'custom', message: 'expected a message id, a positive number' });
  return z.NEVER;
});

export const messagesQuery = z
  .strictObject({
    channel: name.optional(),
    control_id: name.optional(),
    outcome: z.enum(messageOutcomes).optional(),
    since_us: micros.optional(),
    until_us: micros.optional(),
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .optional(),
    limit: z.coerce.number().int().min(1).max(messagesMax).default(100),
  })
  .transform(({ control_id, since_us, until_us, ...rest }) => ({
    ...rest,
    controlId: control_id,
    sinceUs: since_us,
    untilUs: until_us,
  }));

export const quarantineQuery = z.strictObject({
  channel: name.optional(),
  code: name.optional(),
  owner: z.string().max(200).optional(),
});

export const heldQuery = quarantineQuery.extend({
  fingerprint: name.optional(),
  limit: z.coerce.number().int().min(1).max(messagesMax).default(100),
});

export const tracePath = z.strictObject({ id });

const selection = z.union([z.strictObject({ id }), z.strictObject({ fingerprint: name })]);
const by = name.optional();
const reason = z.string().trim().min(1, 'a waiver needs a reason').max(500);

export const assignBody = z.strictObject({ selection, owner: name, by });
export const replayBody = z.strictObject({ selection, by });
/** As much as the listener takes at all; a larger message is edited while no engine runs. */
export const editBodyBytesMax = limits.bodyBytesMax;
export const editBody = z.strictObject({
  id,
  raw: z.base64().min(1).describe('The bytes to run on.'),
  reason: z.string().trim().min(1, 'an edit needs a reason').max(500),
  by,
});
export const moveBody = z.strictObject({
  selection,
  to: name,
  reason: z.string().trim().max(500).default(''),
  by,
});
export const waiveBody = z.strictObject({ selection, reason, by });

/** A slice of a reconversion: short enough that no order holds up a sender. */
const sliceMax = 1_000;
const reconverted = z
  .strictObject({ id, generation: z.int().nonnegative().optional() })
  .transform((one) => defined(one));

export const reconvertBody = z.strictObject({
  messages: z.array(reconverted).max(sliceMax),
  reason: z.string().trim().min(1).max(500),
  by,
});
export const waitingBody = z.strictObject({ channel: name, ids: z.array(id).max(sliceMax) });

/** Leaves out what is undefined, as exact optional properties want it. */
export function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}

/** One sentence that names the first mistake. */
export function mistakeOf(error: z.ZodError): string {
  const [first] = error.issues;
  const where = first?.path.join('.') ?? '';
  return `${where ? `${where}: ` : ''}${first?.message ?? 'not understood'}`;
}
