// A small hospital whose messages tests convert again: a configuration in a folder, an engine that
// has processed some messages of it, and what the data folder then holds.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { registry } from '../../../bin/registry.ts';
import { type Serving, serve } from '../../../bin/serve.ts';
import { dataKey, type MessageView, requireNetwork } from '../../../engine/index.ts';
import { openSpineReader } from '../../../routes/spine/index.ts';
import { run } from '../capture.ts';

export type Hospital = ReturnType<typeof openHospital>;

export function openHospital() {
  const dir = mkdtempSync(join(tmpdir(), 'plexus-reconvert-'));
  const config = join(dir, 'config');
  const data = join(dir, 'data');
  let serving: Serving | undefined;
  for (const folder of ['channels', 'mappings', 'terminology/maps/west'])
    mkdirSync(join(config, folder), { recursive: true });
  writeFileSync(join(config, 'plexus.yaml'), 'network: example\nhttp: { port: 0 }\n');
  writeFileSync(
    join(config, 'channels/west.yaml'),
    `channel: west
owner: t@west.example
source: { mllp: { port: 0 } }
stages:
  - convert: { mapping: west }
  - identify
  - store
routes:
  - files: { folder: out }
`,
  );

  async function start(): Promise<Serving> {
    const network = requireNetwork(config, registry);
    serving = await serve({ network, dataDir: data, env: {}, anyPort: true });
    return serving;
  }

  async function stop(): Promise<void> {
    await serving?.stop();
    serving = undefined;
  }

  return {
    ...{ dir, config, data, start, stop },
    /** Writes the mapping: its dialect beside the time zone, and more. */
    map(more: string, dialect = ''): void {
      const head = 'mapping: west\nextends: base\nsource: west\n';
      const zone = `dialect: { timezone: America/Chicago${dialect} }`;
      writeFileSync(join(config, 'mappings/west.yaml'), `${head}${zone}\n${more}`);
    },
    /** Sends messages and waits until they are settled. */
    async send(messages: readonly string[]): Promise<void> {
      const file = join(dir, 'messages.hl7');
      writeFileSync(file, messages.join('\r'));
      const port = serving!.engine.operations.listening()[0]!.port;
      await run(['send', file, '--to', `127.0.0.1:${port}`, '--json']);
      await this.settled(messages.length);
    },
    async settled(least: number): Promise<readonly MessageView[]> {
      for (;;) {
        const all = [...serving!.engine.operations.messages({})];
        if (all.length >= least && all.every(({ outcome }) => outcome !== 'pending')) return all;
        await wait(20);
      }
    },
    argv: (...words: string[]) => [...words, '--config', config, '--data', data],
    run(...words: string[]) {
      return run([...words, '--config', config, '--data', data]);
    },
    async rows(...words: string[]): Promise<readonly Row[]> {
      const { lines } = await run([...words, '--config', config, '--data', data, '--json']);
      return lines.map((line) => JSON.parse(line) as Row);
    },
    /** All resources, and all versions of those of one type with their lineage. */
    spine() {
      const reader = openSpineReader(data, dataKey(data, {}).value);
      try {
        const lines = reader.counts().flatMap(({ type }) => {
          const { lines: found } = reader.list({ type, limit: 100_000 });
          return found.map(({ id, json }) => ({
            ...{ type, id, json },
            versions: reader.versions(type, id),
          }));
        });
        return lines.sort((a, b) => (a.type + a.id < b.type + b.id ? -1 : 1));
      } finally {
        reader.close();
      }
    },
    async close(): Promise<void> {
      await stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** A row of `reconvert` or `convert --against`. */
export type Row = {
  readonly kind: 'outcome' | 'change' | 'summary' | 'committed';
  readonly outcome?: string;
  readonly rule?: string;
  readonly path?: string;
  readonly count?: number;
  readonly values?: readonly { readonly old: unknown; readonly new: unknown }[];
  readonly messages?: number;
  readonly same?: number;
  readonly to_run_again?: number;
};

/** An admission; `n` names message, patient and visit. */
export function admission(n: number, { family = 'YOUNG', sex = 'F', birth = '19800229' } = {}) {
  return [
    `MSH|^~\\&|HIS|WEST|P|N|20240110143000||ADT^A04^ADT_A01|C${n}|P|2.5.1`,
    'EVN|A04|20240110143000',
    `PID|1||P${n}^^^WEST^MR||${family}^ADA${n}||${birth}|${sex}`,
    `PV1|1|E|ED^3${'|'.repeat(16)}V${n}^^^WEST^VN${'|'.repeat(25)}20240110140000`,
    '',
  ].join('\r');
}
