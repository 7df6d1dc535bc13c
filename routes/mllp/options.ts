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

/** What an analyst writes under `mllp:` of a channel's routes. */
export const mllpRouteOptions = z
  .strictObject({
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
  })
  .transform(({ connect_ms, ack_ms, keep_open, tls, ...rest }) => ({
    ...rest,
    connectMs: connect_ms,
    ackMs: ack_ms,
    keepOpen: keep_open,
    tls: tls && { ca: tls.ca, cert: tls.cert, key: tls.key, serverName: tls.server_name },
  }));

export type MllpRouteOptions = z.output<typeof mllpRouteOptions>;
