/**
 * The floor: what the machine can do with nothing but honest acknowledgements. Frames are cut at
 * FS, one row a message goes into the same kind of database (`openDatabase`: encrypted, WAL, FULL),
 * all messages of one turn of the event loop share one commit, and AA follows its fsync. No
 * parsing, no processing.
 *
 *   ./bin/node24 bench/floor.ts [--port 0] [--data FOLDER]
 *
 * Prints `{"listening":{"host","port"}}`; on SIGTERM
 * `{"messages","cpu_ms_per_message","rss_bytes",...}`.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openDatabase } from '../engine/index.ts';

export type FloorOptions = {
  readonly folder: string;
  /** 32 bytes. */
  readonly key: Buffer;
  readonly port?: number;
};

export type Floor = {
  readonly port: number;
  /** Stops and answers with what it cost. */
  stop(): Promise<FloorResult>;
};

export type FloorResult = {
  readonly messages: number;
  readonly commits: number;
  readonly cpu_ms_per_message: number;
  readonly stored_bytes_per_raw_byte: number;
  readonly rss_bytes: number;
};

type Waiting = { readonly socket: Socket; readonly raw: Buffer };

const checkpointPages = 1_000;

export async function startFloor({ folder, key, port = 0 }: FloorOptions): Promise<Floor> {
  const file = join(folder, 'floor.db');
  const db = openDatabase(file, { key, autoCheckpointPages: checkpointPages });
  db.exec('CREATE TABLE message(id INTEGER PRIMARY KEY, received_us INTEGER, raw BLOB) STRICT');
  const insert = db.prepare('INSERT INTO message(received_us, raw) VALUES(?, ?)');
  const counts = { messages: 0, commits: 0, rawBytes: 0 };
  const cpuBefore = process.cpuUsage();
  const commit = (waiting: readonly Waiting[]) => {
    db.exec('BEGIN IMMEDIATE');
    for (const { raw } of waiting) insert.run(Date.now() * 1000, raw);
    db.exec('COMMIT');
    counts.commits += 1;
    counts.messages += waiting.length;
    for (const { raw } of waiting) counts.rawBytes += raw.length;
  };
  const { server, sockets } = await serve(port, commit);
  return {
    port: (server.address() as { port: number }).port,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      const { user, system } = process.cpuUsage(cpuBefore);
      db.pragma('wal_checkpoint(TRUNCATE)');
      db.close();
      return {
        messages: counts.messages,
        commits: counts.commits,
        cpu_ms_per_message: (user + system) / 1000 / Math.max(1, counts.messages),
        stored_bytes_per_raw_byte: statSync(file).size / Math.max(1, counts.rawBytes),
        rss_bytes: process.memoryUsage().rss,
      };
    },
  };
}

async function serve(port: number, commit: (waiting: readonly Waiting[]) => void) {
  const sockets = new Set<Socket>();
  let waiting: Waiting[] = [];
  const turn = () => {
    const batch = waiting;
    waiting = [];
    commit(batch);
    for (const { socket, raw } of batch) socket.write(acknowledge(raw));
  };
  const server: Server = createServer((socket) => {
    let kept: Buffer | undefined;
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (chunk) => {
      let rest = kept ? Buffer.concat([kept, chunk]) : chunk;
      for (let end = rest.indexOf(0x1c); end >= 0; end = rest.indexOf(0x1c)) {
        if (waiting.length === 0) setImmediate(turn);
        waiting.push({ socket, raw: rest.subarray(rest.indexOf(0x0b) + 1, end) });
        rest = rest.subarray(end + 2);
      }
      kept = rest.length > 0 ? rest : undefined;
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return { server, sockets };
}

/** AA by the tenth field of the first segment, nothing else read. */
function acknowledge(raw: Buffer): Buffer {
  let from = 0;
  for (let field = 0; field < 9; field += 1) from = raw.indexOf(0x7c, from) + 1;
  const controlId = raw.toString('latin1', from, raw.indexOf(0x7c, from));
  return Buffer.from(
    `\x0bMSH|^~\\&|||||||ACK|${controlId}|P|2.5.1\rMSA|AA|${controlId}\r\x1c\r`,
    'latin1',
  );
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { port: { type: 'string' }, data: { type: 'string' } },
  });
  const folder = values.data ?? mkdtempSync(join(tmpdir(), 'plexus-floor-'));
  const floor = await startFloor({
    folder,
    key: randomBytes(32),
    port: Number(values.port ?? 0),
  });
  const listening = { host: '127.0.0.1', port: floor.port };
  process.stdout.write(`${JSON.stringify({ listening })}\n`);
  process.once('SIGTERM', async () => {
    process.stdout.write(`${JSON.stringify(await floor.stop())}\n`);
    if (values.data === undefined) rmSync(folder, { recursive: true });
  });
}

if (import.meta.main) await main();
