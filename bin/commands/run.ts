import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import {
  ConfigError,
  type Event,
  exitCodes,
  PlexusError,
  reasonOf,
  renderIssue,
  requireNetwork,
} from '../../engine/index.ts';
import { defineCommand, type Output, UsageError } from '../command.ts';
import type { Serving } from '../serve.ts';

const levels = ['error', 'warn', 'info', 'debug'] as const;

export const run = defineCommand({
  name: 'run',
  summary: 'Starts the engine and everything that belongs to it.',
  usage: '[--ports any] [--log LEVEL]',
  details: `One line a listener, then \`ready\`. SIGTERM ends it gracefully: what was accepted is
finished or kept. SIGHUP reads the configuration again; a wrong one changes nothing.`,
  options: {
    ports: { type: 'string', value: 'any', about: 'Free ports in place of the configured ones.' },
    log: { type: 'string', value: 'LEVEL', about: `Logs on stderr from ${levels.join(', ')} on.` },
  },
  async run({ options, json, configDir, dataDir, env, out, signal }) {
    if (options.ports !== undefined && options.ports !== 'any')
      throw new UsageError('--ports takes only `any`');
    const logLevel = levels.find((level) => level === options.log);
    if (options.log !== undefined && logLevel === undefined)
      throw new UsageError(`--log takes one of ${levels.join(', ')}`);
    const [{ serve }, { registry }] = await Promise.all([
      import('../serve.ts'),
      import('../registry.ts'),
    ]);
    const network = requireNetwork(configDir, registry);
    makeParent(dataDir);
    const serving = await serve({
      network,
      dataDir,
      env,
      anyPort: options.ports === 'any',
      ...(logLevel === undefined ? {} : { logLevel }),
      onEvent: (event) => sayTrouble(event, out),
    });
    saySecrets(serving, out);
    printListening(serving, json, out);
    await untilStopped(serving, out, signal);
    return exitCodes.ok;
  },
});

/** The data folder's parent, where the key goes. Throws PlexusError `data-unwritable`. */
export function makeParent(dataDir: string): void {
  try {
    mkdirSync(dirname(resolve(dataDir)), { recursive: true });
  } catch (cause) {
    const message = `cannot make the folder of ${dataDir}: ${reasonOf(cause)}`;
    throw new PlexusError('data-unwritable', message, { exit: exitCodes.io, cause });
  }
}

/** What the person who started it must hear at once; everything else is in the logs. */
export function sayTrouble(event: Event, out: Output): void {
  if (event.type === 'channel-state' && event.state === 'failed')
    out.say(`plexus: channel ${event.channel} failed: ${event.cause ?? 'no cause was given'}`);
  if (event.type === 'partition-unreadable')
    out.say(`plexus: journal ${event.partition} cannot be read: ${event.cause ?? ''}`);
  if (event.type === 'commit-failed')
    out.say(`plexus: the journal cannot write: ${event.cause}; senders hear AE`);
  if (event.type === 'journal-reopened') out.say('plexus: the journal writes again');
}

export function saySecrets({ newKeyFile, token }: Serving, out: Output): void {
  if (newKeyFile !== undefined)
    out.say(`plexus: made the data key ${newKeyFile}; keep a copy, without it the data is lost`);
  if (token.isNew) out.say(`plexus: the console asks for this token: ${token.value}`);
}

function printListening({ engine, http }: Serving, json: boolean, out: Output): void {
  const places = [
    ...engine.operations.listening(),
    { channel: 'console', kind: 'http', host: http.host, port: http.port },
  ];
  for (const { channel, kind, host, port } of places) {
    if (json) out.json({ listening: { channel, kind, host, port } });
    else out.line(`${channel} listens on ${kind} ${host}:${port}`);
  }
  if (json) out.json({ ready: true });
  else out.line('ready');
}

/** Runs until it is told to stop; reads the configuration again at each SIGHUP. */
export async function untilStopped(
  serving: Serving,
  out: Output,
  signal: AbortSignal,
): Promise<void> {
  const reload = () => void reloadConfig(serving, out);
  process.on('SIGHUP', reload);
  if (!signal.aborted)
    await new Promise<void>((done) => signal.addEventListener('abort', () => done()));
  process.off('SIGHUP', reload);
  out.say('plexus: stopping');
  await serving.stop();
}

async function reloadConfig({ engine }: Serving, out: Output): Promise<void> {
  try {
    const swapped = await engine.operations.reload();
    out.say(`plexus: configuration read again, swapped: ${swapped.join(', ') || 'nothing'}`);
  } catch (error) {
    if (!(error instanceof PlexusError)) throw error;
    if (error instanceof ConfigError) for (const issue of error.issues) out.say(renderIssue(issue));
    out.say(`plexus: ${error.message}; the running configuration stays`);
  }
}
