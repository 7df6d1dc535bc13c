import { connect as connectTcp, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import type { Clock } from '../../engine/index.ts';

export type Address = {
  readonly host: string;
  readonly port: number;
  readonly tls?: ConnectionOptions;
  readonly connectMs: number;
};

/** Connects; answers with a stable cause when it cannot. */
export function dial({ host, port, tls, connectMs }: Address, clock: Clock) {
  const socket = tls ? connectTls({ ...tls, host, port }) : connectTcp({ host, port });
  return new Promise<Socket | string>((resolve) => {
    const cancel = clock.after(connectMs, () => fail('connect-timeout'));
    const fail = (cause: string) => {
      cancel();
      socket.destroy();
      resolve(cause);
    };
    socket.once(tls ? 'secureConnect' : 'connect', () => {
      cancel();
      resolve(socket);
    });
    socket.on('error', (error: NodeJS.ErrnoException) => fail(causeOf(error)));
    socket.once('close', () => fail('connection-closed'));
  });
}

function causeOf(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'ECONNREFUSED':
      return 'connection-refused';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'host-not-found';
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'host-unreachable';
    case 'ETIMEDOUT':
      return 'connect-timeout';
    default:
      return 'connection-failed';
  }
}
