import { type ChannelView, exitCodes, suggestion } from '../../engine/index.ts';
import { defineCommand, type Invocation, UsageError } from '../command.ts';
import { isoTime } from '../message-rows.ts';
import { connectEngine, findEngine } from '../running-engine.ts';
import { renderTable } from '../table.ts';

const things = ['components', 'channels'] as const;

export const list = defineCommand({
  name: 'list',
  summary: 'Shows the components that a channel file can name, or the channels and their queues.',
  usage: `[${things.join('|')}]`,
  details: `channels: what the running engine says, or without one what lies in the data folder. A
channel that was rolled back is \`pinned\` to its revision until the next \`channel deploy\`.`,
  options: {},
  async run(call) {
    const [word = 'components', ...more] = call.args;
    if (more.length > 0) throw new UsageError('list one thing');
    if (word === 'components') return listComponents(call);
    if (word === 'channels') return listChannels(call);
    throw new UsageError(`unknown word \`${word}\`; ${suggestion(word, things)}`);
  },
});

async function listComponents({ json, out }: Invocation): Promise<number> {
  const { registry } = await import('../registry.ts');
  const rows = Object.values(registry).flatMap((components) =>
    [...components.values()].map(({ role, name, summary, guarantees }) => ({
      role,
      name,
      summary,
      guarantees,
    })),
  );
  if (json) for (const row of rows) out.json(row);
  else out.line(renderTable(rows, ['role', 'name', 'summary']));
  return exitCodes.ok;
}

async function listChannels(call: Invocation): Promise<number> {
  const rows = (await readChannels(call)).map(toRow);
  const columns = [
    'channel',
    'state',
    'revision',
    'pinned',
    'received',
    'pending',
    'held',
  ] as const;
  if (call.json) for (const row of rows) call.out.json(row);
  else call.out.line(renderTable(rows, [...columns, 'queues']));
  return exitCodes.ok;
}

async function readChannels({ dataDir, env }: Invocation): Promise<readonly ChannelView[]> {
  if (findEngine(dataDir)) return connectEngine(dataDir, env).get<ChannelView[]>('/channels');
  const { openData } = await import('../data.ts');
  using data = openData({ dataDir, env });
  return data.reader.channels();
}

function toRow({ destinations, lastReceivedUs, oldestPendingUs, ...view }: ChannelView) {
  const queues = destinations.map(
    ({ destination, pending, held }) => `${destination} ${pending} pending ${held} held`,
  );
  return {
    ...view,
    last_received: isoTime(lastReceivedUs),
    oldest_pending: isoTime(oldestPendingUs),
    destinations: destinations.map(({ oldestPendingUs: oldest, ...queue }) => ({
      ...queue,
      oldest_pending: isoTime(oldest),
    })),
    queues: queues.join('; '),
  };
}
