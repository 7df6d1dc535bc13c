import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hash,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { exitCodes, PlexusError } from '../../../engine/index.ts';

/** Ed25519 (RFC 8032): 32 bytes of public key and 64 of signature, both written as base64. */
const publicKeyBytes = 32;
const signatureBytes = 64;

/** A private key as PKCS #8 PEM, and the public key as it stands in `signers.yaml`. */
export function newKeyPair(): { readonly privatePem: string; readonly publicKey: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const privatePem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  return { privatePem, publicKey: publicText(publicKey) };
}

/** Throws PlexusError `policy-key-invalid`; the text itself is never told. */
export function readPrivateKey(pem: string): {
  readonly key: KeyObject;
  readonly publicKey: string;
} {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'ed25519')
      return { key, publicKey: publicText(createPublicKey(key)) };
  } catch {
    // What the parser says of a wrong key may quote it.
  }
  throw new PlexusError('policy-key-invalid', 'this file holds no Ed25519 private key in PEM', {
    exit: exitCodes.io,
  });
}

/** Sixteen hex digits of SHA-256 over the public key's bytes: tells two keys apart. */
export function keyIdOf(publicKey: string): string {
  return hash('sha256', Buffer.from(publicKey, 'base64'), 'hex').slice(0, 16);
}

export const isPublicKey = (text: string): boolean => isBase64Of(text, publicKeyBytes);
export const isSignature = (text: string): boolean => isBase64Of(text, signatureBytes);

/** In the one form that base64 has for these bytes: other forms would be another text. */
function isBase64Of(text: string, bytes: number): boolean {
  const decoded = Buffer.from(text, 'base64');
  return decoded.length === bytes && decoded.toString('base64') === text;
}

export function signText(text: string, key: KeyObject): string {
  return sign(null, Buffer.from(text, 'utf8'), key).toString('base64');
}

/** Is this the signature of the holder of this key under this text? Never throws. */
export function isSignedBy(text: string, signature: string, publicKey: string): boolean {
  if (!isPublicKey(publicKey) || !isSignature(signature)) return false;
  const x = Buffer.from(publicKey, 'base64').toString('base64url');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  return verify(null, Buffer.from(text, 'utf8'), key, Buffer.from(signature, 'base64'));
}

function publicText(key: KeyObject): string {
  return Buffer.from(key.export({ format: 'jwk' }).x!, 'base64url').toString('base64');
}
