import {
  missingPemFiles,
  type PemPath,
  pemFiles,
  type SourceComponent,
} from '../../engine/index.ts';
import { createListener } from './listener.ts';
import { type MllpOptions, mllpOptions } from './options.ts';
import { createReceiver } from './receiver.ts';

/** The MLLP listener, the front door of HL7 v2 feeds. */
export const mllpSource: SourceComponent<MllpOptions> = {
  role: 'source',
  name: 'mllp',
  answers: true,
  summary: 'Listens for HL7 v2 messages in MLLP frames, over TCP or TLS.',
  guarantees:
    'AA only after the fsync of the bytes; AE when they cannot be stored; AR, and quarantine, ' +
    'for what is no HL7. In enhanced mode (MSH-15, MSH-16) CA, CE and CR in their place, and an ' +
    'application acknowledgement when the message is settled. Answers leave in the order of the ' +
    'messages of their connection. A resend with the same bytes gets the same ACK.',
  example: 'mllp:\n  port: 6661\n  host: 0.0.0.0\n',
  schema: mllpOptions,
  check: (options, context) => missingPemFiles(tlsFiles(options), context),
  files: (options, place) => pemFiles(tlsFiles(options), place),
  create: (options, context) =>
    createListener(
      options,
      context,
      createReceiver(context, context.orderBy, options.frameBytesMax),
    ),
};

function tlsFiles({ tls }: MllpOptions): PemPath[] {
  if (!tls) return [];
  const { cert, key, clientCa } = tls;
  return [
    ['cert', cert],
    ['key', key],
    ...(clientCa === undefined ? [] : ([['client_ca', clientCa]] as const)),
  ];
}
