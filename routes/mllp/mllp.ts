import {
  type Issue,
  missingPemFiles,
  pemFiles,
  type RouteComponent,
  type SinkContext,
  type Verdict,
} from '../../engine/index.ts';
import { ackModeOf, applyAckRules, type Header, peekHeader } from '../../transforms/hl7v2/index.ts';
import { mappingFiles } from '../../transforms/mapping/index.ts';
import type { Wants } from './exchange.ts';
import { type MllpRouteOptions, mllpRouteOptions } from './options.ts';
import { openPeer, type Peer } from './peer.ts';
import { checkRendering, madeBy } from './rendering.ts';
import { createSink } from './sink.ts';
import { tlsFiles } from './tls.ts';
import { verdictOf } from './verdict.ts';

/** Forwards each message, as it came, to one HL7 v2 receiver. */
export const mllpRoute: RouteComponent<MllpRouteOptions> = {
  role: 'route',
  name: 'mllp',
  summary:
    'Forwards each message as it came, or what its resources are rendered as, to an HL7 v2 ' +
    'receiver, over TCP or TLS.',
  guarantees:
    'In order, one message under way at a time. An acknowledgement counts only for the message ' +
    'that it names, on the connection on which that was sent. At least once: after a lost answer ' +
    'the message is sent again, with the same control id. In enhanced mode it is delivered when ' +
    'the receiver has accepted it, or with `until: application` when it has processed it.',
  example: 'mllp: { name: his, host: his.example.org, port: 6661 }',
  schema: mllpRouteOptions,
  // What is rendered follows the resources; what came is the same as ever.
  forwards: ({ render }) => render === undefined,
  check: (options, context) => [
    ...missingPemFiles(tlsFiles(options), context),
    ...checkRendering(options.render, context),
  ],
  files: (options, place) => [
    ...pemFiles(tlsFiles(options), place),
    ...(options.render ? mappingFiles(place.configDir, options.render.mapping) : []),
  ],
  async create(options, context) {
    const made = madeBy(options.render, context.configDir);
    const peer = openPeer(options, context);
    return createSink(peer, async (delivery) => {
      const rendered = made(delivery);
      if (rendered.kind === 'held') return { kind: 'hold', issues: rendered.issues };
      for (const { code, severity } of rendered.issues)
        context.events.emit({ type: 'issue', ...placeOf(context), code, severity, count: 1 });
      if (rendered.kind === 'nothing') return { kind: 'delivered' };
      return deliver(peer, options, rendered.bytes);
    });
  },
};

const placeOf = ({ channel, destination }: SinkContext) => ({ channel, stage: destination });

async function deliver(peer: Peer, options: MllpRouteOptions, given: Buffer): Promise<Verdict> {
  const raw = outgoing(given, options);
  const header = peekHeader(raw);
  const unsendable = header ? unsendableIssue(raw, header.controlId) : noHeader;
  if (!header || unsendable) return { kind: 'hold', issues: [unsendable ?? noHeader] };
  const exchange = await peer.exchange(raw, header.controlId, wantsOf(header, options));
  return verdictOf(exchange, options.onApplicationError);
}

/** MSH-15 and MSH-16 as the route declares them; in mode `as-is` the bytes as they came. */
function outgoing(raw: Buffer, { mode, until }: MllpRouteOptions): Buffer {
  switch (mode) {
    case 'as-is':
      return raw;
    case 'original':
      return applyAckRules(raw, '', '');
    case 'enhanced':
      return applyAckRules(raw, 'AL', until === 'application' ? 'AL' : 'NE');
    default:
      return mode satisfies never;
  }
}

/** What the receiver of this message will say, and for how much of it is waited. */
export function wantsOf(
  header: Header,
  { until }: Pick<MllpRouteOptions, 'until'>,
): Wants | undefined {
  const mode = ackModeOf(header);
  if (mode.kind === 'original') return undefined;
  const { accept, application } = mode;
  // Nobody says that it is accepted: only what comes of it shows that it arrived.
  const isAwaited = until === 'application' || accept === 'NE';
  return { accept, application, isAwaited };
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
