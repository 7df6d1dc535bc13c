import { PlexusError } from '../../../engine/index.ts';

/** What a server said of a request that did not succeed; no more of its answer than this. */
export class FhirRequestError extends PlexusError {
  /** 0: no answer came. */
  readonly status: number;
  /** What `Retry-After` asks for. */
  readonly retryMs: number | undefined;

  constructor(code: string, status: number, retryMs?: number) {
    const said = status === 0 ? 'the server does not answer' : `the server answered ${status}`;
    super(code, said);
    this.status = status;
    this.retryMs = retryMs;
  }
}
