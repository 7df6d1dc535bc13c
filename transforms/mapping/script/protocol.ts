/** What a mapping`s scripts may use of the machine that they run on. */
export const scriptLimits = {
  /** Heap of the isolate of one mapping, in megabytes. */
  memoryMb: 32,
  /** CPU time of one call, and of the evaluation of the file. */
  cpuMs: 200,
  /** A machine that is short of CPU may take longer, up to this. */
  wallMs: 2_000,
  /** Text of a result, in characters. */
  resultMax: 1_000_000,
} as const;

/** Codes of a call that failed; each holds the message. */
export type ScriptFailureCode =
  | 'script-failed'
  | 'script-timeout'
  | 'script-memory'
  | 'script-result';

/** One TypeScript file; `name` as people write it, `functions/NAME.ts`. */
export type ScriptSource = { readonly name: string; readonly text: string };

/** Plain data of a field that a function is given. */
export type ScriptField = {
  /** The repetition as text, components joined by `^`. */
  readonly text: string;
  /** Components as text, subcomponents joined by `&`; the first is at 0. */
  readonly components: readonly string[];
  /** The same, divided. */
  readonly subcomponents: readonly (readonly string[])[];
};

export type ScriptCall = {
  readonly kind: 'call';
  readonly key: string;
  readonly name: string;
  /** Calls of one message share what the file keeps in its variables; the next begins anew. */
  readonly run: number;
  /** JSON of the arguments: the field, and the settings of the rule. */
  readonly json: string;
};

export type ScriptRequest =
  | { readonly kind: 'load'; readonly key: string; readonly sources: readonly ScriptSource[] }
  | { readonly kind: 'check'; readonly key: string }
  | ScriptCall;

export type ScriptReply =
  /** JSON of what the function gave; absent: nothing. */
  | { readonly kind: 'value'; readonly json?: string }
  /** No text of the error: it may hold what was in the message. */
  | {
      readonly kind: 'failed';
      readonly code: ScriptFailureCode;
      readonly where: string;
      /** The process that says it ends with it. */
      readonly last?: true;
    }
  /** Names of the functions that the files export. */
  | { readonly kind: 'checked'; readonly functions: readonly string[] }
  | {
      readonly kind: 'invalid';
      readonly source: string;
      readonly line: number;
      readonly column: number;
      readonly message: string;
    };
