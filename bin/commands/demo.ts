import { join } from 'node:path';
import { exitCodes } from '../../engine/index.ts';
import { defineCommand, positiveNumber } from '../command.ts';
import { serveInForeground, untilStopped } from '../foreground.ts';

export const demo = defineCommand({
  name: 'demo',
  summary: 'Starts the example network and feeds all three facilities with synthetic messages.',
  usage: '[--count N] [--rate N] [--seed N] [--ports any] [--stop]',
  details: `Some messages are wrong on purpose and are seen in quarantine. Ctrl-C ends it. The
example network lies beside the program; data, key and out/ are made in the working folder.`,
  configDir: join(import.meta.dirname, '../../config'),
  options: {
    count: { type: 'string', value: 'N', about: 'Messages to send (default 500).' },
    rate: { type: 'string', value: 'N', about: 'Messages a second (default 50).' },
    seed: { type: 'string', value: 'N', about: 'Start of the random numbers (default 7).' },
    ports: { type: 'string', value: 'any', about: 'Free ports in place of the configured ones.' },
    stop: { type: 'boolean', about: 'Ends when the messages are through.' },
  },
  async run(call) {
    const { options, json, out, signal } = call;
    const { createProgress, defaultSeed, simulate, targetsOf } = await import(
      '../simulate/index.ts'
    );
    const count = positiveNumber('count', options.count) ?? 500;
    const ratePerSecond = positiveNumber('rate', options.rate) ?? 50;
    const seed = positiveNumber('seed', options.seed) ?? defaultSeed;
    const serving = await serveInForeground(call, {
      anyPort: options.ports === 'any',
      ...('config' in options ? {} : { baseDir: process.cwd() }),
    });
    const { operations } = serving.engine;
    const base = `http://${serving.http.host}:${serving.http.port}`;
    out.say(`console  ${base}/  (the token: ./plexus keys token)`);
    out.say(`metrics  ${base}/metrics`);
    const progress = createProgress(process.stderr, count);
    const tally = await simulate({
      seed,
      count,
      ratePerSecond,
      targets: targetsOf(operations.listening()),
      signal,
      onProgress: progress.update,
    });
    progress.stop();
    if (!signal.aborted) await settle(operations, signal);
    for (const { channel, received, duplicates, settled, held, pending } of operations.channels()) {
      const row = { channel, received, duplicates, settled, held, pending };
      const counts = `${settled} converted, ${held} held, ${duplicates} sent twice`;
      const waiting = pending > 0 ? `, ${pending} still waiting` : '';
      if (json) out.json(row);
      else out.line(`${channel}: ${received} received: ${counts}${waiting}`);
    }
    out.say(`${tally.sent} sent, ${tally.wrong} of them wrong on purpose; see what became of it:`);
    out.say('  ./plexus messages    ./plexus quarantine ls    ./plexus trace ID    out/');
    out.say('  ./plexus terminology unmapped, for codes that no map knows');
    if (options.stop) await serving.stop();
    else await untilStopped(serving, out, signal);
    return exitCodes.ok;
  },
});

type Counted = { channels(): readonly { readonly pending: number }[] };

/** Waits until nothing is pending, for some seconds at most: a dead destination keeps its queue. */
async function settle(operations: Counted, signal: AbortSignal): Promise<void> {
  const endMs = Date.now() + 10_000;
  while (Date.now() < endMs && !signal.aborted) {
    if (operations.channels().every(({ pending }) => pending === 0)) return;
    await new Promise((done) => setTimeout(done, 100));
  }
}
