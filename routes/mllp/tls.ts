import type { ConnectionOptions } from 'node:tls';
import { type PemPath, readPemFile, type SinkContext } from '../../engine/index.ts';
import type { TargetOptions } from './options.ts';

/** The PEM files that the options name, each with its key. */
export function tlsFiles({ tls }: TargetOptions): PemPath[] {
  return (['ca', 'cert', 'key'] as const).flatMap((key): PemPath[] => {
    const path = tls?.[key];
    return path === undefined ? [] : [[key, path]];
  });
}

/** Throws PlexusError `tls-file-unreadable`. */
export function tlsSettings(
  tls: NonNullable<TargetOptions['tls']>,
  context: SinkContext,
): ConnectionOptions {
  const read = (path: string) => readPemFile(context.resolvePath(path));
  return {
    minVersion: 'TLSv1.2',
    ...(tls.ca === undefined ? {} : { ca: read(tls.ca) }),
    ...(tls.cert === undefined ? {} : { cert: read(tls.cert) }),
    ...(tls.key === undefined ? {} : { key: read(tls.key) }),
    ...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
  };
}
