import { z } from 'zod';

const tlsOptions = z.strictObject({
  ca: z
    .string()
    .min(1)
    .optional()
    .describe(
      'PEM file of the authorities that the receiver must be signed by; else the known ones.',
    ),
  cert: z.string().min(1).optional().describe('PEM file with our client certificate.'),
  key: z.string().min(1).optional().describe('PEM file with its private key.'),
  server_name: z
    .string()
    .min(1)
    .optional()
    .describe("Name that the receiver's certificate must carry, where it is not `host`."),
});

const targetShape = {
  host: z.string().min(1).describe('Name or address of the receiver.'),
  port: z.int().min(1).max(65_535).describe('Its TCP port.'),
  connect_ms: z.int().min(10).default(5_000).describe('Milliseconds to wait for a connection.'),
  ack_ms: z
    .int()
    .min(10)
    .default(30_000)
    .describe('Milliseconds to wait for the acknowledgement of a message.'),
  keep_open: z
    .boolean()
    .default(true)
    .describe('Keeps the connection for the next message. False: one message a connection.'),
  tls: tlsOptions
    .refine(({ cert, key }) => (cert === undefined) === (key === undefined), {
      message: 'cert and key belong together',
    })
    .optional()
    .describe('TLS; the connection is plain TCP without it.'),
};

const targetSchema = z.strictObject(targetShape);

const toTarget = (written: z.output<typeof targetSchema>) => {
  const { host, port, connect_ms, ack_ms, keep_open, tls } = written;
  return {
    host,
    port,
    connectMs: connect_ms,
    ackMs: ack_ms,
    keepOpen: keep_open,
    tls: tls && { ca: tls.ca, cert: tls.cert, key: tls.key, serverName: tls.server_name },
  };
};

/** A receiver, and how it is reached. */
export type TargetOptions = ReturnType<typeof toTarget>;

const nameOption = (what: string) =>
  z
    .string()
    .regex(/^[^|^~\\&\r\n]*$/, 'no delimiter of HL7')
    .default('')
    .describe(what);

const renderOptions = z.strictObject({
  mapping: z.string().describe('Mapping whose `renders` rows are used, or `base`.'),
  message: z.string().describe('What is made of the resources of each message: `ADT^A08`.'),
  sending_application: nameOption('MSH-3.'),
  sending_facility: nameOption('MSH-4.'),
  receiving_application: nameOption('MSH-5.'),
  receiving_facility: nameOption('MSH-6.'),
  version: z.enum(['2.3.1', '2.4', '2.5', '2.5.1', '2.6']).default('2.5.1').describe('MSH-12.'),
  charset: z
    .enum(['UNICODE UTF-8', '8859/1', 'ASCII'])
    .default('UNICODE UTF-8')
    .describe('MSH-18. A character that it does not have holds the message.'),
  processing_id: z.enum(['P', 'T', 'D']).default('P').describe('MSH-11.'),
  deletions: z
    .enum(['hold', 'leave-out'])
    .default('hold')
    .describe(
      'What comes of a message that deleted resources, which no rendered one can say: held for a ' +
        'person, or rendered without them.',
    ),
});

export type RenderOptions = z.output<typeof renderOptions>;

/** What an analyst writes under `mllp:` of a channel's routes. */
export const mllpRouteOptions = z
  .strictObject({
    ...targetShape,
    render: renderOptions
      .optional()
      .describe('Sends what the resources of a message are rendered as, in place of its bytes.'),
    mode: z
      .enum(['as-is', 'original', 'enhanced'])
      .default('as-is')
      .describe(
        'Acknowledgement mode: `enhanced` writes MSH-15 and MSH-16, `original` empties them, ' +
          '`as-is` goes by what stands in the message.',
      ),
    until: z
      .enum(['accept', 'application'])
      .default('accept')
      .describe(
        'In enhanced mode: delivered when the receiver has accepted the message (CA), or only ' +
          'when it has processed it (AA).',
      ),
    application_ms: z
      .int()
      .min(10)
      .default(60_000)
      .describe('Milliseconds to wait for the application acknowledgement of `until`.'),
    on_application_error: z
      .enum(['hold', 'retry'])
      .default('hold')
      .describe('What an AE comes to after the receiver has accepted the message.'),
  })
  .transform(({ render, mode, until, application_ms, on_application_error, ...target }) => ({
    ...toTarget(target),
    render,
    mode,
    until,
    applicationMs: application_ms,
    onApplicationError: on_application_error,
  }));

/** What an analyst writes under `replies:` of a channel's routes. */
export const repliesOptions = z
  .strictObject({
    ...targetShape,
    receipt: z
      .boolean()
      .default(true)
      .describe(
        'Asks for an accept acknowledgement of each answer, and sends it again without one. ' +
          'False: for senders that acknowledge no acknowledgement.',
      ),
  })
  .transform(({ receipt, ...target }) => ({ ...toTarget(target), receipt }));

export type RepliesOptions = z.output<typeof repliesOptions>;

export type MllpRouteOptions = z.output<typeof mllpRouteOptions>;
