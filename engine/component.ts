import { join } from 'node:path';
import type { z } from 'zod';
import type { Gate } from './gate.ts';
import type { ConfigIssue } from './issue.ts';
import type { Sink, SinkContext } from './sink.ts';
import type { Source, SourceContext } from './source.ts';
import type { Stage } from './stage.ts';

/**
 * What can be named in a channel file. One file is one component: its spec, its schema, its
 * behaviour, in that order. The schema feeds lint, the JSON Schema for editors, docs/reference and
 * forms, so every field carries `.describe()`. Components are listed by hand in
 * `bin/registry.ts`; each is loaded when a configuration names it.
 */
type Spec<Config> = {
  /** The word an analyst writes in YAML. */
  readonly name: string;
  /** One sentence. */
  readonly summary: string;
  /** What it promises: order, duplicates, durability. */
  readonly guarantees: string;
  /** YAML of this component's own configuration, shown in the docs and linted by a test. */
  readonly example: string;
  readonly schema: z.ZodType<Config>;
  /**
   * What the schema cannot know: does the mapping exist, does it compile, do tests in it pass.
   * Called by lint and before a start. `at` gives the position of a key of this component's
   * configuration.
   */
  check?(config: Config, context: CheckContext): readonly ConfigIssue[];
  /** Files whose content decides what the component does, for the channel's revision hash. */
  files?(config: Config, context: ConfigPlace): readonly string[];
};

/** Where a configuration lies. */
export type ConfigPlace = {
  readonly configDir: string;
  /**
   * The folder against which paths outside the configuration are written; absent: the one that
   * contains it. A kept copy of a configuration lies elsewhere than what it names.
   */
  readonly baseDir?: string;
  /** The data folder, where what reads the configuration has one at hand. */
  readonly dataDir?: string;
};

/** The folder against which such paths are written. */
export const baseOf = ({ configDir, baseDir }: ConfigPlace): string =>
  baseDir ?? join(configDir, '..');

export type CheckContext = ConfigPlace & {
  readonly channel: string;
  /**
   * Position of a path inside this component's configuration, e.g. ['mapping']; [] is the
   * component.
   */
  at(path: readonly (string | number)[]): {
    readonly file: string;
    readonly line: number;
    readonly column: number;
  };
};

export type SourceComponent<Config = unknown> = Spec<Config> & {
  readonly role: 'source';
  /** Its senders may be owed an answer after the chain. */
  readonly answers?: true;
  create(config: Config, context: SourceContext & { readonly orderBy: readonly string[] }): Source;
};

/** What a stage is opened with; the same in a worker and on the main thread. */
export type StageContext = {
  readonly channel: string;
  readonly revision: string;
  readonly configDir: string;
  readonly dataDir: string;
  /** The data key, for stages that own an encrypted store. */
  readonly key: Buffer;
  /** Nothing is processed, only tried: what a stage would note of its messages, it does not. */
  readonly isTrial?: true;
};

/** What flows between stages: the raw message, the resources made of it, the versions stored. */
export type Flow = 'message' | 'resources' | 'versions';

export type StageComponent<Config = unknown> = Spec<Config> & {
  readonly role: 'stage';
  /** What it takes and gives, for lint to see stages in a wrong order; absent: anything. */
  readonly flow?: { readonly takes: Flow; readonly gives: Flow };
  /** It reads or writes a store, so that it runs for messages that are processed, not tried. */
  readonly keepsState?: true;
  /** What it judges resources by, for who asks without sending; opened when somebody does. */
  gate?(config: Config, place: Pick<StageContext, 'configDir' | 'dataDir' | 'key'>): Gate;
  create(config: Config, context: StageContext): Stage;
};

export type RouteComponent<Config = unknown> = Spec<Config> & {
  readonly role: 'route';
  /** What the last stage must give for it to have something to deliver; absent: anything. */
  readonly takes?: Flow;
  /** Does it deliver the message as it came, of which a reconversion changes nothing? */
  forwards?(config: Config): boolean;
  /** It carries the answers that the source's senders are owed, and no messages. */
  readonly answers?: true;
  create(config: Config, context: SinkContext): Promise<Sink>;
};

// biome-ignore lint/suspicious/noExplicitAny: a registry holds every configuration type.
export type Component = SourceComponent<any> | StageComponent<any> | RouteComponent<any>;

export type Registry = {
  readonly sources: ReadonlyMap<string, SourceComponent>;
  readonly stages: ReadonlyMap<string, StageComponent>;
  readonly routes: ReadonlyMap<string, RouteComponent>;
};
