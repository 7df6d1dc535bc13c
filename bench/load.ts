/**
 * The load generator, a process of its own: N connections, each of which sends a message, waits for
 * the ACK that names it, and sends the next.
 *
 *   ./bin/node24 bench/load.ts --port 6661 [--host 127.0.0.1] [--connections 8] [--seconds 10]
 *     [--messages 100000] [--seed 1] [--facility BENCH] [--patients 5000]
 *
 * Prints one JSON object. Exit 0 when every message was acknowledged AA, 1 when one was not, 69
 * when the port could not be reached.
 */
import { connect, type Socket } from 'node:net';
import { parseArgs } from 'node:util';
import { messageMaker, type Stamp, stampPool } from './messages.ts';

export type LoadOptions = {
  readonly host: string;
  readonly port: number;
  readonly connections: number;
  /** Stops sending after so long, or after so many messages. */
  readonly seconds: number;
  readonly messages: number;
  readonly seed: number;
  readonly facility: string;
  readonly patients: number;
};

export type LoadResult = {
  readonly connections: number;
  readonly sent: number;
  readonly acked: number;
  /** Answers other than AA, and answers that named another message. */
  readonly refused: number;
  readonly seconds: number;
  readonly per_second: number;
  readonly p50_ms: number;
  readonly p99_ms: number;
  readonly max_ms: number;
  /** Message bytes, without framing. */
  readonly bytes: number;
  readonly mean_bytes: number;
  /** Sockets that broke before the load's end. */
  readonly broken: number;
};

export const loadDefaults = {
  host: '127.0.0.1',
  connections: 8,
  seconds: 10,
  messages: Number.POSITIVE_INFINITY,
  seed: 1,
  facility: 'BENCH',
  patients: 5_000,
} as const;

/** As many different messages; each control id is used once. */
const poolSize = 4_000;
const controlIdBytes = 16;

type Tally = { sent: number; acked: number; refused: number; bytes: number; broken: number };

/** Runs the load; rejects when a connection cannot be opened. */
export async function runLoad(options: LoadOptions): Promise<LoadResult> {
  const tally: Tally = { sent: 0, acked: 0, refused: 0, bytes: 0, broken: 0 };
  const latenciesMs: number[] = [];
  const make = messageMaker(options.seed, options.patients, options.facility);
  const pool = stampPool(make, Math.min(poolSize, options.patients), controlIdBytes);
  const sockets = await Promise.all(
    Array.from({ length: options.connections }, () => open(options.host, options.port)),
  );
  const beganMs = performance.now();
  const untilMs = beganMs + options.seconds * 1000;
  const mayGoOn = () => tally.sent < options.messages && performance.now() < untilMs;
  const prefix = `L${options.seed.toString(36).slice(-5).padStart(5, '0')}`;
  const sending = { pool, prefix, mayGoOn, tally, latenciesMs };
  await Promise.all(sockets.map((socket) => sendInTurn(socket, sending)));
  const seconds = (performance.now() - beganMs) / 1000;
  const sorted = Float64Array.from(latenciesMs).sort();
  const at = (share: number) => round(sorted[Math.floor(sorted.length * share)] ?? 0);
  return {
    connections: options.connections,
    sent: tally.sent,
    acked: tally.acked,
    refused: tally.refused,
    seconds: round(seconds),
    per_second: Math.round(tally.acked / seconds),
    p50_ms: at(0.5),
    p99_ms: at(0.99),
    max_ms: round(sorted.at(-1) ?? 0),
    bytes: tally.bytes,
    mean_bytes: Math.round(tally.bytes / Math.max(1, tally.sent)),
    broken: tally.broken,
  };
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

function open(host: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    socket.setNoDelay(true);
    socket.once('connect', () => resolve(socket));
    socket.once('error', reject);
  });
}

type Sending = {
  readonly pool: readonly Stamp[];
  readonly prefix: string;
  readonly mayGoOn: () => boolean;
  readonly tally: Tally;
  readonly latenciesMs: number[];
};

/** One stop-and-wait sender; resolves when it may not go on or its socket broke. */
function sendInTurn(socket: Socket, sending: Sending): Promise<void> {
  const { tally, latenciesMs } = sending;
  return new Promise((resolve) => {
    let sentMs = 0;
    let controlId = '';
    let kept = '';
    const next = () => {
      if (!sending.mayGoOn()) {
        socket.end();
        return;
      }
      tally.sent += 1;
      controlId = sending.prefix + tally.sent.toString(36).padStart(controlIdBytes - 6, '0');
      const { frame, bytes, offsets } = sending.pool[tally.sent % sending.pool.length]!;
      // The stamp is used again while the socket may still hold the bytes.
      const own = Buffer.from(frame);
      for (const offset of offsets) own.write(controlId, offset, 'latin1');
      tally.bytes += bytes;
      sentMs = performance.now();
      socket.write(own);
    };
    socket.on('data', (chunk) => {
      kept += chunk.toString('latin1');
      const end = kept.indexOf('\x1c');
      if (end < 0) return;
      latenciesMs.push(performance.now() - sentMs);
      const at = kept.indexOf(`MSA|AA|${controlId}`);
      if (at >= 0 && at < end) tally.acked += 1;
      else tally.refused += 1;
      kept = '';
      next();
    });
    socket.on('error', () => {
      tally.broken += 1;
    });
    socket.on('close', () => resolve());
    next();
  });
}

async function main(): Promise<void> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: {
      host: text,
      port: text,
      connections: text,
      seconds: text,
      messages: text,
      seed: text,
      facility: text,
      patients: text,
    },
  });
  const number = (name: 'port' | 'connections' | 'seconds' | 'messages' | 'seed' | 'patients') =>
    values[name] === undefined ? {} : { [name]: Number(values[name]) };
  const options = {
    ...loadDefaults,
    port: 6661,
    ...(values.host === undefined ? {} : { host: values.host }),
    ...(values.facility === undefined ? {} : { facility: values.facility }),
    ...number('port'),
    ...number('connections'),
    ...number('seconds'),
    ...number('messages'),
    ...number('seed'),
    ...number('patients'),
  };
  try {
    const result = await runLoad(options);
    process.stdout.write(`${JSON.stringify(result)}\n`);
    process.exitCode = result.acked === result.sent ? 0 : 1;
  } catch (error) {
    process.stderr.write(`load: ${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 69;
  }
}

if (import.meta.main) await main();
