/** What the main thread says to the thread of terminology. */
export type ToThread =
  | {
      readonly kind: 'ask';
      readonly n: number;
      readonly method: string;
      readonly url: string;
      readonly headers: readonly (readonly [string, string])[];
      readonly body: ArrayBuffer | undefined;
      /** Who asks; undefined for nobody. */
      readonly principal: string | undefined;
    }
  /** The last piece has been taken; the next may come. */
  | { readonly kind: 'more'; readonly n: number }
  /** Nobody waits for the rest. */
  | { readonly kind: 'cancel'; readonly n: number };

/** What it hears. A body comes piece by piece, each when the one before has been taken. */
export type FromThread =
  | {
      readonly kind: 'head';
      readonly n: number;
      readonly status: number;
      readonly headers: readonly (readonly [string, string])[];
    }
  | { readonly kind: 'piece'; readonly n: number; readonly bytes: Uint8Array }
  | { readonly kind: 'end'; readonly n: number }
  | { readonly kind: 'failed'; readonly n: number; readonly error: unknown }
  /** A bug inside an answer that was given; for the log. */
  | { readonly kind: 'bug'; readonly error: unknown }
  /** A question got 503; for the log. */
  | { readonly kind: 'unavailable'; readonly code: string };

export type TerminologyOptions = {
  readonly dataDir: string;
  readonly key: Uint8Array;
  /** Version of the program. */
  readonly version: string;
};
