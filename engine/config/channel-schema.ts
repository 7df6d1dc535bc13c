import { z } from 'zod';
import { limits } from '../limits.ts';
import { settledOutcomes } from '../outcome.ts';
import { sendersName } from './network.ts';

/** Names that become metric labels, file names and URL parts. */
export const nameSchema = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, 'use lower-case letters, digits and hyphens, a letter first');

/** As `transforms/hl7v2` reads paths, which the engine does not import. */
const hl7Path = /^[A-Z][A-Z0-9]{2}(\[[1-9]\d*\])?-[1-9]\d*(\[[1-9]\d*\])?(\.[1-9]\d*){0,2}$/;

/** A component as YAML names it: a bare word, or a map of one key whose value configures it. */
const namedSchema = z.union([z.string(), z.record(z.string(), z.unknown())]);

const channelTestSchema = z.strictObject({
  name: z.string().describe('What the test shows, as a sentence.'),
  message: z.string().describe('The message as it comes; line ends become segment ends.'),
  outcome: z
    .enum(settledOutcomes)
    .default('delivered')
    .describe('How the chain ends for the message.'),
  expect: z
    .record(z.string(), z.unknown())
    .default({})
    .describe('Path such as `Patient.name[0].family` to its value; `null`: nothing there.'),
  issues: z.array(z.string()).optional().describe('Issue codes that must occur, and no others.'),
});

/** One channel file, `config/channels/NAME.yaml`, before its components are looked at. */
export const channelSchema = z.strictObject({
  channel: nameSchema.describe('The name of the channel, unique in the network.'),
  owner: z.string().min(1).describe('Who answers for this feed: a mail address or a team.'),
  description: z.string().default('').describe('What the feed is, for the reader of lists.'),
  enabled: z
    .boolean()
    .default(true)
    .describe('`false` keeps the file checked and the channel off.'),
  ack: z
    .enum(['landed', 'settled'])
    .default('landed')
    .describe('Answer after the bytes are on disk, or only after the chain has settled them.'),
  order_by: z
    .array(z.string().regex(hl7Path, 'write an HL7 path such as `PID-3.1`'))
    .default([])
    .describe('HL7 paths whose values keep their order; the patient identifier unless told.'),
  lanes: z
    .number()
    .int()
    .min(1)
    .max(64)
    // Two keep one worker busy: one batch runs while the other is claimed and settled. More make
    // smaller batches, and each batch costs an fsync of its own in the spine.
    .default(2)
    .describe('How many batches may be under way at once; each key keeps to one lane.'),
  dedupe_hours: z
    .number()
    .min(0)
    .max(24 * 31)
    .default(limits.dedupeHours)
    .describe('How long a resent message is known again; 0 switches it off.'),
  source: namedSchema.describe('Where messages come in: one source.'),
  stages: z.array(namedSchema).default([]).describe('What happens to a message, in order.'),
  routes: z.array(namedSchema).default([]).describe('Where the results go.'),
  tests: z.array(channelTestSchema).default([]).describe('Messages and what must come of them.'),
});

/** Keys that every route takes beside its own. */
export const routeSchema = z.strictObject({
  name: nameSchema
    .refine((name) => name !== sendersName, `\`${sendersName}\` is the queue of owed answers`)
    .optional()
    .describe('The name of the destination; its kind unless told.'),
  retry: z
    .strictObject({
      first_ms: z
        .number()
        .int()
        .min(1)
        .default(limits.retryFirstMs)
        .describe('Milliseconds before the first try again; each wait doubles.'),
      last_ms: z
        .number()
        .int()
        .min(1)
        .default(limits.retryLastMs)
        .describe('The longest wait, in milliseconds.'),
    })
    .refine((retry) => retry.last_ms >= retry.first_ms, {
      message: '`last_ms` is shorter than `first_ms`',
      path: ['last_ms'],
    })
    .default({ first_ms: limits.retryFirstMs, last_ms: limits.retryLastMs })
    .describe('How long to wait between tries.'),
  on_uncertain: z
    .enum(['resend', 'hold'])
    .default('resend')
    .describe('What becomes of a delivery that was under way when the engine died.'),
});

/** Where the console listens unless told: on this machine alone. */
export const defaultHttp = { host: '127.0.0.1', port: 8080 } as const;

/** `config/plexus.yaml`. */
export const networkSchema = z.strictObject({
  network: nameSchema.describe('The name of the network.'),
  http: z
    .strictObject({
      host: z
        .string()
        .default(defaultHttp.host)
        .describe('The address that the console listens on.'),
      port: z
        .number()
        .int()
        .min(0)
        .max(65_535)
        .default(defaultHttp.port)
        .describe('Its port; 0 is any.'),
    })
    .default(defaultHttp)
    .describe('The one HTTP port: console, API, metrics, health.'),
  retention: z
    .strictObject({
      raw_days: z
        .number()
        .positive()
        .optional()
        .describe('Days that raw payloads stay; for ever unless told.'),
      work_days: z
        .number()
        .positive()
        .default(30)
        .describe('Days that finished work and traces stay.'),
    })
    .default({ work_days: 30 })
    .describe('How long things are kept. What is open or held never expires.'),
});
