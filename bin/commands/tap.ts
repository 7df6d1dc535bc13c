import type { WebSocket } from 'ws';
import { type EventOf, exitCodes, PlexusError } from '../../engine/index.ts';
import { defineCommand, UsageError } from '../command.ts';
import { messageRow, messageText } from '../message-rows.ts';
import { connectEngine, hostOf } from '../running-engine.ts';

type Frame = { readonly type: string; readonly dropped?: number; readonly events?: unknown[] };

export const tap = defineCommand({
  name: 'tap',
  summary: 'Shows the messages of a channel live, as the running engine settles them.',
  usage: 'CHANNEL [--limit N]',
  options: { limit: { type: 'string', value: 'N', about: 'Ends after so many messages.' } },
  async run({ args, options, json, dataDir, env, out, signal }) {
    const [channel] = args;
    if (channel === undefined || args.length > 1) throw new UsageError('name one channel');
    const limit = options.limit === undefined ? Number.POSITIVE_INFINITY : Number(options.limit);
    if (!(limit >= 1)) throw new UsageError('--limit wants a number of at least 1');
    const engine = connectEngine(dataDir, env);
    const known = await engine.get<{ channel: string }[]>('/channels');
    if (!known.some((one) => one.channel === channel))
      throw new UsageError(`no channel is called \`${channel}\``);
    const search = new URLSearchParams({ channel, types: 'message' });
    const { WebSocket: Client } = await import('ws');
    const socket = new Client(
      `ws://${hostOf(engine.address)}:${engine.address.port}/api/events?${search}`,
      { headers: { authorization: `Bearer ${engine.token}` } },
    );
    let shown = 0;
    await follow(socket, signal, (frame) => {
      if (frame.dropped) out.say(`${frame.dropped} messages were too fast to show`);
      for (const event of (frame.events ?? []) as EventOf<'message'>[]) {
        if (shown >= limit) return false;
        shown += 1;
        const row = { ...messageRow(event), resources: event.resources };
        if (json) out.json(row);
        else out.line(`${messageText(row)} ${row.resources} resources`);
      }
      return shown < limit;
    });
    return exitCodes.ok;
  },
});

/** Ends when `take` has enough, when the person interrupts, or when the engine goes away. */
function follow(
  socket: WebSocket,
  signal: AbortSignal,
  take: (frame: Frame) => boolean,
): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => socket.close());
    socket.on('message', (data) => {
      const frame = JSON.parse(String(data)) as Frame;
      if (frame.type === 'events' && !take(frame)) socket.close();
    });
    socket.on('close', () => resolve());
    socket.on('error', (cause) => {
      const message = 'the live stream of the engine cannot be opened';
      reject(new PlexusError('engine-not-answering', message, { cause }));
    });
  });
}
