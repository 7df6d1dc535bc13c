import type { Command } from '../command.ts';
import { helpOf } from '../help.ts';
import { head } from './page.ts';

/** Every command, as its own help explains it. */
export function commandsPage(commands: readonly Command[]): string {
  const sections = commands.map(
    (command) => `## ${command.name}\n\n\`\`\`text\n${helpOf(command)}\n\`\`\``,
  );
  const text = [
    'Every command takes `--config DIR` (default `config`), `--data DIR` (default `data`),',
    '`--json` (data as NDJSON on stdout) and `--help`. Data goes to stdout, words to stderr.',
    'Exit codes: 0 ok, 1 findings (`lint`, `test`), 64 usage, 69 unavailable, 70 bug, 74 I/O,',
    '78 bad configuration.',
  ].join('\n');
  return `${[head('Commands', text), ...sections].join('\n\n')}\n`;
}
