import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

/** A PostgreSQL of its own, on a Unix socket in its folder. */
export type TestServer = {
  readonly host: string;
  readonly port: number;
  /** Runs statements of a superuser; rows as texts. */
  sql(text: string, values?: readonly unknown[]): Promise<Record<string, string | null>[]>;
  /** With these settings; `sql` then takes a new connection. */
  restart(settings?: readonly string[]): Promise<void>;
  stop(): Promise<void>;
};

/** Where Debian puts the programs, or whoever has them on the path. */
function programs(): string | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian)
    ? readdirSync(debian).sort((a, b) => Number(b) - Number(a))
    : [];
  const folders = [
    ...versions.map((version) => join(debian, version, 'bin')),
    ...(process.env.PATH ?? '').split(':'),
  ];
  return folders.find((folder) => folder !== '' && existsSync(join(folder, 'initdb')));
}

/** Says in one line why nothing is tested where there is no PostgreSQL. */
export function isPostgresHere(): boolean {
  const isHere = programs() !== undefined;
  if (!isHere) console.log('PostgreSQL is not installed: change data capture from it is not run');
  return isHere;
}

const logical = ['wal_level=logical', 'wal_sender_timeout=10s', 'max_wal_senders=20'];

/** PEM files of a server that speaks TLS on addresses of this machine as well. */
export type Listening = {
  readonly addresses: readonly string[];
  readonly cert: string;
  readonly key: string;
};

/** Makes and starts a cluster; PostgreSQL refuses to run as root, so that another user does. */
export async function startPostgres(listening?: Listening): Promise<TestServer> {
  const bin = programs()!;
  const folder = mkdtempSync(join(tmpdir(), 'plexus-pg-'));
  chmodSync(folder, 0o777);
  const data = join(folder, 'data');
  const isRoot = process.getuid?.() === 0;
  const user = spawnSync('id', ['postgres']).status === 0 ? 'postgres' : 'nobody';
  const run = (program: string, args: readonly string[]): void => {
    const command = [join(bin, program), ...args];
    const as = isRoot ? ['runuser', '-u', user, '--', ...command] : command;
    const { status, stderr } = spawnSync(as[0]!, as.slice(1), { cwd: folder, encoding: 'utf8' });
    if (status !== 0) throw new Error(`${program}: ${stderr}`);
  };
  const port = await freePort();
  const [cert, key] = [join(folder, 'server.pem'), join(folder, 'server.key')];
  if (listening) {
    copyFileSync(listening.cert, cert);
    copyFileSync(listening.key, key);
    chmodSync(key, 0o600);
    if (isRoot) chownSync(key, Number(spawnSync('id', ['-u', user]).stdout), -1);
  }
  const network = listening
    ? [`ssl=on -c ssl_cert_file=${cert} -c ssl_key_file=${key}`]
    : ["listen_addresses=''"];
  if (listening) network.push(`listen_addresses='${listening.addresses.join()}'`);
  run('initdb', ['-D', data, '-U', 'plexus', '-A', 'trust', '-E', 'UTF8', '--no-sync']);
  const options = (settings: readonly string[]): string =>
    [`-p ${port}`, `-k ${folder}`, ...[...network, ...settings].map((one) => `-c ${one}`)].join(
      ' ',
    );
  const log = join(folder, 'log');
  const start = (settings: readonly string[]): void =>
    run('pg_ctl', ['-D', data, '-w', '-l', log, '-o', options(settings), 'start']);
  const halt = (): void => run('pg_ctl', ['-D', data, '-w', '-m', 'fast', 'stop']);
  start(logical);
  const types = { getTypeParser: () => (text: string) => text } as never;
  const connect = async (): Promise<pg.Client> => {
    const client = new pg.Client({
      host: folder,
      port,
      user: 'plexus',
      database: 'postgres',
      types,
    });
    client.on('error', () => {});
    await client.connect();
    return client;
  };
  let client = await connect();
  return {
    host: folder,
    port,
    sql: async (text, values) => (await client.query(text, values as unknown[])).rows ?? [],
    async restart(settings = logical) {
      halt();
      start(settings);
      client = await connect();
    },
    async stop() {
      await client.end().catch(() => undefined);
      halt();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** The department's tables, as config/mappings/pathology.yaml reads them. */
export const pathologyTables = `
  CREATE SCHEMA lis;
  CREATE TABLE lis.patient (mrn text PRIMARY KEY, family text, given text, born date, sex text);
  CREATE TABLE lis.specimen (id bigint PRIMARY KEY, mrn text, kind text, state text,
    collected_at timestamptz, site text, shelf text);
  CREATE TABLE lis.finding (id bigint PRIMARY KEY, specimen_id bigint, mrn text, loinc text,
    amount numeric, unit text, made_at timestamptz);`;
