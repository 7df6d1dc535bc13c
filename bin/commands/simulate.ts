import { exitCodes, type Listening, requireNetwork } from '../../engine/index.ts';
import { defineCommand, positiveNumber, UsageError } from '../command.ts';
import { configuredPlaces } from '../configured-places.ts';
import { connectEngine, findEngine } from '../running-engine.ts';
import type { Feed } from '../simulate/index.ts';

export const simulate = defineCommand({
  name: 'simulate',
  summary: 'Feeds the example network with synthetic messages over real sockets.',
  usage: '[--count N] [--rate N] [--seed N] [FEED..]',
  details: `Some messages are wrong on purpose. The same seed gives the same bytes. Asks the engine
that runs on --data where it listens, and else reads the ports from the configuration.`,
  options: {
    count: { type: 'string', value: 'N', about: 'Messages to send (until interrupted).' },
    rate: {
      type: 'string',
      value: 'N',
      about: 'Messages a second (as fast as answered).',
    },
    seed: { type: 'string', value: 'N', about: 'Start of the random numbers (default 7).' },
  },
  async run({ args, options, json, configDir, dataDir, env, out, signal }) {
    const {
      createProgress,
      defaultSeed,
      feeds,
      simulate: feed,
      targetsOf,
    } = await import('../simulate/index.ts');
    const wanted = args.length === 0 ? feeds : args.map((word) => parseFeed(word, feeds));
    const count = positiveNumber('count', options.count);
    const ratePerSecond = positiveNumber('rate', options.rate);
    const places = findEngine(dataDir)
      ? await connectEngine(dataDir, env).get<Listening[]>('/listening')
      : configuredPlaces(requireNetwork(configDir, (await import('../registry.ts')).registry));
    const targets = targetsOf(places, wanted);
    const progress = out.isTerminal ? createProgress(process.stderr, count) : undefined;
    const tally = await feed({
      seed: positiveNumber('seed', options.seed) ?? defaultSeed,
      targets,
      signal,
      ...(count === undefined ? {} : { count }),
      ...(ratePerSecond === undefined ? {} : { ratePerSecond }),
      ...(progress === undefined ? {} : { onProgress: progress.update }),
    });
    progress?.stop();
    if (json) out.json(tally);
    else out.say(`${tally.sent} sent, ${tally.accepted} accepted, ${tally.refused} refused`);
    return exitCodes.ok;
  },
});

function parseFeed(word: string, feeds: readonly Feed[]): Feed {
  const found = feeds.find((name) => name === word);
  if (found === undefined)
    throw new UsageError(`no feed is called \`${word}\`; there are ${feeds.join(', ')}`);
  return found;
}
