import type { FieldBits } from '../hl7v2/index.ts';
import type { CodeTable } from './environment.ts';
import type { CorrectionPlan, compileOthers, KeyReader, ListPlan } from './ids/index.ts';
import type { Fill } from './program/index.ts';
import type { Dialect, Memos, Predicate, ReadPath } from './reading/index.ts';
import type { RowTables } from './rows/index.ts';
import type { Ended, Giving, Live, Rule, RulePlan, Shape } from './rules/index.ts';

/**
 * A rule at its segment. `field`: without this field of the segment it has nothing to do; 0 where
 * the rule must be asked.
 */
export type Step = {
  readonly field: number;
  readonly apply: Rule['apply'];
  readonly plan: RulePlan;
  isLive(shape: Shape): boolean;
  /** Set where rows of other fields fill the same list. */
  readonly giving: Giving | undefined;
};

/** Rules and parts of a resource, or of a part. */
export type Filling = Written & {
  /** Its rules as one function; undefined while, or where, they are asked one by one. */
  program(): Fill | undefined;
};

export type Written = {
  /** Of the row. */
  readonly id: string;
  readonly segment: string;
  readonly segmentNumber: number;
  /** Its place among all resource and part rows. */
  readonly number: number;
  /** Field of which each repetition makes one of these. */
  readonly repeated: string | undefined;
  /** By one segment alone: what no rule has set yet is not there. */
  readonly isFilledOnce: boolean;
  readonly steps: readonly Step[];
  readonly parts: readonly PartPlan[];
  /** Names, one of which must be there for each, and what to call it. */
  readonly required: readonly { readonly name: string; readonly names: readonly string[] }[];
};

export type ResourcePlan = Written & {
  readonly filling: Filling;
  readonly type: string;
  readonly each: string;
  readonly when: Predicate | undefined;
  readonly key: KeyReader;
  readonly keyWords: string;
  readonly otherKeys: ReturnType<typeof compileOthers>;
  /** What messages say for which it does not hold counts only where nothing is known yet. */
  readonly authority: Predicate | undefined;
  /** The same key twice in a message is the same resource, not a second one. */
  readonly isShared: boolean;
  /** Left out where the message makes one of the same key already. */
  readonly isOnce: boolean;
  readonly corrections: readonly CorrectionPlan[];
  /** Where it holds, the resource is there no more. */
  readonly deletes: Predicate | undefined;
  /** Issue code when the key is missing. */
  readonly missing: string;
  /** What its segments say as a list. */
  readonly list: ListPlan | undefined;
  /** Elements whose values join what earlier messages said. */
  readonly joins: readonly string[];
  /** What follows of what its rules set, once they have been through. */
  ended(set: Readonly<Record<string, unknown>>): Ended;
  readonly slot: number; // Its place among the resource rows.
  /** Somebody may look over the shoulder of its rules. */
  readonly isWatched: boolean;
};

export type PartPlan = Written & {
  readonly filling: Filling;
  readonly element: string;
  /** Set when each repetition of a field makes one. */
  readonly field: ReadPath | undefined;
  readonly when: Predicate | undefined;
  /** Elements without which an item is left out; of each list one. */
  readonly needs: readonly (readonly string[])[];
  /** Set when segments fill an item together. */
  readonly join: { readonly by: ReadPath; readonly once: ReadPath } | undefined;
  /** A list that is sent replaces the one before. */
  readonly isSnapshot: boolean;
  /** Set where rows of other fields fill the same list. */
  readonly giving: Giving | undefined;
};

export type MessagePlan = 'filter' | readonly MessageEntry[];

/** What a message makes of a resource row; `least`: with fewer the message waits. */
export type MessageEntry = {
  readonly resource: ResourcePlan;
  readonly optional: boolean;
  readonly least: number;
};

/** A mapping, ready to run. */
export type CompiledMapping = {
  /** `name@hash`. */
  readonly label: string;
  readonly name: string;
  readonly dialect: Dialect;
  readonly tables: ReadonlyMap<string, CodeTable>;
  readonly messages: ReadonlyMap<string, MessagePlan>;
  /** Code of a segment`s name to the fields that carry nothing to map. */
  readonly ignored: ReadonlyMap<number, FieldBits>;
  /** Set where it converts rows of a database. */
  readonly rows: RowTables | undefined;
  /** Number of the segment of each resource row. */
  readonly each: readonly number[];
  readonly prior: ResourcePlan | undefined;
  /** Slug of the sender; part of every id. */
  readonly source: string;
  /** What it does with messages of the shapes that came. */
  readonly lives: Map<string, Live>;
  /** What its rules remember, by the delimiters of the messages. */
  readonly memos: Map<string, Memos>;
};
