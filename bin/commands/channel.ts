import { channelVerbs, exitCodes, type HeldGroup, suggestion } from '../../engine/index.ts';
import { defineCommand, type Output, UsageError } from '../command.ts';
import { connectEngine, type EngineClient } from '../running-engine.ts';

export const channel = defineCommand({
  name: 'channel',
  summary: 'Starts, stops, pauses, drains, deploys or rolls back channels of the running engine.',
  usage: `${channelVerbs.join('|')} CHANNEL..`,
  details: `start     takes in and processes
stop      takes nothing in, finishes what is claimed, keeps the queue
pause     takes in and acknowledges, processes nothing
drain     takes nothing in, works the queue off, then stops
deploy    reads the configuration again, tries it, and swaps this channel
rollback  back to the revision deployed before, and again one further back; reload and restart
          leave it there until the next deploy`,
  options: {},
  async run({ args, json, dataDir, env, out }) {
    const [verb, ...names] = args;
    if (verb === undefined) throw new UsageError(`do what? ${channelVerbs.join(', ')}`);
    if (!(channelVerbs as readonly string[]).includes(verb))
      throw new UsageError(`unknown verb \`${verb}\`; ${suggestion(verb, channelVerbs)}`);
    if (names.length === 0) throw new UsageError('which channel?');
    const engine = connectEngine(dataDir, env);
    for (const name of names) {
      const path = `/channels/${encodeURIComponent(name)}/${verb}`;
      const now = await engine.post<{ state: string; revision: string }>(path);
      if (json) out.json(now);
      else out.line(`${name} ${now.state} ${now.revision}`);
      if (verb === 'rollback') out.say(`plexus: it stays there until \`channel deploy ${name}\``);
      if (verb === 'deploy' || verb === 'rollback') await sayLeftBehind(engine, name, out);
    }
    return exitCodes.ok;
  },
});

/** A deployment that drops a route leaves its queue behind: the person is told at once. */
async function sayLeftBehind(engine: EngineClient, channel: string, out: Output): Promise<void> {
  const query = { channel, code: 'route-gone' };
  for (const group of await engine.get<HeldGroup[]>('/quarantine', query)) {
    const { destination, count, fingerprint } = group;
    out.say(`plexus: ${count} deliveries of ${channel}/${destination}, a route that is no more,`);
    out.say(`  are held: ./plexus quarantine move ${fingerprint} --to ROUTE, or waive it`);
  }
}
