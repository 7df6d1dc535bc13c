import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { z } from 'zod';
import {
  type Component,
  channelJsonSchema,
  createRegistry,
  loadNetwork,
} from '../../../engine/index.ts';

// Goal: a configuration folder becomes a network, or all of its mistakes, each at its own place;
// the revision follows every file that a channel refers to. Method: a small registry of real
// component specs, folders written to disk, a table of mistakes with exact places, random
// misspellings of every key.

const never = () => {
  throw new Error('a loader creates nothing');
};
const spec = { summary: 'For this test.', guarantees: 'None.', example: '', create: never };
const components: Component[] = [
  {
    ...spec,
    role: 'source',
    name: 'socket',
    schema: z.strictObject({ host: z.string().optional(), port: z.number().int() }),
  },
  {
    ...spec,
    role: 'stage',
    name: 'convert',
    schema: z
      .strictObject({ table_name: z.string().describe('Which table.') })
      .transform((config) => ({ tableName: config.table_name })),
    check: (config, { at }) =>
      config.tableName === 'none'
        ? [{ ...at(['table_name']), severity: 'error', code: 'no-table', message: 'no such table' }]
        : [],
    files: (config, { configDir }) => [join(configDir, `${config.tableName}.txt`)],
  },
  { ...spec, role: 'stage', name: 'store', schema: z.strictObject({}) },
  {
    ...spec,
    role: 'route',
    name: 'files',
    schema: z.strictObject({ folder: z.string() }),
  },
];
const registry = createRegistry(components);

const network = 'network: example\nhttp: { host: 127.0.0.1, port: 8080 }\n';
const channel = `channel: west
owner: interfaces@west.example
source:
  socket:
    port: 6661
stages:
  - convert:
      table_name: codes
  - store
routes:
  - files:
      folder: out/west
      retry: { first_ms: 10, last_ms: 20 }
`;
const second = `channel: east
owner: interfaces@east.example
source: { socket: { port: 6662 } }
`;

