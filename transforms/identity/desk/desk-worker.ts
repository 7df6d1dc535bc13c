import { parentPort, workerData } from 'node:worker_threads';
import { ConfigError, type ConfigIssue, PlexusError } from '../../../engine/index.ts';
import type { DeskInput, DeskVerb } from './calls.ts';
import { type DeskOptions, openDesk } from './desk.ts';

/** What the main thread asks; `renew` gets no answer. */
export type DeskRequest =
  | { readonly n: number; readonly verb: DeskVerb; readonly input: DeskInput<DeskVerb> }
  | { readonly renew: true };

export type DeskReply = { readonly n: number } & (
  | { readonly out: unknown }
  | { readonly fault: Fault }
);

/** An error as it crosses from thread to thread. */
export type Fault =
  | {
      readonly kind: 'refused';
      readonly code: string;
      readonly message: string;
      readonly exit: number;
      readonly issues?: readonly ConfigIssue[];
    }
  | { readonly kind: 'bug'; readonly error: unknown };

const given = workerData as DeskOptions & { readonly key: Uint8Array };
const desk = openDesk({ ...given, key: Buffer.from(given.key) });

function faultOf(cause: unknown): Fault {
  if (!(cause instanceof PlexusError)) return { kind: 'bug', error: cause };
  const { code, message, exit } = cause;
  const issues = cause instanceof ConfigError ? { issues: cause.issues } : {};
  return { kind: 'refused', code, message, exit, ...issues };
}

async function answer(request: DeskRequest): Promise<void> {
  if ('renew' in request) {
    desk.renew();
    return;
  }
  const { n, verb, input } = request;
  let reply: DeskReply;
  try {
    reply = { n, out: await desk.ask(verb, input) };
  } catch (cause) {
    reply = { n, fault: faultOf(cause) };
  }
  parentPort?.postMessage(reply);
}

parentPort?.on('message', (request: DeskRequest) => void answer(request));
