import type { ConfigIssue } from './issue.ts';

/** Exit codes of the command line (sysexits.h); people script against them. */
export const exitCodes = {
  ok: 0,
  findings: 1,
  usage: 64,
  unavailable: 69,
  bug: 70,
  io: 74,
  config: 78,
} as const;

/**
 * An operational failure with a stable code and one sentence: a port in use, a wrong key, a full
 * disk. Wrong data never throws (it is an `Issue`); a bug throws a plain Error.
 */
export class PlexusError extends Error {
  readonly code: string;
  readonly exit: number;

  constructor(code: string, message: string, options: { exit?: number; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'PlexusError';
    this.code = code;
    this.exit = options.exit ?? exitCodes.unavailable;
  }
}

/** What a caught error says of itself; MUST NOT be used where that may quote a payload. */
export function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

/**
 * The journal could not make bytes durable (disk full, I/O error): the sender must hear AE, never
 * AA.
 */
export function journalUnavailable(cause: unknown): PlexusError {
  return new PlexusError('journal-unavailable', `the journal cannot write: ${reasonOf(cause)}`, {
    exit: exitCodes.io,
    cause,
  });
}

/** Why a port does not open: `port-in-use`, `port-forbidden` or `listen-failed`. */
export function listenError(
  cause: NodeJS.ErrnoException,
  host: string,
  port: number,
  channel?: string,
): PlexusError {
  const where = `${host}:${port}${channel === undefined ? '' : ` of the channel ${channel}`}`;
  if (cause.code === 'EADDRINUSE')
    return new PlexusError('port-in-use', `${where} is in use by another program`, { cause });
  if (cause.code === 'EACCES')
    return new PlexusError('port-forbidden', `this user may not listen on ${where}`, { cause });
  return new PlexusError('listen-failed', `cannot listen on ${where}: ${cause.message}`, { cause });
}

/** Configuration that must not start; carries every mistake found. */
export class ConfigError extends PlexusError {
  readonly issues: readonly ConfigIssue[];

  constructor(issues: readonly ConfigIssue[]) {
    const count = issues.length === 1 ? '1 mistake' : `${issues.length} mistakes`;
    super('config-invalid', `the configuration has ${count}`, { exit: exitCodes.config });
    this.issues = issues;
  }
}
