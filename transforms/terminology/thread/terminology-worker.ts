import { existsSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { createTerminologyFace } from '../api/index.ts';
import { storedClosures } from '../closures/index.ts';
import { shippedDocument, withShipped } from '../shipped/index.ts';
import { openTerminology, type TerminologyStore, terminologyFile } from '../store/index.ts';
import type { FromThread, TerminologyOptions, ToThread } from './protocol.ts';

const { dataDir, key, version } = workerData as TerminologyOptions;
const tell = (message: FromThread) => parentPort?.postMessage(message);

let store: TerminologyStore | undefined;

/** The store as soon as there is one: the first import makes it while the engine runs. */
function stored(): TerminologyStore | undefined {
  const file = terminologyFile(dataDir);
  if (store === undefined && existsSync(file))
    store = openTerminology({ file, key: Buffer.from(key), readonly: true });
  return store;
}

const face = createTerminologyFace({
  knowledge: () => withShipped(stored()?.knowledge),
  document(type, release) {
    const opened = stored();
    const isStored = opened?.find(type, release.url, release.version) !== undefined;
    if (isStored) return opened.export(type, release.url, release.version);
    return shippedDocument(type, release);
  },
  basePath: '/fhir',
  closures: storedClosures({ dataDir, key: Buffer.from(key) }),
  nowUs: () => Date.now() * 1_000,
  about: { version },
  bug: (error) => tell({ kind: 'bug', error }),
  unavailable: (code) => tell({ kind: 'unavailable', code }),
});

/** Answers that are on their way: how to go on, and whether somebody still waits. */
type Open = { wake: () => void; isCancelled: boolean };
const open = new Map<number, Open>();

async function answer(ask: Extract<ToThread, { kind: 'ask' }>): Promise<void> {
  const { n, method, url, headers, body, principal } = ask;
  const given = headers.map(([name, value]): [string, string] => [name, value]);
  const request = new Request(url, {
    ...{ method, headers: given },
    ...(body === undefined || method === 'GET' || method === 'HEAD' ? {} : { body }),
  });
  const env = principal === undefined ? {} : { principal: { id: principal, kind: 'client' } };
  const state: Open = { wake: () => {}, isCancelled: false };
  open.set(n, state);
  try {
    const response = await face.fetch(request, env as never);
    tell({ kind: 'head', n, status: response.status, headers: [...response.headers] });
    await send(n, response, state);
    tell({ kind: 'end', n });
  } finally {
    open.delete(n);
  }
}

/** Sends piece by piece, each when the one before has been taken. */
async function send(n: number, { body }: Response, state: Open): Promise<void> {
  if (body === null) return;
  const reader = body.getReader();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    state.wake = resolve;
    tell({ kind: 'piece', n, bytes: value });
    if (!state.isCancelled) await promise;
    if (state.isCancelled) return reader.cancel();
  }
}

parentPort?.on('message', (message: ToThread) => {
  if (message.kind === 'ask') {
    answer(message).catch((error: unknown) => tell({ kind: 'failed', n: message.n, error }));
    return;
  }
  const state = open.get(message.n);
  if (state === undefined) return;
  state.isCancelled ||= message.kind === 'cancel';
  state.wake();
});
