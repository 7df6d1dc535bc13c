import type { Socket } from 'node:net';
import type { Client } from 'pg';
import type { Pgoutput } from 'pg-logical-replication';
import { sayingCode } from './connection.ts';
import { readFrame, statusUpdate } from './lsn.ts';
import { withTexts } from './pgoutput.ts';

/** What the stream brings, in its order. */
export type Arrived =
  | { readonly kind: 'message'; readonly message: Pgoutput.Message }
  | { readonly kind: 'alive'; readonly lsn: bigint; readonly wantsReply: boolean };

/** A replication stream that is under way. */
export type ChangeStream = {
  /** The next; undefined once the stream was closed. Rejects when it broke. */
  next(): Promise<Arrived | undefined>;
  /** Is something there that `next` gives at once? */
  hasNext(): boolean;
  /** Tells the server that everything before `lsn` is durable here. */
  confirm(lsn: bigint): void;
  /** `next` gives what has come, and then ends; `confirm` still tells. */
  stop(): void;
  close(): Promise<void>;
};

/** Bytes that wait: with more, the socket is not read, and the server waits. */
const waitingBytesMax = 4 * 1024 * 1024;

/** What `pg` has and its types do not say. */
type Connection = {
  readonly stream: Socket;
  on(event: 'copyData', listener: (message: { chunk: Buffer }) => void): void;
  sendCopyFromChunk(chunk: Buffer): void;
};

/**
 * Streams from where the slot was confirmed. `pg-logical-replication`'s own service confirms what
 * it was sent, also what nobody has landed; of the package only the decoder of pgoutput is used.
 */
export async function openStream(
  client: Client,
  slot: string,
  publication: string,
  nowUs: () => number,
): Promise<ChangeStream> {
  const { PgoutputPlugin } = await import('pg-logical-replication');
  const plugin = new PgoutputPlugin({ protoVersion: 1, publicationNames: [publication] });
  const connection = (client as unknown as { connection: Connection }).connection;
  const waiting: { readonly arrived: Arrived; readonly bytes: number }[] = [];
  let bytes = 0;
  let end: { readonly cause?: unknown } | undefined;
  let wake = () => {};

  const finish = (cause?: unknown): void => {
    end ??= cause === undefined ? {} : { cause };
    wake();
  };
  connection.on('copyData', ({ chunk }) => {
    try {
      const frame = readFrame(chunk);
      if (frame === undefined) return;
      // Decoded at once: the driver uses the memory again.
      const arrived: Arrived =
        frame.kind === 'alive'
          ? frame
          : { kind: 'message', message: withTexts(plugin.parse(frame.data)) };
      waiting.push({ arrived, bytes: chunk.length });
      bytes += chunk.length;
      if (bytes > waitingBytesMax) connection.stream.pause();
      wake();
    } catch (cause) {
      finish(cause);
    }
  });
  client.once('end', () => finish());
  plugin.start(client, slot, '0/0').then(() => finish(), finish);

  return {
    async next() {
      for (;;) {
        const first = waiting.shift();
        if (first !== undefined) {
          bytes -= first.bytes;
          if (bytes < waitingBytesMax / 2) connection.stream.resume();
          return first.arrived;
        }
        if (end !== undefined) {
          if ('cause' in end) await sayingCode(Promise.reject(end.cause), 'cdc-stream-broken');
          return undefined;
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    hasNext: () => waiting.length > 0,
    confirm: (lsn) => connection.sendCopyFromChunk(statusUpdate(lsn, nowUs())),
    stop: () => finish(),
    async close() {
      finish();
      connection.stream.resume();
      await client.end().catch(() => undefined);
    },
  };
}
