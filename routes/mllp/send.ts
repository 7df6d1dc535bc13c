import { systemClock } from '../../engine/index.ts';
import { peekHeader } from '../../transforms/hl7v2/index.ts';
import type { Exchange, Target } from './exchange.ts';
import { wantsOf } from './mllp.ts';
import { createPeer } from './peer.ts';

/** One message to send, and where it is from. */
export type Outgoing = { readonly file: string; readonly raw: Buffer };

/** What came of it, as `./plexus send` prints it. */
export type Sent = {
  readonly file: string;
  readonly control_id: string;
  /** MSA-1 of the answer, or `none`. */
  readonly ack: string;
  /** Why there was none, a stable code. */
  readonly cause?: string;
  readonly latency_ms: number;
};

export type SendOptions = Pick<Target, 'host' | 'port' | 'tls'> & {
  readonly connectMs?: number;
  readonly ackMs?: number;
};

/**
 * Sends messages one after the other over one connection and yields what each came to. It never
 * throws for a receiver's failure; for a message without MSH-10 (a
 * batch) the next acknowledgement counts.
 */
export async function* sendFrames(
  messages: Iterable<Outgoing> | AsyncIterable<Outgoing>,
  options: SendOptions,
): AsyncGenerator<Sent> {
  const clock = systemClock();
  const target = { connectMs: 5_000, ackMs: 30_000, ...options, keepOpen: true };
  const applicationMs = target.ackMs;
  const ignored = { onStray() {}, onFollowing() {} };
  const peer = createPeer({ ...target, applicationMs }, clock, ignored);
  try {
    for await (const { file, raw } of messages) {
      const header = peekHeader(raw);
      const controlId = header?.controlId ?? '';
      const wants = header && wantsOf(header, { until: 'accept' });
      const beganUs = clock.nowUs();
      const exchange = await peer.exchange(raw, controlId || undefined, wants);
      const latencyMs = Math.round((clock.nowUs() - beganUs) / 10) / 100;
      const sent = { file, control_id: controlId, latency_ms: latencyMs };
      yield exchange.kind === 'answered'
        ? { ...sent, ack: exchange.reply.code }
        : { ...sent, ack: 'none', cause: causeOf(exchange) };
    }
  } finally {
    peer.close();
  }
}

/** `no-ack-wanted`: MSH-15 and MSH-16 asked for none. */
function causeOf(exchange: Exclude<Exchange, { kind: 'answered' }>): string {
  if ('cause' in exchange) return exchange.cause;
  return exchange.kind === 'accepted' ? 'application-ack-timeout' : 'no-ack-wanted';
}
