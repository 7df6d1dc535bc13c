import type { ConnectionOptions } from 'node:tls';
import {
  type Delivery,
  type Issue,
  missingPemFiles,
  type PemPath,
  pemFiles,
  type RouteComponent,
  readPemFile,
  type Sink,
  type SinkContext,
  type Verdict,
} from '../../engine/index.ts';
import { peekHeader } from '../../transforms/hl7v2/index.ts';
import { type MllpRouteOptions, mllpRouteOptions } from './options.ts';
import { createPeer, type Exchange, type Peer } from './peer.ts';

/** Forwards each message, as it came, to one HL7 v2 receiver. */
export const mllpRoute: RouteComponent<MllpRouteOptions> = {
  role: 'route',
  name: 'mllp',
  summary: 'Forwards each message as it came to an HL7 v2 receiver, over TCP or TLS.',
  guarantees:
    'In order, one message under way at a time. An acknowledgement counts only for the message ' +
    'that it names, on the connection on which that was sent. At least once: after a lost answer ' +
    'the message is sent again, with the same control id.',
  example: 'mllp: { name: his, host: his.example.org, port: 6661 }',
  schema: mllpRouteOptions,
  forwards: () => true,
  check: (options, context) => missingPemFiles(tlsFiles(options), context),
  files: (options, place) => pemFiles(tlsFiles(options), place),
  async create(options, context) {
    const { tls, ...target } = options;
    const peer = createPeer(
      tls ? { ...target, tls: tlsSettings(tls, context) } : target,
      context.clock,
      () => context.events.emit({ type: 'late-ack', ...placeOf(context) }),
    );
    return createSink(peer);
  },
};

function tlsFiles({ tls }: MllpRouteOptions): PemPath[] {
  return (['ca', 'cert', 'key'] as const).flatMap((key): PemPath[] => {
    const path = tls?.[key];
    return path === undefined ? [] : [[key, path]];
  });
}

function placeOf({ channel, destination }: SinkContext) {
  return { channel, destination };
}

/** Throws PlexusError `tls-file-unreadable`. */
function tlsSettings(
  tls: NonNullable<MllpRouteOptions['tls']>,
  context: SinkContext,
): ConnectionOptions {
  const read = (path: string) => readPemFile(context.resolvePath(path));
  return {
    minVersion: 'TLSv1.2',
    ...(tls.ca === undefined ? {} : { ca: read(tls.ca) }),
    ...(tls.cert === undefined ? {} : { cert: read(tls.cert) }),
    ...(tls.key === undefined ? {} : { key: read(tls.key) }),
    ...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
  };
}

/** A claim of this size pays its commits off; the messages still go out one by one. */
const batch = 16;

function createSink(peer: Peer): Sink {
  return {
    batch,
    async deliver(deliveries) {
      const verdicts: Verdict[] = [];
      const parked = new Set<number>();
      let stopped: Verdict | undefined;
      for (const delivery of deliveries) {
        const known = stopped ?? (sharesKey(delivery, parked) ? waitsForKey : undefined);
        const verdict = known ?? (await deliverOne(peer, delivery));
        verdicts.push(verdict);
        if (verdict.kind === 'retry') for (const key of delivery.keys ?? []) parked.add(key);
        stopped ??= known ? undefined : stopAfter(verdict, delivery);
      }
      return { verdicts };
    },
    async close() {
      peer.close();
    },
  };
}

/** What the rest of the batch comes to after this verdict; undefined: it goes on. */
function stopAfter(verdict: Verdict, { keys }: Delivery): Verdict | undefined {
  if (verdict.kind === 'unavailable') return verdict;
  if (verdict.kind !== 'retry') return undefined;
  // Who gave no answer at all is not asked again now, and without keys any two may share one.
  return keys && verdict.cause.startsWith('answered-') ? undefined : unavailable(verdict.cause);
}

const waitsForKey: Verdict = { kind: 'retry', cause: 'earlier-message-waits' };

function unavailable(cause: string): Verdict {
  return { kind: 'unavailable', cause };
}

function sharesKey({ keys }: Delivery, parked: ReadonlySet<number>): boolean {
  return parked.size > 0 && (keys === undefined || keys.some((key) => parked.has(key)));
}

async function deliverOne(peer: Peer, delivery: Delivery): Promise<Verdict> {
  const raw = delivery.raw();
  const header = peekHeader(raw);
  const unsendable = header ? unsendableIssue(raw, header.controlId) : noHeader;
  if (!header || unsendable) return { kind: 'hold', issues: [unsendable ?? noHeader] };
  return verdictOf(await peer.exchange(raw, header.controlId));
}

const noHeader: Issue = {
  severity: 'error',
  code: 'no-msh',
  diagnostics: 'The message has no MSH segment, so no acknowledgement could name it.',
  path: 'MSH',
};

function unsendableIssue(raw: Buffer, controlId: string): Issue | undefined {
  if (controlId === '') {
    return {
      severity: 'error',
      code: 'control-id-missing',
      diagnostics: 'The message has no control id, so no acknowledgement could name it.',
      path: 'MSH-10',
    };
  }
  const offset = raw.indexOf(0x1c);
  if (offset < 0) return undefined;
  return {
    severity: 'error',
    code: 'fs-inside-frame',
    diagnostics: 'The message holds the byte 0x1C, which would end its MLLP frame early.',
    offset,
  };
}

/** HL7 v2.5.1 table 0008; the accept codes of enhanced mode count like those of original mode. */
function verdictOf(exchange: Exchange): Verdict {
  if (exchange.kind === 'unreachable') return unavailable(exchange.cause);
  // One message that its receiver chokes on parks its own key; a retry counts its attempts.
  if (exchange.kind === 'unanswered') return { kind: 'retry', cause: exchange.cause };
  const { code, condition } = exchange.reply;
  switch (code) {
    case 'AA':
    case 'CA':
      return { kind: 'delivered' };
    case 'AE':
    case 'CE':
      return { kind: 'retry', cause: `answered-${code.toLowerCase()}` };
    case 'AR':
    case 'CR': {
      const said = condition ? ` with HL7 error ${condition}` : '';
      const diagnostics = `The receiver refused the message: ${code}${said}.`;
      return {
        kind: 'hold',
        issues: [{ severity: 'error', code: 'refused-by-destination', diagnostics }],
      };
    }
    default:
      return { kind: 'retry', cause: 'answered-unknown-code' };
  }
}
