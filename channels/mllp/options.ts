import { z } from 'zod';
import { limits } from '../../engine/index.ts';

const fingerprint = /^sha256:(?:[0-9a-f]{2}:?){31}[0-9a-f]{2}$/i;

const tlsOptions = z.strictObject({
  cert: z
    .string()
    .min(1)
    .describe('PEM file with the certificate of this listener, chain included.'),
  key: z.string().min(1).describe('PEM file with its private key.'),
  client_ca: z
    .string()
    .min(1)
    .optional()
    .describe('PEM file of the authorities whose client certificates are taken (mutual TLS).'),
  clients: z
    .array(
      z.string().refine((entry) => fingerprint.test(entry) || /^cn:.+/.test(entry), {
        message: "expected 'sha256:' and 64 hexadecimal digits, or 'cn:' and a common name",
      }),
    )
    .min(1)
    .optional()
    .describe(
      'The only client certificates that may send: `sha256:FINGERPRINT` of the certificate, or ' +
        '`cn:NAME` of its subject (needs client_ca). Without it all of client_ca may send.',
    ),
});

/** What an analyst writes under `mllp:` of a channel's source. */
export const mllpOptions = z
  .strictObject({
    port: z.int().min(0).max(65_535).describe('TCP port to listen on; 0 takes a free one.'),
    host: z
      .string()
      .min(1)
      .default('127.0.0.1')
      .describe('Address to bind to; 0.0.0.0 opens the port to the network.'),
    frame_bytes_max: z
      .int()
      .min(1_024)
      .max(256 * 1024 * 1024)
      .default(limits.frameBytesMax)
      .describe(
        'Longest message in bytes. Over it: AR, its beginning in quarantine, connection closed.',
      ),
    frame_ms: z
      .int()
      .min(100)
      .default(limits.frameMs)
      .describe(
        "Milliseconds from a message's first byte to its last before the sender is cut off.",
      ),
    idle_ms: z
      .int()
      .min(1_000)
      .default(limits.idleMs)
      .describe('Milliseconds without a message after which a connection is closed.'),
    connections_max: z
      .int()
      .min(1)
      .max(65_535)
      .default(limits.connectionsMax)
      .describe('Connections held at once. Past it one that never sent anything makes room.'),
    tls: tlsOptions
      .refine(
        ({ clients = [], client_ca }) =>
          client_ca !== undefined || clients.every((entry) => !entry.startsWith('cn:')),
        { message: 'a common name proves nothing without client_ca', path: ['clients'] },
      )
      .optional()
      .describe('TLS; the connection is plain TCP without it.'),
  })
  .transform(({ frame_bytes_max, frame_ms, idle_ms, connections_max, tls, ...rest }) => ({
    ...rest,
    frameBytesMax: frame_bytes_max,
    frameMs: frame_ms,
    idleMs: idle_ms,
    connectionsMax: connections_max,
    tls: tls && {
      cert: tls.cert,
      key: tls.key,
      clientCa: tls.client_ca,
      clients: tls.clients,
    },
  }));

export type MllpOptions = z.output<typeof mllpOptions>;
export type TlsOptions = NonNullable<MllpOptions['tls']>;
