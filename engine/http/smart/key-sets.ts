import { readFile, stat } from 'node:fs/promises';
import type { JSONWebKeySet, JWTVerifyGetKey } from 'jose';
import { z } from 'zod';

/** Where the public keys of a client are: a file it sent, or an address of its own. */
export type KeySource = { readonly file: string } | { readonly url: string };

const keySetBytesMax = 256 * 1024;
const keySetMs = 5_000;
/** How long fetched keys are used before they are fetched again. */
const cacheMs = 10 * 60_000;
/** A key that is not there is looked for again at most this often. */
const cooldownMs = 30_000;

/** Of an RSA modulus in base64url: 2,048 bits, below which a key is too weak. */
const modulusCharactersMin = 342;

const jwk = z.looseObject({
  kty: z.string().min(1),
  kid: z.string().min(1),
  n: z.string().optional(),
});
const keySet = z.object({ keys: z.array(jwk).min(1).max(100) });
/** Keys of other kinds may stand beside; RFC 7517, section 5, has them ignored. */
const usable = new Set(['RSA', 'EC']);

/** What is wrong with a key set that a client hands over, in words; undefined when nothing is. */
export function keySetFault(value: unknown): string | undefined {
  const parsed = keySet.safeParse(value);
  if (!parsed.success) return 'it needs `keys`, each with `kty` RSA or EC and a `kid`';
  const { keys } = parsed.data;
  if (!keys.some(({ kty }) => usable.has(kty)))
    return 'it needs `keys`, each with `kty` RSA or EC and a `kid`';
  if (keys.some((key) => 'd' in key || 'p' in key || 'k' in key))
    return 'it holds a private key: ask the client for the public ones only';
  if (keys.some(({ kty, n = '' }) => kty === 'RSA' && n.length < modulusCharactersMin))
    return 'an RSA key has fewer than 2,048 bits';
  if (new Set(keys.map(({ kid }) => kid)).size < keys.length) return 'two keys have one `kid`';
  return undefined;
}

/** Finds the key of an assertion; rejects when the keys are not to be had. */
export async function openKeySet(source: KeySource): Promise<JWTVerifyGetKey> {
  const { createLocalJWKSet, createRemoteJWKSet, customFetch } = await import('jose');
  if ('url' in source)
    return createRemoteJWKSet(new URL(source.url), {
      timeoutDuration: keySetMs,
      cacheMaxAge: cacheMs,
      cooldownDuration: cooldownMs,
      [customFetch]: fetchBounded,
    });
  let read: { readonly version: string; readonly find: JWTVerifyGetKey } | undefined;
  // A client that changes its keys sends another file: it counts from the next request on.
  return async (header, token) => {
    const { mtimeMs, size } = await stat(source.file);
    const version = `${mtimeMs}/${size}`;
    if (read?.version !== version) {
      const keys: unknown = JSON.parse(await readFile(source.file, 'utf8'));
      const fault = keySetFault(keys);
      if (fault !== undefined) throw new Error(fault);
      read = { version, find: createLocalJWKSet(keys as JSONWebKeySet) };
    }
    return read.find(header, token);
  };
}

/** Reads no more than a key set can have; what comes is checked as one that was handed over. */
async function fetchBounded(url: string, options: RequestInit): Promise<Response> {
  const response = await fetch(url, { ...options, redirect: 'error' });
  if (!response.ok) throw new Error(`the key set answered with ${response.status}`);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > keySetBytesMax) throw new Error('the key set is too long');
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  const fault = keySetFault(JSON.parse(text));
  if (fault !== undefined) throw new Error(fault);
  return new Response(text, { headers: { 'content-type': 'application/json' } });
}
