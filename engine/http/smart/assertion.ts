import { createHash } from 'node:crypto';
import type { JWTVerifyGetKey } from 'jose';
import type { Scope } from '../../access-tokens.ts';
import { type KeySource, openKeySet } from './key-sets.ts';

/** A program that may ask for access tokens. */
export type SmartClient = {
  readonly id: string;
  readonly keys: KeySource;
  readonly scopes: readonly Scope[];
};

/** Why an assertion was refused; stable, safe as a metric label. */
export type AssertionRefusal =
  | 'assertion-malformed'
  | 'assertion-algorithm'
  | 'assertion-kid'
  | 'assertion-key-address'
  | 'assertion-key-unknown'
  | 'assertion-signature'
  | 'assertion-audience'
  | 'assertion-expired'
  | 'assertion-lifetime'
  | 'assertion-jti'
  | 'assertion-replayed'
  | 'client-unknown'
  | 'key-set-unavailable';

export type AssertionVerdict =
  | { readonly client: SmartClient }
  /** `client` only where it is one of ours: what a stranger calls itself stays out of the logs. */
  | { readonly refused: AssertionRefusal; readonly client?: string };

export type AssertionContext = {
  /** The address of the token endpoint, which is what an assertion is made out to. */
  readonly audience: string;
  readonly nowUs: number;
  /** True the first time a name is claimed; remembers it until then, over restarts too. */
  once(name: string, untilUs: number, nowUs: number): boolean;
};

const assertionCharactersMax = 16 * 1024;
const lifetimeS = 300;
/** Clocks differ a little, here and there. */
const toleranceS = 10;
const algorithms: ReadonlySet<unknown> = new Set(['RS384', 'ES384']);

/**
 * Judges client assertions as SMART Backend Services wants them ("Authenticating to the token
 * endpoint"): a JWT signed with RS384 or ES384 by a key of the client that its `kid` names, made
 * out by and for the client itself and to this endpoint alone, for five minutes at most, used once.
 */
export function assertionJudge(clients: ReadonlyMap<string, SmartClient>) {
  const keySets = new Map<string, Promise<JWTVerifyGetKey>>();

  function keysOf({ id, keys }: SmartClient): Promise<JWTVerifyGetKey> {
    const opened = keySets.get(id) ?? openKeySet(keys);
    keySets.set(id, opened);
    return opened;
  }

  return async (assertion: string, context: AssertionContext): Promise<AssertionVerdict> => {
    const jose = await import('jose');
    const read = readUnverified(assertion, jose);
    if (read === undefined) return { refused: 'assertion-malformed' };
    const { header, claims } = read;
    const client = typeof claims.iss === 'string' ? clients.get(claims.iss) : undefined;
    const refuse = (refused: AssertionRefusal): AssertionVerdict =>
      client === undefined ? { refused } : { refused, client: client.id };
    if (!algorithms.has(header.alg)) return refuse('assertion-algorithm');
    if (typeof header.kid !== 'string' || header.kid === '') return refuse('assertion-kid');
    if (client === undefined || claims.sub !== client.id) return refuse('client-unknown');
    if (header.jku !== undefined && !('url' in client.keys && client.keys.url === header.jku))
      return refuse('assertion-key-address');
    const { audience, nowUs } = context;
    try {
      await jose.jwtVerify(assertion, await keysOf(client), {
        algorithms: [...algorithms] as string[],
        audience,
        issuer: client.id,
        subject: client.id,
        clockTolerance: toleranceS,
        currentDate: new Date(nowUs / 1000),
        requiredClaims: ['exp'],
      });
    } catch (cause) {
      return refuse(refusalOf(cause));
    }
    // Made out to others as well, it could be used by each of them here.
    if (Array.isArray(claims.aud) && claims.aud.length > 1) return refuse('assertion-audience');
    const { exp = 0, jti } = claims;
    if (exp * 1_000_000 > nowUs + (lifetimeS + toleranceS) * 1_000_000)
      return refuse('assertion-lifetime');
    if (typeof jti !== 'string' || jti === '' || jti.length > 1_024) return refuse('assertion-jti');
    const untilUs = (exp + toleranceS) * 1_000_000;
    return context.once(nameOf(client.id, jti), untilUs, nowUs)
      ? { client }
      : refuse('assertion-replayed');
  };
}

const nameOf = (client: string, jti: string): string =>
  `jti|${createHash('sha256')
    .update(JSON.stringify([client, jti]))
    .digest('base64')}`;

type Jose = typeof import('jose');

/** What the assertion says of itself; nothing of it is believed yet. */
function readUnverified(assertion: string, { decodeProtectedHeader, decodeJwt }: Jose) {
  if (assertion.length > assertionCharactersMax) return undefined;
  try {
    return { header: decodeProtectedHeader(assertion), claims: decodeJwt(assertion) };
  } catch {
    return undefined;
  }
}

/** jose says what was wrong by a code; what has none of them came from fetching the keys. */
function refusalOf(cause: unknown): AssertionRefusal {
  const { code, claim } = cause as { code?: unknown; claim?: unknown };
  switch (code) {
    case 'ERR_JWT_EXPIRED':
      return 'assertion-expired';
    case 'ERR_JWT_CLAIM_VALIDATION_FAILED':
      if (claim === 'aud') return 'assertion-audience';
      return claim === 'exp' ? 'assertion-expired' : 'assertion-malformed';
    case 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED':
      return 'assertion-signature';
    case 'ERR_JWKS_NO_MATCHING_KEY':
    case 'ERR_JWKS_MULTIPLE_MATCHING_KEYS':
      return 'assertion-key-unknown';
    case 'ERR_JWS_INVALID':
    case 'ERR_JWT_INVALID':
    case 'ERR_JOSE_NOT_SUPPORTED':
    case 'ERR_JOSE_ALG_NOT_ALLOWED':
      return 'assertion-malformed';
    default:
      return 'key-set-unavailable';
  }
}
