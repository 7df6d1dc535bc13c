import type { ConfigIssue } from '../issue.ts';
import type { SettledOutcome } from '../outcome.ts';

/**
 * A component as a channel file names it, its configuration parsed by the component's own schema.
 */
export type ComponentConfig = { readonly kind: string; readonly config: unknown };

export type RouteConfig = ComponentConfig & {
  /** Unique in the channel; the kind when the file gives no name. */
  readonly name: string;
  readonly retry: { readonly firstMs: number; readonly lastMs: number };
  /** What a delivery that was under way at a crash becomes (G3). */
  readonly onUncertain: 'resend' | 'hold';
};

/** A message inside a channel file and what must come of it (`./plexus test`). */
export type ChannelTest = {
  readonly name: string;
  /** Line ends become segment ends. */
  readonly message: string;
  readonly outcome: SettledOutcome;
  /** Path such as `Patient.name[0].family` to its value; null: nothing there. */
  readonly expect: Readonly<Record<string, unknown>>;
  /** Issue codes that must occur, and no others; absent: not looked at. */
  readonly issues?: readonly string[] | undefined;
};

/** One channel file (`config/channels/NAME.yaml`), parsed and checked. */
export type ChannelConfig = {
  readonly name: string;
  readonly owner: string;
  readonly description: string;
  /** `enabled: false` keeps the file linted and the channel stopped. */
  readonly enabled: boolean;
  readonly ack: 'landed' | 'settled';
  /** HL7 paths whose values order messages; the default is the patient's identifier. */
  readonly orderBy: readonly string[];
  readonly lanes: number;
  readonly dedupeHours: number;
  readonly source: ComponentConfig;
  readonly stages: readonly ComponentConfig[];
  readonly routes: readonly RouteConfig[];
  /** The queue of answers that senders are owed: a route's name, or `sender`; absent: none are. */
  readonly answers?: string;
  readonly tests: readonly ChannelTest[];
  /** Twelve hex digits of SHA-256 over the channel file and every file that it refers to. */
  readonly revision: string;
  readonly file: string;
};

export type Network = {
  readonly name: string;
  readonly configDir: string;
  readonly http: { readonly host: string; readonly port: number };
  /** How long raw payloads and finished work stay, in days; absent: for ever. */
  readonly retention: { readonly rawDays?: number; readonly workDays: number };
  readonly channels: readonly ChannelConfig[];
};

/** All mistakes of a configuration, and the network when none of them is an error. */
export type LoadedNetwork = {
  readonly network: Network | undefined;
  readonly issues: readonly ConfigIssue[];
};

/** The queue of the answers that senders are owed on their own connections. */
export const sendersName = 'sender';

/** Names of the queues behind a channel's chain: its routes, and what its senders are owed. */
export function queuesOf({ routes, answers }: ChannelConfig): readonly string[] {
  const names = routes.map(({ name }) => name);
  return answers === undefined || names.includes(answers) ? names : [...names, answers];
}
