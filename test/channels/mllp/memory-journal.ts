// The seam of the listener tests: a SourceContext whose journal is an array, and a clock that may
// be turned by hand. Sockets, frames and acknowledgements are real.
import { createHash } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { mllpSource } from '../../../channels/mllp/index.ts';
import {
  type Clock,
  createAccessTokens,
  createEvents,
  type Event,
  type Landed,
  type Landing,
  type MessageId,
  type Settlement,
  systemClock,
} from '../../../engine/index.ts';
import { memoryState } from '../source-context.ts';

export type Journal = {
  readonly landings: Landing[];
  /** Replaces what `land` does, for faults. */
  onLand?: (landing: Landing) => Promise<void> | undefined;
  onSettled?: (id: MessageId) => Promise<Settlement>;
};

export type Options = {
  readonly config?: Record<string, unknown>;
  readonly ack?: 'landed' | 'settled';
  readonly clock?: Clock;
};

/** Opens a real listener on a free port of the loopback. */
export async function openListener({ config = {}, ack = 'landed', clock }: Options = {}) {
  const events = createEvents();
  const seen: Event[] = [];
  events.subscribe((event) => void seen.push(event));
  const journal: Journal = { landings: [] };
  const byKey = new Map<string, Landed>();
  const commit = (landing: Landing): Landed => {
    const sha256 = createHash('sha256').update(landing.raw).digest('hex');
    const key = landing.dedupeKey && `${landing.dedupeKey}#${sha256}`;
    const known = key ? byKey.get(key) : undefined;
    if (known) return { ...known, duplicate: true };
    journal.landings.push(landing);
    const id = journal.landings.length as MessageId;
    const landed = { id, duplicate: false, receivedUs: landing.receivedUs, sha256 };
    if (key) byKey.set(key, landed);
    return landed;
  };
  const source = mllpSource.create(mllpSource.schema.parse({ port: 0, ...config }), {
    channel: 'test',
    ack,
    clock: clock ?? systemClock(),
    events,
    orderBy: [],
    anyPort: true,
    async land(landing) {
      await journal.onLand?.(landing);
      return commit(landing);
    },
    async landBatch(whole, parts) {
      await journal.onLand?.(whole);
      return [whole, ...parts].map(commit);
    },
    settled: (id) =>
      journal.onSettled?.(id) ?? Promise.resolve({ outcome: 'delivered', issues: [] }),
    state: memoryState(),
    tokens: createAccessTokens(),
    resolvePath: (path) => path,
  });
  const [listening] = await source.open();
  return { source, journal, seen, port: listening!.port, listening: listening! };
}

export type Sender = Awaited<ReturnType<typeof openSender>>;

/** A socket that collects the frames it is answered with. */
export async function openSender(port: number, given?: Socket) {
  const socket = given ?? connect(port, '127.0.0.1');
  let text = '';
  let isClosed = false;
  const waiting: (() => void)[] = [];
  const wake = () => {
    for (const each of waiting.splice(0)) each();
  };
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
    wake();
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    isClosed = true;
    wake();
  });
  if (!given) await new Promise((resolve) => socket.once('connect', resolve));
  const answers = () =>
    text
      .split('\x1c\r')
      .slice(0, -1)
      .map((each) => each.slice(1));
  const until = async (isDone: () => boolean) => {
    while (!isDone()) await new Promise<void>((resolve) => waiting.push(resolve));
  };
  return {
    socket,
    answers,
    text: () => text,
    isClosed: () => isClosed,
    write: (bytes: string | Buffer) =>
      socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes),
    /** Resolves with the first `count` answers. */
    async answered(count: number): Promise<string[]> {
      await until(() => answers().length >= count || isClosed);
      return answers();
    },
    closed: () => until(() => isClosed),
  };
}

export const frame = (body: string): string => `\x0b${body}\x1c\r`;

/** A synthetic ADT; no person of that name exists. */
export function adt(controlId: string, mrn = '1001', note = ''): string {
  return [
    `MSH|^~\\&|REG|WEST|PLEXUS|NET|20250301101500||ADT^A01|${controlId}|P|2.5.1`,
    'EVN|A01|20250301101500',
    `PID|1||${mrn}^^^WEST^MR||Teststone^Amber||19700102|F`,
    `PV1|1|I|4E^12^1|||||||MED${note ? `|${note}` : ''}`,
    '',
  ].join('\r');
}

/** MSA-1 and MSA-2 of an acknowledgement. */
export function msa(ack: string): string {
  const [, code = '', controlId = ''] = /\rMSA\|([^|\r]*)\|([^|\r]*)/.exec(ack) ?? [];
  return `${code} ${controlId}`;
}
