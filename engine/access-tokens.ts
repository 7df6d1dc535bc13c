import { createHash, randomBytes } from 'node:crypto';

/**
 * What a client may do: letters of `cruds` (create, read, update, delete, search) on a resource
 * type, or on `*`, every type. SMART App Launch 2, "Scopes for requesting FHIR Resources".
 */
export type Scope = { readonly type: string; readonly letters: string };

/** Whom an access token stands for, and at which source alone it opens. */
export type Grant = {
  readonly client: string;
  /** The channel whose source gave it. */
  readonly source: string;
  readonly scopes: readonly Scope[];
  /** Microseconds since the epoch. */
  readonly untilUs: number;
};

/**
 * The access tokens that all sources of this process gave out, so that one source knows another's
 * and can say whose it is. They are random and kept as digests in memory: a restart ends them, and
 * a client asks for the next one, as it does every few minutes.
 */
export type AccessTokens = {
  issue(grant: Grant): string;
  /** Undefined for a token that was never given or has expired. */
  find(token: string, nowUs: number): Grant | undefined;
};

/** A client that asks before every request holds so many; the oldest goes. */
const perClientMax = 100;

export function createAccessTokens(): AccessTokens {
  const grants = new Map<string, Grant>();
  const ofClient = new Map<string, string[]>();
  return {
    issue(grant) {
      const token = randomBytes(32).toString('base64url');
      const digest = digestOf(token);
      const holder = `${grant.source}\n${grant.client}`;
      const held = ofClient.get(holder) ?? [];
      held.push(digest);
      if (held.length > perClientMax) grants.delete(held.shift() as string);
      ofClient.set(holder, held);
      grants.set(digest, grant);
      return token;
    },
    find(token, nowUs) {
      const digest = digestOf(token);
      const grant = grants.get(digest);
      if (grant === undefined || grant.untilUs > nowUs) return grant;
      grants.delete(digest);
      return undefined;
    },
  };
}

/** Looked up by digest, the time taken tells nothing of the token. */
const digestOf = (token: string): string => createHash('sha256').update(token).digest('base64');
