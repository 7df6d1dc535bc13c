import {
  type Delivery,
  missingPemFiles,
  pemFiles,
  type RouteComponent,
  type Verdict,
} from '../../engine/index.ts';
import { applicationAck } from '../../transforms/hl7v2/index.ts';
import { type RepliesOptions, repliesOptions } from './options.ts';
import { openPeer, type Peer } from './peer.ts';
import { createSink } from './sink.ts';
import { tlsFiles } from './tls.ts';
import { verdictOf } from './verdict.ts';

/** Where senders in enhanced mode want to hear what came of their messages. */
export const repliesRoute: RouteComponent<RepliesOptions> = {
  role: 'route',
  name: 'replies',
  answers: true,
  summary:
    'Sends the application acknowledgements that senders in enhanced mode are owed to a port of ' +
    'theirs, in place of the connection on which the message came.',
  guarantees:
    'At least once: what is owed is durable with the message, survives a crash, and is sent ' +
    'again until the sender has acknowledged it.',
  example: 'replies: { host: lab.example.org, port: 6662 }',
  schema: repliesOptions,
  check: (options, context) => missingPemFiles(tlsFiles(options), context),
  files: (options, place) => pemFiles(tlsFiles(options), place),
  async create(options, context) {
    const peer = openPeer({ ...options, applicationMs: options.ackMs }, context);
    return createSink(peer, (delivery) => reply(peer, options, delivery));
  },
};

async function reply(
  peer: Peer,
  { receipt }: RepliesOptions,
  delivery: Delivery,
): Promise<Verdict> {
  const settlement = delivery.settlement();
  if (!settlement) return { kind: 'retry', cause: 'answered-not-settled' };
  const ack = applicationAck(delivery.raw(), delivery, settlement, receipt);
  // MSH-16 wants to hear of errors alone, or of success alone, and it was the other.
  if (!ack) return { kind: 'delivered' };
  const accept = receipt ? 'AL' : 'NE';
  const wants = { accept, application: 'NE', isAwaited: false } as const;
  return verdictOf(await peer.exchange(ack.bytes, ack.controlId, wants));
}
