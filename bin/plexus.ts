import { commands } from './commands/index.ts';
import { version } from './version.ts';

const interrupt = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupt.abort());

// `./plexus messages | head` closes the pipe: that is an end, not a fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

/** Runs the command; what it takes is loaded when it is given. */
async function obey(argv: readonly string[]): Promise<number> {
  const { main } = await import('./main.ts');
  return main(argv, commands, {
    out: {
      line: (text) => void process.stdout.write(`${text}\n`),
      json: (value) => void process.stdout.write(`${JSON.stringify(value)}\n`),
      say: (text) => void process.stderr.write(`${text}\n`),
      isTerminal: process.stderr.isTTY === true,
    },
    env: process.env,
    signal: interrupt.signal,
  });
}

const argv = process.argv.slice(2);
// Scripts ask it often, and it takes nothing to answer.
if (argv.length === 1 && argv[0] === '--version') process.stdout.write(`${version}\n`);
else process.exitCode = await obey(argv);
