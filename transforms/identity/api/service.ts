import type { Context } from 'hono';
import type { HttpEnv } from '../../../engine/http/index.ts';
import type { Desk } from '../desk/index.ts';
import type { Downstream } from '../registry/index.ts';
import type { Audit, Touched } from './access.ts';
import type { Pages } from './pages.ts';
import type { SourcePatient } from './written.ts';

/** What the HTTP faces of identity are made of; `bin/` fills it. */
export type IdentityServiceOptions = {
  readonly desk: Desk;
  readonly audit: Audit;
  /** Microseconds since the epoch. */
  readonly nowUs: () => number;
  readonly sourcePatient: SourcePatient;
  /** Where decisions have flowed to, for who parts persons. */
  readonly downstream: readonly Downstream[];
  /** Runs messages again so that routes publish again; gives the number of messages. */
  readonly republish: (messages: readonly number[], by: string) => Promise<number>;
  readonly bug: (cause: unknown) => void;
};

export type Service = IdentityServiceOptions & { readonly pages: Pages };

export type Reply = {
  readonly body: object;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly touched: Touched;
  /** The steward who answers for an order. */
  readonly by?: string;
};

export type Handler = (c: Context<HttpEnv>, service: Service) => Promise<Reply>;
