import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import {
  baseOf,
  type CheckContext,
  type ConfigIssue,
  limits,
  type Source,
  type SourceComponent,
  type SourceContext,
} from '../../engine/index.ts';
import { fetchingSource } from '../fhir/client/index.ts';
import { isLoopback } from '../fhir/index.ts';
import { folderSource, readNdjsonParts } from '../files/index.ts';
import { debeziumLanding } from './debezium/index.ts';
import { followDatabase } from './postgres/index.ts';

const name = z.string().regex(/^[a-z_][a-z0-9_]{0,62}$/, 'is no lower-case identifier');
const tableName = z
  .string()
  .regex(/^[a-z_][a-z0-9_]{0,62}\.[a-z_][a-z0-9_]{0,62}$/, 'write it as `schema.table`');
const file = z.string().min(1);

const postgres = z
  .strictObject({
    host: z.string().min(1).describe('Host, or the folder of a Unix socket.'),
    port: z.int().min(1).max(65_535).default(5_432).describe('Port.'),
    database: z.string().min(1).describe('Database.'),
    user: z.string().min(1).describe('User; needs REPLICATION, and SELECT on the tables.'),
    password_file: file.optional().describe('File that holds the password and nothing else.'),
    password_env: z.string().min(1).optional().describe('Variable that holds the password.'),
    tls: z
      .strictObject({
        ca: file.optional().describe('PEM file of who signed the server`s certificate.'),
        cert: file.optional().describe('PEM file of the client`s certificate.'),
        key: file.optional().describe('PEM file of its key.'),
      })
      .optional()
      .describe('TLS, with the certificate checked; must be, but for this machine itself.'),
    slot: name.describe('Replication slot; made where it is not there.'),
    publication: name.describe('Publication; made for `tables` where it is not there.'),
    tables: z.array(tableName).default([]).describe('Tables, as `schema.table`.'),
    snapshot: z
      .enum(['initial', 'never'])
      .default('initial')
      .describe('Whether what the tables hold already lands first.'),
  })
  .refine(({ host, tls }) => tls !== undefined || host.startsWith('/') || isLoopback(host), {
    path: ['tls'],
    message: 'is wanted, but for this machine itself',
  })
  .refine((given) => given.password_file === undefined || given.password_env === undefined, {
    path: ['password_env'],
    message: 'one of `password_file` and `password_env`',
  })
  .transform(({ host, port, database, user, tls, password_file, password_env, ...rest }) => ({
    kind: 'postgres' as const,
    server: {
      ...{ host, port, database, user },
      password: passwordOf(password_file, password_env),
      tls: tls && { ca: tls.ca, cert: tls.cert, key: tls.key },
    },
    slot: rest.slot,
    publication: rest.publication,
    tables: rest.tables,
    takesSnapshot: rest.snapshot === 'initial',
  }));

function passwordOf(path: string | undefined, environment: string | undefined) {
  if (path !== undefined) return { file: path };
  return environment === undefined ? undefined : { environment };
}

const debezium = z
  .strictObject({
    folder: z
      .string()
      .min(1)
      .describe('Folder to watch for NDJSON files, an event a line. Made if not there.'),
    keys: z
      .record(tableName, z.array(z.string()).min(1))
      .default({})
      .describe('Primary key by table, for events that come without their key.'),
    every_ms: z.int().min(50).default(1_000).describe('Time between two looks.'),
    message_bytes_max: z
      .int()
      .min(1_024)
      .max(256 * 1024 * 1024)
      .default(limits.frameBytesMax)
      .describe('Longest event in bytes. Of a longer one the beginning lands in quarantine.'),
  })
  .transform(({ folder, keys, every_ms, message_bytes_max }) => ({
    kind: 'debezium' as const,
    folder,
    keys: new Map(Object.entries(keys)),
    everyMs: every_ms,
    messageBytesMax: message_bytes_max,
  }));

const schema = z
  .strictObject({
    postgres: postgres.optional().describe('A PostgreSQL, followed by logical replication.'),
    debezium: debezium.optional().describe('Files of Debezium`s events, from any database.'),
    order_by: z
      .array(
        z.string().regex(/^(?:[a-z_][a-z0-9_]*\.){1,2}[a-z_][a-z0-9_]*$/, 'is no table.column'),
      )
      .default([])
      .describe('Columns, as `table.column`, whose values keep their order beside each row`s key.'),
  })
  .refine((given) => (given.postgres === undefined) !== (given.debezium === undefined), {
    message: 'exactly one of `postgres` and `debezium`',
  })
  .transform((given) => ({
    from: (given.postgres ?? given.debezium)!,
    orderBy: given.order_by,
  }));

export type CdcConfig = z.output<typeof schema>;

/** Follows the tables of a departmental database, row by row. */
export const cdcSource: SourceComponent<CdcConfig> = {
  role: 'source',
  name: 'cdc',
  summary: 'Follows the tables of a database: change data capture, row by row.',
  guarantees:
    'Of PostgreSQL first what the tables hold, then every change in the order of the commits; ' +
    'the slot is confirmed only after the fsync of what it sent, and what is sent again is known ' +
    'by log position and place in the transaction: nothing is lost, nothing lands twice. The ' +
    'changes of a row keep their order.',
  example:
    'cdc: { postgres: { host: 127.0.0.1, database: lis, user: plexus, slot: plexus_lis, ' +
    'publication: plexus_lis, tables: [lis.specimen] } }',
  schema,
  check: (config, context) => checkFiles(config, context),
  create: (config, context) => createCdc(config, context),
};

/** The files that the configuration names. */
function checkFiles({ from }: CdcConfig, context: CheckContext): ConfigIssue[] {
  if (from.kind !== 'postgres') return [];
  const { password, tls } = from.server;
  const named: [path: readonly string[], file: string | undefined][] = [
    [['password_file'], password && 'file' in password ? password.file : undefined],
    [['tls', 'ca'], tls?.ca],
    [['tls', 'cert'], tls?.cert],
    [['tls', 'key'], tls?.key],
  ];
  return named.flatMap(([path, given]): ConfigIssue[] => {
    if (given === undefined || existsSync(resolve(baseOf(context), given))) return [];
    const message = `the file ${given} is not there`;
    const place = context.at(['postgres', ...path]);
    return [{ ...place, severity: 'error', code: 'file-missing', message }];
  });
}

/** Until the next try, after the server ended the stream in peace. */
const againMs = 1_000;

function createCdc(
  { from, orderBy }: CdcConfig,
  context: SourceContext & { readonly orderBy: readonly string[] },
): Source {
  if (from.kind === 'debezium') {
    const landingOf = debeziumLanding(from.keys, orderBy);
    return folderSource(from, context, { readParts: readNdjsonParts, landingOf });
  }
  return fetchingSource({
    context,
    async round(closing, well) {
      await followDatabase(from, orderBy, context, closing, well);
      return againMs;
    },
  });
}
