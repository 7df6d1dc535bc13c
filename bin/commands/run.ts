import { exitCodes } from '../../engine/index.ts';
import { defineCommand, type Output, UsageError } from '../command.ts';
import { serveInForeground, untilStopped } from '../foreground.ts';
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
    log: {
      type: 'string',
      value: 'LEVEL',
      about: `Logs on stderr from ${levels.join(', ')} on (default error).`,
    },
  },
  async run(call) {
    const { options, json, out, signal } = call;
    if (options.ports !== undefined && options.ports !== 'any')
      throw new UsageError('--ports takes only `any`');
    const logLevel = levels.find((level) => level === options.log);
    if (options.log !== undefined && logLevel === undefined)
      throw new UsageError(`--log takes one of ${levels.join(', ')}`);
    const serving = await serveInForeground(call, {
      anyPort: options.ports === 'any',
      ...(logLevel === undefined ? {} : { logLevel }),
    });
    printListening(serving, json, out);
    await untilStopped(serving, out, signal);
    return exitCodes.ok;
  },
});

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
