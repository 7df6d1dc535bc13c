import type { ParseArgsConfig, ParseArgsOptionsConfig, parseArgs } from 'node:util';

/** Where a command writes: data to stdout, people's text to stderr. */
export type Output = {
  /** One line of data. */
  line(text: string): void;
  /** One value as one line of JSON. */
  json(value: unknown): void;
  /** One line for a person. */
  say(text: string): void;
  /** True when a person looks at stderr, so that progress may move. */
  readonly isTerminal: boolean;
};

export type OptionSpec = ParseArgsOptionsConfig[string] & {
  /** What it does, for the help. */
  readonly about: string;
  /** The word for its value in the help, e.g. `DIR`; absent for a flag. */
  readonly value?: string;
};
type OptionSpecs = Readonly<Record<string, OptionSpec>>;

type Values<O extends OptionSpecs> = ReturnType<
  typeof parseArgs<{ options: O; strict: true } & ParseArgsConfig>
>['values'];

/** One call of a command, its arguments parsed. */
export type Invocation<O extends OptionSpecs = OptionSpecs> = {
  readonly args: readonly string[];
  readonly options: Values<O>;
  /** Data as NDJSON. */
  readonly json: boolean;
  readonly configDir: string;
  readonly dataDir: string;
  readonly out: Output;
  readonly env: NodeJS.ProcessEnv;
  /** Aborts when the person at the keyboard has had enough. */
  readonly signal: AbortSignal;
};

/** One command of `./plexus`. One file is one command: its words, its options, its behaviour. */
export type Command = {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** What follows the name, e.g. `FILE.. --to HOST:PORT`. */
  readonly usage: string;
  readonly options: OptionSpecs;
  /** The configuration folder without --config; `config` in the working folder unless told. */
  readonly configDir?: string;
  /** More than the summary says; shown by `help COMMAND`. */
  readonly details?: string;
  /**
   * Gives the exit code; throws PlexusError for operational failures and UsageError for wrong
   * use.
   */
  run(invocation: Invocation): Promise<number>;
};

/** A command by its name, not loaded yet. */
export type ListedCommand = { readonly name: string; load(): Promise<Command> };

/** Ties the type of a command's options to what it declares. */
export function defineCommand<const O extends OptionSpecs>(
  command: Omit<Command, 'options' | 'run'> & {
    readonly options: O;
    run(invocation: Invocation<O>): Promise<number>;
  },
): Command {
  return command as unknown as Command;
}

/** The command line was not understood: exit 64. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

/** The number that an option gives; undefined without one. Throws UsageError unless above 0. */
export function positiveNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new UsageError(`--${name} wants a number above 0`);
}
