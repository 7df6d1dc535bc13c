import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEngineProcess } from '../../faults/process.ts';

export type Json = Record<string, unknown>;

export type Told = {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Json | undefined;
  /** Codes of the OperationOutcome's issues. */
  readonly codes: readonly string[];
};

/** A FHIR channel of an engine that really runs, in a folder of its own; it can be killed. */
export async function openDoor(source = '{ port: 8661 }', rest = '') {
  const dir = mkdtempSync(join(tmpdir(), 'plexus-door-'));
  const [config, data] = [join(dir, 'config'), join(dir, 'data')];
  mkdirSync(join(config, 'channels'), { recursive: true });
  writeFileSync(join(config, 'plexus.yaml'), 'network: example\n');
  const stages = 'stages:\n  - read-fhir: { source: north }\n  - store\n';
  const channel = `channel: north\nowner: team@north.example\nsource:\n  fhir: ${source}\n`;
  writeFileSync(join(config, 'channels/north.yaml'), `${channel}${stages}${rest}`);
  let engine = startEngineProcess({ config, data });
  let base = await baseOf();

  async function baseOf(): Promise<string> {
    const ports = await engine.ready;
    const { port } = ports.find(({ kind }) => kind === 'fhir')!;
    return `http://127.0.0.1:${port}/fhir`;
  }

  return {
    dataDir: data,
    pid: () => engine.pid,
    base: () => base,
    async ask(
      method: string,
      path: string,
      body?: unknown,
      headers: Record<string, string> = {},
    ): Promise<Told> {
      const text = typeof body === 'string' || body === undefined ? body : JSON.stringify(body);
      const response = await fetch(`${base}${path}`, {
        method,
        headers: { 'Content-Type': 'application/fhir+json', ...headers },
        ...(text === undefined ? {} : { body: text }),
      });
      return toldBy(response);
    },
    async kill(): Promise<void> {
      engine.signal('SIGKILL');
      await engine.ended;
    },
    async start(): Promise<void> {
      engine = startEngineProcess({ config, data });
      base = await baseOf();
    },
    async close(): Promise<void> {
      engine.signal('SIGTERM');
      await engine.ended;
      rmSync(dir, { recursive: true });
    },
  };
}

export type Door = Awaited<ReturnType<typeof openDoor>>;

export async function toldBy(response: Response): Promise<Told> {
  const text = await response.text();
  const body = text === '' ? undefined : (JSON.parse(text) as Json);
  const issues = (body?.issue ?? []) as { details: { coding: [{ code: string }] } }[];
  const codes = issues.map(({ details }) => details.coding[0].code);
  return { status: response.status, headers: response.headers, body, codes };
}

/** The responses of a Bundle's entries. */
export const responsesIn = ({ body }: Told): readonly Json[] =>
  ((body?.entry ?? []) as { response: Json }[]).map(({ response }) => response);

export const settled = 'ack: settled\n';
