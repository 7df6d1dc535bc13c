import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { registry } from '../../../../bin/registry.ts';
import { type Serving, serve } from '../../../../bin/serve.ts';
import { type EventOf, requireNetwork } from '../../../../engine/index.ts';
import { type Ran, run } from '../../../bin/capture.ts';

export type Hospital = 'north-general' | 'mercy-west' | 'st-anne';

const hospitals = {
  'north-general': { sender: 'NGHIS|NORTH_GENERAL', version: '2.5.1', authority: 'NGH' },
  'mercy-west': { sender: 'MWHIS|MERCY_WEST', version: '2.5.1', authority: 'MWH' },
  'st-anne': { sender: 'SAHIS|ST_ANNE', version: '2.3', authority: '' },
} as const;
export const systems = {
  'north-general': 'urn:oid:2.999.10.1',
  'mercy-west': 'urn:oid:2.999.10.2',
  'st-anne': 'urn:oid:2.999.10.3',
} as const;
export const cardSystem = 'urn:oid:2.999.10.9';

export type Somebody = {
  readonly given: string;
  readonly family?: string;
  readonly born?: string;
  readonly sex?: string;
  readonly card?: string;
  readonly street?: string;
};

export const ada: Somebody = { given: 'ADELHEID', card: '912345670' };
export const twin: Somebody = { given: 'LEOPOLDINE', card: '912345681' };

export type Network = Awaited<ReturnType<typeof startNetwork>>;

/** The example network, run in this process on ports of its own. */
export async function startNetwork() {
  const dir = mkdtempSync(join(tmpdir(), 'plexus-identity-api-'));
  const config = join(dir, 'config');
  const data = join(dir, 'data');
  cpSync(join(import.meta.dirname, '../../../../config'), config, { recursive: true });
  const accesses: EventOf<'identity-access'>[] = [];
  let sent = 0;
  const start = (): Promise<Serving> =>
    serve({
      ...{ network: requireNetwork(config, registry), dataDir: data, env: {}, anyPort: true },
      onEvent: (event) => {
        if (event.type === 'identity-access') accesses.push(event);
      },
    });
  let serving: Serving | undefined = await start();

  /** Sends one message, waits until the engine is done with it, and gives its id. */
  async function tell(
    hospital: Hospital,
    trigger: string,
    who: Somebody,
    number: string,
    prior?: string,
  ) {
    const { operations } = serving!.engine;
    const { sender, version, authority } = hospitals[hospital];
    const { given, family = 'BRANDENBURG', born = '19710305', sex = 'F', card } = who;
    const { street = '17 ROSEWOOD LN' } = who;
    sent += 1;
    const controlId = `IA${sent}`;
    const of = authority === '' ? '' : `^^^${authority}^MR`;
    const shared = card === undefined ? '' : `~${card}^^^NETCARD^HC`;
    const lines = [
      `MSH|^~\\&|${sender}|PLEXUS|NETWORK|20240710143000||ADT^${trigger}|${controlId}|P|${version}`,
      `EVN|${trigger}|20240710143000`,
      `PID|1||${number}${of}${shared}||${family}^${given}||${born}|${sex}|||` +
        `${street}^^SPRINGFIELD^IL^62701||(217)348-9172`,
      ...(prior === undefined ? ['PV1|1|E|||||||||||||||||V100'] : [`MRG|${prior}${of}`]),
    ];
    const file = join(dir, 'message.hl7');
    writeFileSync(file, `${lines.join('\r')}\r`);
    const place = operations.listening().find(({ channel }) => channel === hospital)!;
    const { lines: acks } = await run([
      'send',
      file,
      '--to',
      `${place.host}:${place.port}`,
      '--json',
    ]);
    assert.equal(JSON.parse(acks[0]!).ack, 'AA');
    for (;;) {
      const [found] = operations.messages({ controlId });
      if (found !== undefined && found.outcome !== 'pending') {
        assert.equal(found.outcome, 'delivered');
        return found.id;
      }
      await wait(10);
    }
  }

  return {
    ...{ dir, config, data, accesses, tell },
    get serving(): Serving {
      return serving!;
    },
    async stopEngine() {
      await serving?.stop();
      serving = undefined;
    },
    async startEngine() {
      serving = await start();
    },
    async end() {
      await serving?.stop();
      rmSync(dir, { recursive: true });
    },
    /** Asks `/fhir`, signed in unless told. */
    async fhir(path: string, init: RequestInit = {}) {
      const { host, port } = serving!.http;
      const headers = { authorization: `Bearer ${serving!.token.value}`, ...init.headers };
      const url = path.startsWith('http') ? path : `http://${host}:${port}/fhir${path}`;
      const response = await fetch(url, { redirect: 'manual', ...init, headers });
      const text = await response.text();
      return { status: response.status, headers: response.headers, body: JSON.parse(text) };
    },
    post(path: string, body: unknown, headers: Record<string, string> = {}) {
      const type = { 'content-type': 'application/fhir+json', ...headers };
      return this.fhir(path, { method: 'POST', headers: type, body: JSON.stringify(body) });
    },
    /** Runs `./plexus` on this network. */
    plexus: (...words: string[]): Promise<Ran> =>
      run([...words, '--config', config, '--data', data]),
  };
}

/** A Parameters resource of these parameters. */
export const parameters = (...parameter: object[]) => ({ resourceType: 'Parameters', parameter });

// biome-ignore lint/suspicious/noExplicitAny: JSON is read as a client reads it.
export type Json = any;

/** The stable code of an OperationOutcome. */
export const codeOf = ({ body }: { readonly body: Json }): string =>
  body.issue[0].details.coding[0].code;

/** All parameters of one name. */
export const allOf = ({ body }: { readonly body: Json }, name: string): Json[] =>
  (body.parameter ?? []).filter((one: { name: string }) => one.name === name);
