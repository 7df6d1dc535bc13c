import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DeliveredTurn } from './ledger.ts';
import { root } from './process.ts';

export type Workspace = {
  readonly folder: string;
  readonly config: string;
  readonly data: string;
  /** Where the files route writes. */
  readonly out: string;
  remove(): void;
};

export type WorkspaceOptions = {
  /** YAML of further routes, each line indented as an item of `routes:`. */
  readonly routes?: readonly string[];
  /** YAML lines of the channel's top level, e.g. `ack: settled`. */
  readonly settings?: readonly string[];
  /** YAML of the source's own settings beside the port. */
  readonly source?: string;
  /** Where to make it; the system's temporary folder unless told. */
  readonly within?: string;
};

export const channelName = 'faults';

/** A network of one channel in a folder of its own: MLLP in, the shared mapping, NDJSON out. */
export function createWorkspace(options: WorkspaceOptions = {}): Workspace {
  const folder = mkdtempSync(join(options.within ?? tmpdir(), 'plexus-faults-'));
  const config = join(folder, 'config');
  mkdirSync(join(config, 'channels'), { recursive: true });
  for (const shared of ['authorities.yaml', 'mappings', 'terminology']) {
    const from = join(root, 'config', shared);
    if (existsSync(from)) cpSync(from, join(config, shared), { recursive: true });
  }
  writeFileSync(join(config, 'plexus.yaml'), networkYaml);
  writeFileSync(join(config, `channels/${channelName}.yaml`), channelYaml(options));
  return {
    folder,
    config,
    data: join(folder, 'data'),
    out: join(folder, 'out'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

const networkYaml = `network: faults
http: { host: 127.0.0.1, port: 18080 }
`;

function channelYaml(options: WorkspaceOptions): string {
  return [
    `channel: ${channelName}`,
    'owner: faults@plexus.example',
    'description: Fed by the fault tests.',
    ...(options.settings ?? []),
    'source:',
    `  mllp: { port: 16661${options.source ? `, ${options.source}` : ''} }`,
    'stages:',
    '  - convert: { mapping: base }',
    '  - store',
    'routes:',
    '  - files: { folder: out }',
    ...(options.routes ?? []).map((route) => `  - ${route}`),
    '',
  ].join('\n');
}

/** What the files route holds, as turns in the order of the file. */
export function readDelivered(out: string): DeliveredTurn[] {
  const file = existsSync(out) && readdirSync(out).find((name) => /^Patient.*\.ndjson$/.test(name));
  if (!file) return [];
  const lines = readFileSync(join(out, file), 'utf8').split('\n');
  if (lines.pop() !== '') throw new Error(`${file} ends within a line`);
  return lines.map((line) => {
    JSON.parse(line);
    const patient = /"value":"(P\d+-\d+)"/.exec(line)?.[1];
    const turn = /"family":"TURN(\d+)"/.exec(line)?.[1];
    if (!patient || !turn) throw new Error(`a line of ${file} has no patient or no turn`);
    return { patient, turn: Number(turn) };
  });
}
