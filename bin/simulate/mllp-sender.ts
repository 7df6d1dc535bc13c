import { connect, type Socket } from 'node:net';

/** Sends one message and resolves with its ACK, as a waiting EMR does. */
export type Sender = {
  /** `AA`, `AE` or `AR`; the HTTP status for FHIR. Rejects when the peer went away. */
  send(payload: Buffer, path?: string): Promise<string>;
  close(): void;
};

const frameEnd = Buffer.from([0x1c, 0x0d]);

/** An EMR's interface: one connection, one message in flight, opened again when it broke. */
export function createMllpSender(host: string, port: number): Sender {
  let socket: Socket | undefined;

  async function open(): Promise<Socket> {
    if (socket !== undefined && !socket.destroyed) return socket;
    const opened = connect({ host, port, noDelay: true });
    await new Promise<void>((resolve, reject) => {
      opened.once('connect', resolve);
      opened.once('error', reject);
    });
    opened.on('error', () => opened.destroy());
    socket = opened;
    return opened;
  }

  return {
    async send(payload) {
      const opened = await open();
      const answer = readFrame(opened);
      opened.write(Buffer.concat([Buffer.from([0x0b]), payload, frameEnd]));
      const text = (await answer).toString('latin1');
      const msa = text.split('\r').find((line) => line.startsWith('MSA'));
      return msa?.split(msa.charAt(3))[1] ?? 'no MSA';
    },
    close: () => socket?.destroy(),
  };
}

function readFrame(socket: Socket): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const onData = (chunk: Buffer) => {
      chunks.push(chunk);
      const bytes = Buffer.concat(chunks);
      const end = bytes.indexOf(frameEnd);
      if (end < 0) return;
      stop();
      resolve(bytes.subarray(1, end));
    };
    const onClose = () => {
      stop();
      reject(new Error('the connection was closed before an ACK came'));
    };
    const stop = () => {
      socket.off('data', onData);
      socket.off('close', onClose);
    };
    socket.on('data', onData);
    socket.on('close', onClose);
  });
}
