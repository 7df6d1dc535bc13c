// The counterparty of the route tests: a real socket server that answers as a script tells it.
import { createServer, type Socket } from 'node:net';
import {
  type Clock,
  createEvents,
  type Delivery,
  type Event,
  type MessageId,
  systemClock,
} from '../../../engine/index.ts';
import { mllpRoute } from '../../../routes/mllp/index.ts';

export type Arrived = {
  readonly body: Buffer;
  readonly socket: Socket;
  readonly connection: number;
};

export async function openReceiver(onMessage: (arrived: Arrived) => void) {
  const arrived: Arrived[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    const connection = connections;
    let kept = Buffer.alloc(0);
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (chunk) => {
      kept = Buffer.concat([kept, chunk]);
      for (let end = kept.indexOf('\x1c\r'); end >= 0; end = kept.indexOf('\x1c\r')) {
        const message = { body: kept.subarray(kept.indexOf(0x0b) + 1, end), socket, connection };
        kept = kept.subarray(end + 2);
        arrived.push(message);
        onMessage(message);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    port,
    arrived,
    connections: () => connections,
    open: () => sockets.size,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function ack(code: string, controlId: string, more = ''): string {
  const header = `MSH|^~\\&|HIS|EAST|REG|WEST|20250301||ACK|A${controlId}|P|2.5.1`;
  return `\x0b${header}\rMSA|${code}|${controlId}\r${more}\x1c\r`;
}

export function controlIdOf(body: Buffer): string {
  return body.toString('latin1').split('|')[9] ?? '';
}

let lastId = 0;

export function delivery(raw: string | Buffer, keys?: readonly number[]): Delivery {
  lastId += 1;
  return {
    id: lastId as MessageId,
    generation: 0,
    channel: 'test',
    sha256: '',
    receivedUs: 0,
    attempts: 0,
    uncertain: false,
    raw: () => (typeof raw === 'string' ? Buffer.from(raw, 'latin1') : raw),
    settlement: () => ({ outcome: 'delivered', issues: [] }),
    resources: () => [],
    ...(keys ? { keys } : {}),
  };
}

export async function openRoute(config: Record<string, unknown>, clock: Clock = systemClock()) {
  const events = createEvents();
  const seen: Event[] = [];
  events.subscribe((event) => void seen.push(event));
  const sink = await mllpRoute.create(mllpRoute.schema.parse({ host: '127.0.0.1', ...config }), {
    channel: 'test',
    destination: 'test/his',
    clock,
    events,
    cursors: new Map(),
    resolvePath: (path) => path,
    configDir: 'none',
  });
  return { sink, seen };
}
