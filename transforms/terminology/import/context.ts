import type { DatabaseHandle } from '../../../engine/index.ts';
import type { ResourceType } from '../knowledge.ts';
import { type Heading, type Staging, stageRelease } from '../store/index.ts';
import type { Findings } from './findings.ts';
import type { Input } from './input.ts';

/** A release that was read to its end. */
export type Staged = {
  readonly staging: Staging;
  readonly heading: Heading;
  /** The file, and the line in it where the release begins. */
  readonly file: string;
  readonly line: number;
  /** A table of another publisher that names no versions: codes have retired since it was made. */
  readonly isHistoric?: boolean;
};

/** What a reader of a format writes to, and what the person at the keyboard said. */
export type ImportContext = {
  readonly db: DatabaseHandle;
  readonly findings: Findings;
  /** A label of WHATWG's encoding standard; of text formats alone. */
  readonly encoding: string;
  /** `--url` and `--version`: they go before what a file says of itself. */
  readonly url: string | undefined;
  readonly version: string | undefined;
  begin(kind: ResourceType, input: Input): Staging;
  end(staged: Staged): void;
  /** A resource that is no terminology was passed over. */
  skip(type: string): void;
};

/** Reads files that make one release together (or one that holds several); yields as it goes. */
export type Reader = (inputs: readonly Input[], context: ImportContext) => Iterable<number>;

export type ContextOptions = Pick<
  ImportContext,
  'db' | 'findings' | 'encoding' | 'url' | 'version'
> & { readonly importId: number; readonly nowUs: number };

export function createContext({ importId, nowUs, ...given }: ContextOptions) {
  const begun: Staging[] = [];
  const ended: Staged[] = [];
  const skipped = new Map<string, number>();
  const context: ImportContext = {
    ...given,
    begin(kind, input) {
      const from = { kind, importId, source: input.base, nowUs };
      const staging = stageRelease(given.db, from);
      begun.push(staging);
      return staging;
    },
    end: (staged) => void ended.push(staged),
    skip: (type) => void skipped.set(type, (skipped.get(type) ?? 0) + 1),
  };
  return { context, begun, ended, skipped };
}
