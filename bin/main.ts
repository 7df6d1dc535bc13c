import { parseArgs } from 'node:util';
import { ConfigError, exitCodes, PlexusError, renderIssue, suggestion } from '../engine/index.ts';
import {
  type Command,
  type Invocation,
  type ListedCommand,
  type OptionSpec,
  type Output,
  UsageError,
} from './command.ts';
import { helpOf, overview } from './help.ts';
import { version } from './version.ts';

const globalOptions = {
  config: { type: 'string', value: 'DIR', about: 'Configuration folder (default `config`).' },
  data: { type: 'string', value: 'DIR', about: 'Data folder (default `data`).' },
  json: { type: 'boolean', about: 'Data as NDJSON on stdout.' },
  help: { type: 'boolean', short: 'h', about: 'Explains the command.' },
} as const satisfies Record<string, OptionSpec>;

export type World = Pick<Invocation, 'out' | 'env' | 'signal'>;

/** Runs one command line and gives its exit code. Never throws: a bug is told and becomes 70. */
export async function main(
  argv: readonly string[],
  commands: readonly ListedCommand[],
  world: World,
): Promise<number> {
  try {
    return await dispatch(argv, commands, world);
  } catch (error) {
    const { word } = takeCommand(argv);
    const topic = commands.find(({ name }) => name === word)?.name;
    return explain(error, world.out, topic);
  }
}

async function dispatch(
  argv: readonly string[],
  commands: readonly ListedCommand[],
  world: World,
): Promise<number> {
  const { word, rest } = takeCommand(argv);
  if (word === undefined && rest.includes('--version')) {
    world.out.line(version);
    return exitCodes.ok;
  }
  if (word === undefined || word === 'help') {
    const topic = takeCommand(rest).word;
    const isAsked = word === 'help' || rest.some((arg) => arg === '--help' || arg === '-h');
    const text = await helpAbout(topic, commands);
    if (isAsked) world.out.line(text);
    else world.out.say(text);
    return isAsked ? exitCodes.ok : exitCodes.usage;
  }
  const command = await find(word, commands);
  const { values, positionals } = parseArgs({
    args: [...rest],
    options: { ...command.options, ...globalOptions },
    allowPositionals: true,
    allowNegative: false,
  });
  if (values.help) {
    world.out.line(helpOf(command));
    return exitCodes.ok;
  }
  return command.run({
    ...world,
    args: positionals,
    options: values,
    json: values.json === true,
    configDir: values.config ?? command.configDir ?? 'config',
    dataDir: values.data ?? 'data',
  } as Invocation);
}

/** The first word that is no global option and no global option's value; options stay for later. */
function takeCommand(argv: readonly string[]): { word: string | undefined; rest: string[] } {
  for (let index = 0; index < argv.length; index += 1) {
    const arg = argv[index]!;
    if (arg === '--config' || arg === '--data') index += 1;
    else if (!arg.startsWith('-'))
      return { word: arg, rest: [...argv.slice(0, index), ...argv.slice(index + 1)] };
  }
  return { word: undefined, rest: [...argv] };
}

async function helpAbout(
  topic: string | undefined,
  commands: readonly ListedCommand[],
): Promise<string> {
  if (topic !== undefined) return helpOf(await find(topic, commands));
  return overview(await Promise.all(commands.map(({ load }) => load())));
}

async function find(word: string, commands: readonly ListedCommand[]): Promise<Command> {
  const command = commands.find(({ name }) => name === word);
  if (command !== undefined) return command.load();
  const names = commands.map(({ name }) => name);
  throw new UsageError(`unknown command \`${word}\`; ${suggestion(word, names)}`);
}

/** What went wrong, in one line for a person, and as an exit code. */
function explain(error: unknown, out: Output, topic?: string): number {
  if (error instanceof ConfigError) {
    for (const issue of error.issues) out.say(renderIssue(issue));
    out.say(`plexus: ${error.message}`);
    return error.exit;
  }
  if (error instanceof PlexusError) {
    out.say(`plexus: ${error.message} (${error.code})`);
    return error.exit;
  }
  if (error instanceof UsageError || isParseError(error)) {
    out.say(`plexus: ${error.message.split('. To specify')[0]}`);
    out.say(`Try \`./plexus help${topic === undefined ? '' : ` ${topic}`}\`.`);
    return exitCodes.usage;
  }
  if (isSystemError(error)) {
    out.say(`plexus: ${systemText(error)} (${error.code})`);
    return exitCodes.io;
  }
  const storage = storageText(error);
  if (storage !== undefined) {
    out.say(`plexus: ${storage}`);
    return exitCodes.io;
  }
  out.say(`plexus: a bug in Plexus: ${error instanceof Error ? error.stack : String(error)}`);
  return exitCodes.bug;
}

function isParseError(error: unknown): error is Error {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return error instanceof Error && (code?.startsWith('ERR_PARSE_ARGS') ?? false);
}

function systemText({ code, path, message }: NodeJS.ErrnoException): string {
  if (code === 'EISDIR') return 'a folder was named where a file is wanted';
  if (path === undefined) return message;
  if (code === 'ENOENT') return `${path} does not exist`;
  return code === 'EACCES' ? `${path} may not be opened` : message;
}

/** An error of the operating system: it has a call and a code such as EACCES. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && 'code' in error;
}

/** What the disk did to a store, by the start of SQLite's code; nothing else of SQLite is told. */
const storageFaults = {
  SQLITE_FULL: 'the disk is full',
  SQLITE_IOERR: 'the disk does not read or write',
  SQLITE_READONLY: 'the data folder may not be written',
  SQLITE_CANTOPEN: 'a file of the data folder may not be opened',
  SQLITE_CORRUPT: 'a file of the data folder is damaged',
  SQLITE_NOTADB: 'a file of the data folder is damaged, or another key wrote it',
  SQLITE_BUSY: 'another process keeps a file of the data folder',
} as const;

function storageText(error: unknown): string | undefined {
  const { name, code = '' } = (error ?? {}) as { name?: string; code?: string };
  if (name !== 'SqliteError' && !code.startsWith('SQLITE_')) return undefined;
  const fault = Object.entries(storageFaults).find(([start]) => code.startsWith(start));
  return fault && `${fault[1]} (${code}); nothing half done is kept`;
}