describe('a configuration folder', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'plexus-config-'));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  const load = (files: Record<string, string>) => {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(dir, name)), { recursive: true });
      writeFileSync(join(dir, name), text);
    }
    return loadNetwork(dir, registry);
  };
  const told = (files: Record<string, string>) =>
    load(files).issues.map(
      ({ file, line, column, code }) => `${file.slice(dir.length + 1)}:${line}:${column} ${code}`,
    );

  it('becomes a network, defaults filled in, keys in camel case', () => {
    const { network: loaded, issues } = load({
      'plexus.yaml': network,
      'channels/west.yaml': channel,
      'channels/east.yaml': second,
      'channels/.hidden.yaml': '[',
    });
    assert.deepEqual(issues, []);
    assert.deepEqual(
      loaded?.channels.map(({ name }) => name),
      ['east', 'west'],
    );
    const { revision, file, ...west } = loaded!.channels[1]!;
    assert.match(revision, /^[0-9a-f]{12}$/);
    assert.equal(file, join(dir, 'channels/west.yaml'));
    assert.deepEqual(west, {
      name: 'west',
      owner: 'interfaces@west.example',
      description: '',
      enabled: true,
      ack: 'landed',
      orderBy: [],
      lanes: 2,
      dedupeHours: 72,
      source: { kind: 'socket', config: { port: 6661 } },
      stages: [
        { kind: 'convert', config: { tableName: 'codes' } },
        { kind: 'store', config: {} },
      ],
      routes: [
        {
          kind: 'files',
          config: { folder: 'out/west' },
          name: 'files',
          retry: { firstMs: 10, lastMs: 20 },
          onUncertain: 'resend',
        },
      ],
      tests: [],
    });
    assert.deepEqual(loaded?.retention, { workDays: 30 });
  });

  it('without files says what is missing', () => {
    assert.deepEqual(told({}), ['plexus.yaml:1:1 file-missing']);
  });

  it('tells every mistake of every file at once', () => {
    const files = {
      'plexus.yaml': 'network: Example\nhttps: 1\n',
      'channels/a.yaml':
        'chanel: a\nowner: x\nsource: { sockets: {} }\nstages:\n' +
        '  - convert: { table_name: none }\n  - stor\n' +
        '  - { store: {}, convert: {} }\nlanes: many\n',
      'channels/b.yaml': 'channel: b\nowner: [\n',
    };
    assert.deepEqual(told(files), [
      'channels/a.yaml:1:1 config-unknown-key',
      'channels/a.yaml:3:11 config-unknown-component',
      'channels/a.yaml:5:28 no-table',
      'channels/a.yaml:6:5 config-unknown-component',
      'channels/a.yaml:7:18 config-one-key',
      'channels/a.yaml:8:8 config-type',
      'channels/b.yaml:3:1 yaml-syntax',
      'plexus.yaml:1:10 config-value',
      'plexus.yaml:2:1 config-unknown-key',
    ]);
  });

  it('tells names, ports and folders that two parts claim', () => {
    const files = {
      'plexus.yaml': network,
      'channels/a.yaml': channel.replace('6661', '8080'),
      'channels/b.yaml': channel.replace('socket:', 'socket:\n    host: 0.0.0.0'),
      'channels/c.yaml': second.replace('6662', '6661'),
      'channels/d.yaml': `${second.replace('east', 'south')}enabled: false\n`,
      'channels/e.yaml': `${second.replace('east', 'north').replace('6662', '6663')}routes:
  - files: { folder: x }
  - files: { folder: ./x/ }
`,
    };
    const conflicts = told(files).filter((line) => line.includes('duplicate-'));
    assert.deepEqual(conflicts, [
      'channels/a.yaml:5:11 duplicate-port',
      'channels/b.yaml:1:10 duplicate-channel',
      'channels/b.yaml:13:15 duplicate-folder',
      'channels/c.yaml:3:27 duplicate-port',
      'channels/e.yaml:6:5 duplicate-route',
      'channels/e.yaml:6:22 duplicate-folder',
    ]);
  });

  it('tells an ordering key that is no HL7 path, and takes every one that is', () => {
    const withOrder = (path: string) =>
      told({ 'plexus.yaml': network, 'channels/west.yaml': `${channel}order_by: [${path}]\n` });
    for (const path of ['PID-3', 'PID-3.1', 'OBX[3]-5', 'PV1-19[2].4.1'])
      assert.deepEqual(withOrder(JSON.stringify(path)), [], path);
    for (const path of ['PIDD', 'PID3', 'pid-3', 'PID-0', 'PID-3.1.2.3']) {
      const [line, ...others] = withOrder(path);
      assert.match(line!, /config-value$/, path);
      assert.deepEqual(others, []);
    }
  });

  it('gives a new revision when a file that it refers to changes, and only then', () => {
    const revisionWith = (table: string, http: string) =>
      load({ 'plexus.yaml': network + http, 'channels/west.yaml': channel, 'codes.txt': table })
        .network?.channels[0]?.revision;
    const first = revisionWith('a', '');
    assert.equal(revisionWith('a', '# a comment\n'), first);
    assert.notEqual(revisionWith('b', ''), first);
    assert.equal(revisionWith('a', ''), first);
  });

  it('tells every misspelt key at its own place with the right word', () => {
    const keys = [...channel.matchAll(/([a-z_]+):/g)].map((hit) => ({
      word: hit[1]!,
      offset: hit.index,
    }));
    const spots = fc.record({
      key: fc.constantFrom(...keys),
      at: fc.nat(20),
      letter: fc.constantFrom(...'jqxz'),
      drop: fc.boolean(),
    });
    fc.assert(
      fc.property(spots, ({ key: { word, offset }, at, letter, drop }) => {
        const cut = 1 + (at % (word.length - 1));
        const typo = word.slice(0, cut) + letter + word.slice(drop ? cut + 1 : cut);
        const text = channel.slice(0, offset) + typo + channel.slice(offset + word.length);
        const { issues } = load({ 'plexus.yaml': network, 'channels/west.yaml': text });
        const before = channel.slice(0, offset).split('\n');
        const place = { line: before.length, column: before.at(-1)!.length + 1 };
        assert.equal(issues.length, 1, JSON.stringify(issues));
        const { line, column, message } = issues[0]!;
        assert.deepEqual({ line, column }, place);
        assert.match(message, new RegExp(`\`${typo}\`; did you mean \`${word}\`\\?$`));
      }),
    );
  });

  it('has a JSON Schema that names every component', () => {
    const schema = JSON.stringify(channelJsonSchema(registry));
    for (const { name } of components) assert.ok(schema.includes(`"${name}"`));
    assert.ok(schema.includes('"on_uncertain"'));
  });
});
