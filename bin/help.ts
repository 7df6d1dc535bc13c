import type { Command, OptionSpec } from './command.ts';

const general = `
Every command takes --config DIR (default config), --data DIR (default data), --json (data as
NDJSON on stdout) and --help; --version says which this is.
Data goes to stdout, people's text to stderr.
Exit: 0 ok, 1 findings, 64 usage, 69 unavailable, 70 bug, 74 I/O, 78 bad configuration.`;

/** The list of commands. */
export function overview(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  const rows = commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return ['./plexus COMMAND', '', ...rows, general].join('\n');
}

/** One command, with its options. */
export function helpOf(command: Command): string {
  const { name, usage, summary, details, options } = command;
  const lines = [`./plexus ${name} ${usage}`.trimEnd(), '', `  ${summary}`];
  if (details !== undefined) lines.push('', ...details.split('\n').map((line) => `  ${line}`));
  const rows = Object.entries(options).map(optionRow);
  if (rows.length > 0) {
    const width = Math.max(...rows.map(([left]) => left.length));
    lines.push('', ...rows.map(([left, about]) => `  ${left.padEnd(width)}  ${about}`));
  }
  return lines.join('\n');
}

function optionRow([name, spec]: [string, OptionSpec]): [left: string, about: string] {
  const value = spec.type === 'string' ? ` ${spec.value ?? 'VALUE'}` : '';
  return [`--${name}${value}`, spec.about];
}
