import type { TlsOptions as NodeTlsOptions, TLSSocket } from 'node:tls';
import { readPemFile } from '../../engine/index.ts';
import type { TlsOptions } from './options.ts';

/** Why a client may not send, or undefined when it may. */
export type ClientCheck = (socket: TLSSocket) => string | undefined;

/**
 * Settings for node:tls. A client certificate is asked for when an authority or an allow-list is
 * given. With fingerprints alone the certificate itself is pinned, and who signed it is no matter.
 * Throws PlexusError `tls-file-unreadable`.
 */
export function tlsSettings(
  options: TlsOptions,
  resolvePath: (path: string) => string,
): NodeTlsOptions {
  const read = (path: string) => readPemFile(resolvePath(path));
  return {
    cert: read(options.cert),
    key: read(options.key),
    minVersion: 'TLSv1.2',
    handshakeTimeout: 10_000,
    requestCert: options.clientCa !== undefined || options.clients !== undefined,
    rejectUnauthorized: options.clientCa !== undefined,
    ...(options.clientCa === undefined ? {} : { ca: read(options.clientCa) }),
  };
}

export function clientCheck(options: TlsOptions): ClientCheck {
  const { clients } = options;
  if (!clients) return () => undefined;
  const fingerprints = new Set<string>();
  const names = new Set<string>();
  for (const entry of clients) {
    if (entry.startsWith('cn:')) names.add(entry.slice('cn:'.length));
    else fingerprints.add(bareHex(entry.slice('sha256:'.length)));
  }
  return (socket) => {
    const certificate = socket.getPeerCertificate();
    if (!certificate?.fingerprint256) return 'client-certificate-missing';
    if (fingerprints.has(bareHex(certificate.fingerprint256))) return undefined;
    const name = certificate.subject?.CN;
    // A subject with several common names reads as an array: which one counts would be a guess.
    if (typeof name === 'string' && names.has(name)) return undefined;
    return 'client-certificate-refused';
  };
}

function bareHex(text: string): string {
  return text.replaceAll(':', '').toLowerCase();
}
