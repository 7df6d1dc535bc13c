import type { Share } from '../block/index.ts';
import type { IdentityModel } from '../model/index.ts';
import type { IdentityPolicy } from '../policy/index.ts';
import type { Columns } from './columns.ts';
import type { Candidates, LinkedPair } from './linkage.ts';

/** What a linking thread is started with; it reads the files itself. */
export type LinkTask = {
  readonly files: readonly string[];
  readonly columns: Columns;
  readonly policy: IdentityPolicy;
  readonly seed: number;
  readonly source: string;
  /** The first thread also tells the ids. */
  readonly tellsIds: boolean;
};

export type LinkOrder =
  | { readonly do: 'fit' }
  | { readonly do: 'score'; readonly model: IdentityModel; readonly share: Share }
  | {
      readonly do: 'assess';
      readonly model: IdentityModel;
      readonly pairs: readonly (readonly [number, number])[];
    };

export type LinkReply =
  | { readonly type: 'read'; readonly ids: readonly string[]; readonly secondFrom: number }
  | { readonly type: 'fitted'; readonly model: IdentityModel }
  | { readonly type: 'scored'; readonly candidates: Candidates }
  | { readonly type: 'assessed'; readonly pairs: readonly LinkedPair[] }
  | { readonly type: 'progress'; readonly step: 'read' | 'score'; readonly done: number }
  | {
      readonly type: 'failed';
      readonly code: string;
      readonly text: string;
      readonly exit: number;
    };
