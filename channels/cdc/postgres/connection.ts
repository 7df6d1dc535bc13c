import { readFileSync } from 'node:fs';
import type { Client, ClientConfig } from 'pg';
import { PlexusError, readPemFile } from '../../../engine/index.ts';
import { sessionOptions } from './values.ts';

/** How to get to the database; `host` may be the folder of a Unix socket. */
export type Server = {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: { readonly file: string } | { readonly environment: string } | undefined;
  readonly tls:
    | {
        readonly ca: string | undefined;
        readonly cert: string | undefined;
        readonly key: string | undefined;
      }
    | undefined;
};

/** Texts as the server writes them; `pg` would make floats and local dates of them. */
const asWritten = { getTypeParser: () => (text: string) => text };

const connectMs = 15_000;

/**
 * Opens a connection. Throws PlexusError with a code and no word of the server's own message, which
 * may quote a row.
 */
export async function connect(
  server: Server,
  resolvePath: (path: string) => string,
  replication: boolean,
): Promise<Client> {
  const { host, port, database, user } = server;
  const config: ClientConfig & { replication?: string } = {
    ...{ host, port, database, user, keepAlive: true, connectionTimeoutMillis: connectMs },
    password: passwordOf(server, resolvePath),
    ssl: tlsOf(server, resolvePath),
    options: sessionOptions,
    application_name: 'plexus',
    types: asWritten as never,
    ...(replication ? { replication: 'database' } : {}),
  };
  // `pg` is loaded where a database is followed, and nowhere else.
  const pg = await import('pg');
  const client = new pg.default.Client(config);
  // An idle connection that breaks says so by its next query.
  client.on('error', () => {});
  await sayingCode(client.connect(), 'cdc-database-unreachable');
  return client;
}

function passwordOf({ password }: Server, resolvePath: (path: string) => string): string {
  if (password === undefined) return '';
  if ('environment' in password) {
    const value = process.env[password.environment];
    if (value === undefined)
      throw new PlexusError('cdc-password-missing', `${password.environment} is not set`);
    return value;
  }
  try {
    return readFileSync(resolvePath(password.file), 'utf8').trim();
  } catch (cause) {
    const text = `the password file ${password.file} cannot be read`;
    throw new PlexusError('cdc-password-missing', text, { cause });
  }
}

function tlsOf({ tls }: Server, resolvePath: (path: string) => string): ClientConfig['ssl'] {
  if (tls === undefined) return false;
  const read = (path: string) => readPemFile(resolvePath(path));
  return {
    rejectUnauthorized: true,
    ...(tls.ca === undefined ? {} : { ca: read(tls.ca) }),
    ...(tls.cert === undefined ? {} : { cert: read(tls.cert) }),
    ...(tls.key === undefined ? {} : { key: read(tls.key) }),
  };
}

/** SQLSTATE to the code by which an operator knows what to do. */
const codesBySqlState: Readonly<Record<string, readonly [code: string, text: string]>> = {
  '28P01': ['cdc-sign-in-failed', 'the database refused user or password'],
  '28000': ['cdc-sign-in-failed', 'the database does not let this user in (pg_hba.conf)'],
  '3D000': ['cdc-database-unknown', 'the server has no such database'],
  '42501': ['cdc-right-missing', 'the user lacks a right: REPLICATION, SELECT or CREATE'],
  '42P01': ['cdc-table-unknown', 'a table of `tables` is not there'],
  '55006': ['cdc-slot-in-use', 'the slot is in use by another connection'],
  '53400': ['cdc-slots-used-up', 'the server has no slot left (max_replication_slots)'],
};

/** What TLS says of a certificate (`SELF_SIGNED_CERT_IN_CHAIN`, `ERR_TLS_CERT_ALTNAME_INVALID`). */
const isOfCertificate = (code: unknown): boolean =>
  typeof code === 'string' && /CERT|VERIFY|SIGNED|ISSUER/.test(code);

const certificateRefused = [
  'cdc-certificate-refused',
  "the server's certificate is not of `ca`, or not of this `host`",
] as const;

/** Gives a failure of the database a code of its own. */
export async function sayingCode<Result>(
  under: Promise<Result>,
  otherwise = 'cdc-database-failed',
): Promise<Result> {
  try {
    return await under;
  } catch (cause) {
    if (cause instanceof PlexusError) throw cause;
    const { code: state } = cause as { code?: unknown };
    const known = codesBySqlState[String(state)] ?? (isOfCertificate(state) && certificateRefused);
    const [code, text] = known || [otherwise, 'the database failed'];
    const shown = typeof state === 'string' ? ` (${state})` : '';
    throw new PlexusError(code, `${text}${shown}`, { cause });
  }
}
