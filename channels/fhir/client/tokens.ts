import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { type Clock, exitCodes, PlexusError } from '../../../engine/index.ts';
import { type ClientAuth, parsePrivateJwk, safeUrl } from './auth.ts';
import { readWhole } from './read-whole.ts';
import { FhirRequestError } from './request-error.ts';

/** The access token of the moment. */
export type Tokens = {
  /** Undefined where no sign-in is configured. Throws PlexusError `sign-in-failed`. */
  current(): Promise<string | undefined>;
  /** The server does not take this one any more: the next `current` is another. */
  discard(token: string | undefined): void;
};

export type TokenOptions = {
  readonly auth: ClientAuth | undefined;
  readonly baseUrl: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  resolvePath(path: string): string;
};

const requestMs = 30_000;
/** A token is renewed so long before its end: it must not expire on the way. */
const earlyUs = 30_000_000;
const assertionS = 240;
const tokenCharactersMax = 16 * 1024;
/** Of a token answer or a smart-configuration. */
const answerBytesMax = 256 * 1024;

const tokenAnswer = z.looseObject({
  access_token: z.string().min(1).max(tokenCharactersMax),
  expires_in: z.number().positive().default(300),
});
const configuration = z.looseObject({ token_endpoint: safeUrl });

/**
 * Signs in as SMART Backend Services says: an assertion signed with our key (private_key_jwt) gets
 * an access token, which is used until shortly before its end. Askers at the same time share one
 * request. What was answered is never part of an error: it may hold a secret.
 */
export function createTokens(options: TokenOptions): Tokens {
  const { auth, clock } = options;
  let held: { readonly token: string; readonly untilUs: number } | undefined;
  let asking: Promise<string> | undefined;

  async function ask(): Promise<string> {
    if (auth === undefined) throw new Error('nobody signs in here');
    const path = options.resolvePath(auth.file);
    const text = await readFile(path, 'utf8').catch(() => {
      throw failed('its file cannot be read', exitCodes.config);
    });
    if (auth.kind === 'bearer') {
      held = { token: text.trim(), untilUs: Number.POSITIVE_INFINITY };
      return held.token;
    }
    const key = parsePrivateJwk(text);
    if (key === undefined) throw failed('the key file holds no private JWK', exitCodes.config);
    const tokenUrl = auth.tokenUrl ?? (await discover(options));
    const { importJWK, SignJWT } = await import('jose');
    const nowUs = clock.nowUs();
    const assertion = await new SignJWT({})
      .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: 'JWT' })
      .setIssuer(auth.clientId)
      .setSubject(auth.clientId)
      .setAudience(tokenUrl)
      .setJti(randomUUID())
      .setExpirationTime(Math.floor(nowUs / 1_000_000) + assertionS)
      .sign(await importJWK(key as Parameters<typeof importJWK>[0], key.alg));
    const answer = tokenAnswer.safeParse(
      await fetchJson(tokenUrl, options.signal, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          client_assertion: assertion,
          scope: auth.scope,
        }),
      }),
    );
    if (!answer.success) throw failed('the token endpoint gave no token');
    const { access_token: token, expires_in } = answer.data;
    const forUs = expires_in * 1_000_000;
    held = { token, untilUs: nowUs + Math.max(forUs - earlyUs, forUs / 2) };
    return token;
  }

  return {
    async current() {
      if (auth === undefined) return undefined;
      if (held !== undefined && held.untilUs > clock.nowUs()) return held.token;
      asking ??= ask().finally(() => {
        asking = undefined;
      });
      return asking;
    },
    discard(token) {
      if (held?.token === token) held = undefined;
    },
  };
}

async function discover({ baseUrl, signal }: TokenOptions): Promise<string> {
  const answer = await fetchJson(`${baseUrl}/.well-known/smart-configuration`, signal);
  const found = configuration.safeParse(answer);
  if (!found.success) throw failed('smart-configuration names no token endpoint');
  return found.data.token_endpoint;
}

async function fetchJson(url: string, closing: AbortSignal, init: RequestInit = {}) {
  const signal = AbortSignal.any([closing, AbortSignal.timeout(requestMs)]);
  try {
    const headers = { accept: 'application/json' };
    const response = await fetch(url, { ...init, headers, redirect: 'error', signal });
    if (!response.ok) {
      await response.body?.cancel();
      throw failed(`the server answered with ${response.status}`);
    }
    const raw = await readWhole(response, answerBytesMax);
    return JSON.parse(raw.toString('utf8')) as unknown;
  } catch (cause) {
    if (cause instanceof FhirRequestError && cause.code === 'answer-too-large')
      throw failed('the server answers with more than a token');
    if (cause instanceof PlexusError && cause.code === 'sign-in-failed') throw cause;
    throw failed('the server does not answer as it should');
  }
}

const failed = (why: string, exit: number = exitCodes.unavailable): PlexusError =>
  new PlexusError('sign-in-failed', `cannot sign in: ${why}`, { exit });
