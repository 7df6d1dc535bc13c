import { FhirRequestError } from './request-error.ts';
import { createTokens, type TokenOptions } from './tokens.ts';

export type FhirClientOptions = TokenOptions & {
  /** Origins beside that of `baseUrl` from which files may come; they never see the token. */
  readonly origins?: readonly string[];
};

export type Ask = {
  readonly method?: 'GET' | 'DELETE';
  readonly accept?: string;
  readonly prefer?: string;
  /** Sent without it where the server says that a file needs none. */
  readonly withToken?: boolean;
  /** Until the headers of the answer are there. */
  readonly timeoutMs?: number;
};

const defaultTimeoutMs = 120_000;
const redirectsMax = 5;
/** A server that asks us to wait longer is asked again after this. */
const retryAfterMaxMs = 6 * 3_600_000;

export type FhirClient = ReturnType<typeof createFhirClient>;

/**
 * Asks a FHIR server that Plexus fetches from: signed in, a token that is refused renewed once,
 * redirects followed only where we may go. Any answer below 400 is returned with its body unread;
 * all else throws FhirRequestError, of which `isPassing` tells whether to ask again.
 */
export function createFhirClient(options: FhirClientOptions) {
  const home = new URL(options.baseUrl).origin;
  const allowed = new Set([home, ...(options.origins ?? [])]);
  const tokens = createTokens(options);

  async function once(url: string, ask: Ask, token: string | undefined): Promise<Response> {
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(), ask.timeoutMs ?? defaultTimeoutMs);
    try {
      return await fetch(url, {
        method: ask.method ?? 'GET',
        headers: {
          accept: ask.accept ?? 'application/fhir+json',
          ...(ask.prefer === undefined ? {} : { prefer: ask.prefer }),
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
        redirect: 'manual',
        signal: AbortSignal.any([options.signal, timeout.signal]),
      });
    } catch {
      throw new FhirRequestError('server-unreachable', 0);
    } finally {
      clearTimeout(timer);
    }
  }

  async function request(url: string, ask: Ask = {}): Promise<Response> {
    let at = url;
    let renewals = 0;
    for (let hops = 0; hops <= redirectsMax; ) {
      const { origin } = new URL(at);
      if (!allowed.has(origin)) throw new FhirRequestError('address-elsewhere', 0);
      const signsIn = origin === home && ask.withToken !== false;
      const token = signsIn ? await tokens.current() : undefined;
      const response = await once(at, ask, token);
      const { status } = response;
      if (status < 300) return response;
      await response.body?.cancel();
      const location = response.headers.get('location');
      if (status < 400 && location !== null && URL.canParse(location, at)) {
        at = new URL(location, at).href;
        hops += 1;
        continue;
      }
      if (status === 401 && token !== undefined && renewals === 0) {
        tokens.discard(token);
        renewals += 1;
        continue;
      }
      throw new FhirRequestError(codeOf(status), status, retryAfterMs(response, options.clock));
    }
    throw new FhirRequestError('redirects-endless', 0);
  }

  return {
    request,
    /** The same address, absolute; undefined when it leads where we do not go. */
    resolve(reference: string, from: string): string | undefined {
      if (!URL.canParse(reference, from)) return undefined;
      const url = new URL(reference, from);
      return allowed.has(url.origin) ? url.href : undefined;
    },
    isHome: (url: string): boolean => new URL(url).origin === home,
  };
}

/** Will the same request do later? What a server refuses for good it refuses again. */
export const isPassing = ({ status }: FhirRequestError): boolean =>
  status === 0 || status === 408 || status === 429 || status >= 500;

function codeOf(status: number): string {
  if (status === 401 || status === 403) return 'server-denies-access';
  if (status === 429) return 'server-busy';
  return status >= 500 ? 'server-failing' : 'server-refuses';
}

/** RFC 9110, section 10.2.3: seconds or a date. */
export function retryAfterMs(response: Response, clock: TokenOptions['clock']): number | undefined {
  const text = response.headers.get('retry-after')?.trim();
  if (text === undefined || text === '') return undefined;
  const ms = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - clock.nowUs() / 1_000;
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), retryAfterMaxMs) : undefined;
}
