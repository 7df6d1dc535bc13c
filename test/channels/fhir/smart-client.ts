// A program that authenticates as SMART Backend Services says, made to be able to do each step
// wrongly: keys of its own, assertions with any header and claims, and plain HTTP requests.
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

export type Wrong = {
  readonly header?: Readonly<Record<string, unknown>>;
  readonly claims?: Readonly<Record<string, unknown>>;
  /** Seconds from now. */
  readonly expiresIn?: number;
};

export type SmartTestClient = Awaited<ReturnType<typeof createSmartClient>>;

/** `alg` RS384 or ES384; its public keys are written into `folder`. */
export async function createSmartClient(id: string, alg: 'RS384' | 'ES384', folder: string) {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  const kid = `${id}-1`;
  const jwksFile = join(folder, `${id}.jwks.json`);
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid, alg, use: 'sig' }] };
  writeFileSync(jwksFile, JSON.stringify(jwks));
  return {
    id,
    jwksFile,
    jwks,
    privateKey,
    assertion(tokenUrl: string, nowS: number, wrong: Wrong = {}): Promise<string> {
      const claims = {
        iss: id,
        sub: id,
        aud: tokenUrl,
        jti: randomUUID(),
        exp: nowS + (wrong.expiresIn ?? 300),
        ...wrong.claims,
      };
      return new SignJWT(claims)
        .setProtectedHeader({ alg, kid, typ: 'JWT', ...wrong.header })
        .sign(privateKey);
    },
  };
}

/** An assertion with no signature, or with one by a secret. */
export function forged(header: object, claims: object, signature = ''): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part(header)}.${part(claims)}.${signature}`;
}

export async function askToken(tokenUrl: string, assertion: string, scope = 'system/*.cruds') {
  const response = await fetch(tokenUrl, {
    method: 'POST',
    // A listener that is opened again has none of the old connections.
    headers: { connection: 'close' },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
      scope,
    }),
  });
  const body = (await response.json()) as {
    access_token?: string;
    scope?: string;
    error?: string;
    error_description?: string;
    expires_in?: number;
  };
  return { status: response.status, ...body };
}
