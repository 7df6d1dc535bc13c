import type { MessageId } from './ids.ts';
import type { Issue } from './issue.ts';

/**
 * One message on its way through a channel's chain. `body` is what the stage before made of it; the
 * first stage finds undefined there and reads `raw`.
 */
export type Work<Body = unknown> = {
  readonly id: MessageId;
  /** 0 when first processed; a replay or a reconversion raises it. */
  readonly generation: number;
  readonly channel: string;
  /** The channel revision that processes it (a short hash of the channel and all it refers to). */
  readonly revision: string;
  readonly raw: Buffer;
  /** Lower-case hex of the SHA-256 of `raw`. */
  readonly sha256: string;
  /** Microseconds since the epoch. The only time a stage may use: a stage has no clock. */
  readonly receivedUs: number;
  readonly body: Body;
};

declare const outcomeBrand: unique symbol;
type Branded<T> = T & { readonly [outcomeBrand]: true };

/** What a stage that ran before had said if it could have seen what a later one sees. */
export type Said = { readonly stage: string; readonly issue: Issue };

/** What a stage says of a message. Only the constructors below make one. */
export type Outcome<Body = unknown> = Branded<
  | {
      readonly kind: 'pass';
      readonly body: Body;
      readonly issues: readonly Issue[];
      readonly said?: readonly Said[];
    }
  /** One message that was several: each part goes on by itself, in order. */
  | { readonly kind: 'split'; readonly bodies: readonly Body[]; readonly issues: readonly Issue[] }
  /** Not wanted here, on purpose and visibly; `reason` is a stable code. */
  | { readonly kind: 'filter'; readonly reason: string }
  /** The quarantine: wrong data, with the issues that say why. */
  | { readonly kind: 'hold'; readonly issues: readonly Issue[]; readonly stage?: string }
  /** Something outside is not ready; the message's key waits, others flow. */
  | { readonly kind: 'retry'; readonly afterMs: number; readonly cause: string }
>;

const brand = <T>(value: T): Branded<T> => value as Branded<T>;

/** `said`: remarks in the name of another stage, for which this one decides. */
export const pass = <Body>(
  body: Body,
  issues: readonly Issue[] = [],
  said: readonly Said[] = [],
): Outcome<Body> =>
  brand(said.length === 0 ? { kind: 'pass', body, issues } : { kind: 'pass', body, issues, said });
export const split = <Body>(
  bodies: readonly Body[],
  issues: readonly Issue[] = [],
): Outcome<Body> => brand({ kind: 'split', bodies, issues });
export const filter = (reason: string): Outcome<never> => brand({ kind: 'filter', reason });
/** `stage`: in whose name, where it is not the one that says it. */
export const hold = (issues: readonly Issue[], stage?: string): Outcome<never> =>
  brand(stage === undefined ? { kind: 'hold', issues } : { kind: 'hold', issues, stage });
export const retry = (afterMs: number, cause: string): Outcome<never> =>
  brand({ kind: 'retry', afterMs, cause });

/**
 * A stage of a chain. It MUST be a plain function of its input and its pins: no clock, no random,
 * no I/O but through what it was opened with. It MUST NOT throw for wrong data (that is `hold`);
 * what it throws is taken for a bug, isolated to the message, and held with the code `stage-bug`. A
 * stage that writes state MUST be idempotent by effect key (id, generation, ordinal).
 */
export type Stage<In = unknown, Out = unknown> = {
  readonly name: string;
  run(work: Work<In>): Outcome<Out> | Promise<Outcome<Out>>;
  /**
   * For a stage that owns a store: called around every batch, so that one commit serves up to 64
   * messages. `begin` precedes the first `run`; `commit` MUST make everything durable before it
   * returns; after `rollback` the same messages come again.
   */
  readonly transaction?: { begin(): void; commit(): void; rollback(): void };
  /** What its scripts were called for since this was asked last: metrics are made of it. */
  scripts?(): readonly ScriptUse[];
  /** The codes that its pinned maps did not decide, since this was asked last. */
  unmapped?(): readonly UnmappedUse[];
  close?(): void;
};

/** How many codes a release of a map did not decide; never which. */
export type UnmappedUse = { readonly map: string; readonly count: number };

/** Calls of one function that an analyst wrote. */
export type ScriptUse = {
  /** `mapping/function`. */
  readonly script: string;
  readonly calls: number;
  /** Of these, how many failed; their messages are held. */
  readonly failures: number;
  readonly tookMs: number;
};
