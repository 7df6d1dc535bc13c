import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  ConfigError,
  type ConfigIssue,
  consoleToken,
  exitCodes,
  PlexusError,
} from '../engine/index.ts';

/** Where the engine of a data folder answers; written by `run` beside its data. */
export type EngineAddress = { readonly pid: number; readonly host: string; readonly port: number };

const fileOf = (dataDir: string) => join(dataDir, 'engine.json');

/** Lets commands find this engine; the returned function takes the note away. */
export function announceEngine(dataDir: string, address: EngineAddress): () => void {
  const file = fileOf(dataDir);
  writeFileSync(`${file}.new`, `${JSON.stringify(address)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return () => rmSync(file, { force: true });
}

/**
 * The engine that runs on a data folder, or undefined; a note left by a killed one does not
 * count.
 */
export function findEngine(dataDir: string): EngineAddress | undefined {
  try {
    const address = JSON.parse(readFileSync(fileOf(dataDir), 'utf8')) as EngineAddress;
    process.kill(address.pid, 0);
    return address;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // EPERM: it is alive and belongs to somebody else.
    if (code === 'EPERM') return JSON.parse(readFileSync(fileOf(dataDir), 'utf8'));
    if (code === 'ENOENT' || code === 'ESRCH' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The API of a running engine, as one who has its token. */
export type EngineClient = {
  readonly address: EngineAddress;
  readonly token: string;
  get<T>(path: string, query?: Readonly<Record<string, string>>): Promise<T>;
  post<T>(path: string, body?: object): Promise<T>;
};

/** Throws `engine-not-running` (exit 69) when no engine runs on this data folder. */
export function connectEngine(dataDir: string, env: NodeJS.ProcessEnv): EngineClient {
  const address = findEngine(dataDir);
  if (address === undefined)
    throw new PlexusError(
      'engine-not-running',
      `no engine runs on the data folder ${dataDir} (--data names another)`,
    );
  const token = consoleToken(dataDir, env).value;
  const ask = <T>(method: string, path: string, body?: object): Promise<T> =>
    call(address, { method, path, token, body });
  return {
    address,
    token,
    get: (path, query = {}) => {
      const search = new URLSearchParams(query).toString();
      return ask('GET', search === '' ? path : `${path}?${search}`);
    },
    post: (path, body = {}) => ask('POST', path, body),
  };
}

type Call = { method: string; path: string; token: string; body?: object | undefined };

type Refusal = { code?: string; message?: string; issues?: readonly ConfigIssue[] };

async function call<T>(address: EngineAddress, { method, path, token, body }: Call): Promise<T> {
  const url = `http://${hostOf(address)}:${address.port}/api${path}`;
  let response: Response;
  try {
    response = await fetch(url, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch (cause) {
    const where = `${address.host}:${address.port}`;
    throw new PlexusError('engine-not-answering', `the engine at ${where} does not answer`, {
      cause,
    });
  }
  return answerOf(response);
}

/** What an answer of `/api` holds. Throws what it says went wrong, as the engine threw it. */
export async function answerOf<T>(response: Response): Promise<T> {
  const answer: unknown = await response.json().catch(() => undefined);
  if (response.ok) return answer as T;
  const { code, message, issues } = (answer as { error?: Refusal })?.error ?? {};
  if (issues) throw new ConfigError(issues);
  throw new PlexusError(
    code ?? 'engine-refused',
    message ?? `the engine answered with ${response.status}`,
    { exit: exitOf(response.status) },
  );
}

function exitOf(status: number): number {
  if (status === 400 || status === 404) return exitCodes.usage;
  if (status === 422) return exitCodes.config;
  return status === 500 ? exitCodes.bug : exitCodes.unavailable;
}

/** What to dial: an address that means "all" is reached at the loopback; IPv6 wants brackets. */
export function hostOf({ host }: EngineAddress): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
