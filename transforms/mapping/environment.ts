import type { Cell } from './reading/index.ts';
import type { TimeRules } from './times/index.ts';

/** A code of a table`s right side. */
export type Coded = {
  readonly code: string;
  readonly system?: string | undefined;
  readonly display?: string | undefined;
};

export type CodeTable = {
  readonly name: string;
  readonly original: string | undefined;
  /** The target of a code; `otherwise` where the table has one; undefined for an unknown code. */
  lookup(code: string): Coded | undefined;
};

/** What a conversion may know beside its value: the dialect, the tables, the time rules. */
export type Environment = {
  readonly time: TimeRules;
  /** Code tables by name; `undefined` when neither base nor facility has one. */
  table(name: string): CodeTable | undefined;
  /**
   * Identifier system of an assigning authority (HD: namespace, universal id, its type); says at
   * the cell when namespace and id stand for two.
   */
  authority(namespace: string, universalId: string, type: string, cell: Cell): string | undefined;
  isContradicted(namespace: string, universalId: string, type: string): boolean;
  /** Uri of a coding system by its HL7 name; `undefined` when it has none. */
  codeSystem(name: string): string | undefined;
  /** Uri of codes in this field that name no system. */
  defaultCodeSystem(field: string): string | undefined;
  /** System of a patient identifier that names no authority: declared, or named by MSH. */
  defaultAuthority(): string | undefined;
  /** UCUM code of a unit; undefined when only its text is known. */
  ucum(unit: string): string | undefined;
  /** Units that came as one text, and what they are; not more than some hundred. */
  readonly knownUnits: Map<string, fhir4.Quantity>;
  /** Prefix of uris that belong to this source: `urn:plexus:SOURCE`. */
  readonly sourceUri: string;
  /** Reports what is wrong with a cell; the text goes on after "PID-7 ". */
  issue(code: string, text: string, cell: Cell): void;
};

/** Settings of one rule (`with:`) and its table. */
export type Settings = {
  readonly with: Readonly<Record<string, string | number | boolean>>;
  readonly table: CodeTable | undefined;
  /**
   * Reads another field, for conversions that need two: of the same segment by its number (OBX-2,
   * OBX-6), of another one, the nearest or else the message's first, by its path.
   */
  sibling(field: number | string): Cell | undefined;
  /** Such a field that is one text and nothing else; undefined for one that is more. */
  siblingText(field: number | string): string | undefined;
};

/** What `plain` answers where there is something to say, or more to look at. */
export const unsaid: unique symbol = Symbol('unsaid');

/** What a conversion made of a choice element: the type says which `value[x]` it is. */
export type Choice = { readonly type: string; readonly value: unknown };

export type Conversion = {
  readonly name: string;
  /** One sentence for the reference. */
  readonly summary: string;
  /** FHIR types that it can make. */
  readonly gives: readonly string[];
  /** What it reads beside its own field: numbers are fields of the same segment. */
  readonly reads?: readonly (number | string)[];
  /** The field of all segments of that name makes one value; it is called with all cells. */
  readonly gathers?: true;
  /**
   * The same text gives the same for ever, or in one message where time rules are asked: it reads
   * nothing else, but the fields `beside` it in its segment, those whenever it gives a value.
   */
  readonly remembers?: { readonly for: 'ever' | 'message'; readonly beside?: readonly number[] };
  /** Keys that `with:` may have. */
  readonly settings?: readonly string[];
  /** Of those keys, the ones that take a word of a list. */
  readonly words?: Readonly<Record<string, readonly string[]>>;
  /**
   * `undefined`: nothing to set. A `Choice` where it gives several types. Never a list.
   */
  convert(cell: Cell, environment: Environment, settings: Settings): unknown;
  /**
   * The same of a field that is one text and nothing else, as most are: asked first, with no cell
   * made of it. `unsaid` where `convert` has to be asked.
   */
  plain?(text: string, environment: Environment, settings: Settings): unknown;
  /** For a field whose repetitions make one value; called in place of `convert`. */
  convertAll?(cells: readonly Cell[], environment: Environment, settings: Settings): unknown;
};
