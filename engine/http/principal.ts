import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { Scope } from '../access-tokens.ts';

/** Who asks. An HTTP handler never sees a secret, only this. */
export type Principal = {
  /** Stable name, safe in logs and audit rows; never the token. */
  readonly id: string;
  readonly kind: 'operator' | 'client';
  /** What it may do; absent: everything that this door leads to. */
  readonly scopes?: readonly Scope[];
};

/** Why somebody does not get in; both are stable, and safe in logs and audit rows. */
export type Denied = {
  /** Forbidden: known, and not here or not this. */
  readonly denied: 'unauthorized' | 'forbidden';
  readonly reason: string;
  /** The client, where it is one that the configuration names. */
  readonly client?: string;
};

/**
 * What a request shows of its sender, taken from headers and handshake, before any body is read.
 */
export type Credentials = {
  readonly token?: string;
  /** A client certificate that the TLS handshake has verified; SHA-256 as upper-case hex pairs. */
  readonly certificate?: { readonly commonName: string; readonly fingerprint256: string };
};

/** MUST compare secrets in constant time; undefined is a refusal. May ask somebody else first. */
export type Authenticate = (credentials: Credentials) => Verdict | Promise<Verdict>;

type Verdict = Principal | Denied | undefined;

/** A token that opens a door, as itself or as the SHA-256 (hex) that a configuration file holds. */
export type TokenEntry = { readonly principal: Principal } & (
  | { readonly token: string }
  | { readonly sha256: string }
);

/**
 * Knows the given bearer tokens. It compares digests, every entry each time, so that neither the
 * length nor a common start of a guess shows in the time taken. Throws when a `sha256` is none.
 */
export function tokenAuthenticator(entries: readonly TokenEntry[]): Authenticate {
  const known = entries.map((entry) => ({ digest: digestOf(entry), principal: entry.principal }));
  return ({ token }) => {
    if (token === undefined) return undefined;
    const digest = sha256(token);
    let found: Principal | undefined;
    for (const candidate of known) {
      if (timingSafeEqual(candidate.digest, digest)) found = candidate.principal;
    }
    return found;
  };
}

const sha256 = (text: string) => createHash('sha256').update(text, 'utf8').digest();

function digestOf(entry: TokenEntry): Buffer {
  if ('token' in entry) return sha256(entry.token);
  if (!/^[0-9a-fA-F]{64}$/.test(entry.sha256)) {
    throw new Error(`the sha256 of ${entry.principal.id} must hold 64 hexadecimal digits`);
  }
  return Buffer.from(entry.sha256, 'hex');
}

/** A browser cannot set headers on a WebSocket, so the token may travel as a protocol it offers. */
export const tokenProtocol = 'plexus.token.';

/**
 * The token of a request: `Authorization: Bearer` (RFC 6750, section 2.1), or for a WebSocket the
 * offered protocol `plexus.token.` followed by the base64url of the token. Never from the URL,
 * which logs and histories keep.
 */
export function credentialsOf(request: IncomingMessage): Credentials {
  const token = bearerToken(request.headers.authorization) ?? offeredToken(request);
  const certificate = clientCertificate(request);
  return { ...(token === undefined ? {} : { token }), ...(certificate ? { certificate } : {}) };
}

function bearerToken(header: string | undefined): string | undefined {
  return header === undefined ? undefined : /^Bearer +(\S+)$/i.exec(header.trim())?.[1];
}

function offeredToken(request: IncomingMessage): string | undefined {
  const offered = request.headers['sec-websocket-protocol']?.split(',') ?? [];
  const protocol = offered
    .map((name) => name.trim())
    .find((name) => name.startsWith(tokenProtocol));
  if (protocol === undefined) return undefined;
  return Buffer.from(protocol.slice(tokenProtocol.length), 'base64url').toString('utf8');
}

function clientCertificate(request: IncomingMessage): Credentials['certificate'] {
  const { socket } = request;
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
  const peer = socket.getPeerCertificate();
  const commonName = peer.subject?.CN;
  if (typeof commonName !== 'string') return undefined;
  return { commonName, fingerprint256: peer.fingerprint256 };
}
