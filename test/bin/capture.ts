import { commands } from '../../bin/commands/index.ts';
import { main } from '../../bin/main.ts';

export type Ran = { readonly code: number; readonly lines: string[]; readonly said: string[] };

/** Runs one command line in this process and keeps what it wrote. */
export async function run(argv: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> {
  const lines: string[] = [];
  const said: string[] = [];
  const code = await main(argv, commands, {
    out: {
      line: (text) => void lines.push(...text.split('\n')),
      json: (value) => void lines.push(JSON.stringify(value)),
      say: (text) => void said.push(...text.split('\n')),
      isTerminal: false,
    },
    env,
    signal: new AbortController().signal,
  });
  return { code, lines, said };
}
