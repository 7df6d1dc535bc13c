// Goal: the way of an unknown code, from the message that brings it to the release that decides it
// and the replay of exactly the messages that it was in; and drift that names what was planted, how
// often it was used and whom it hits.
// Method: the real engine over MLLP, told by the command line as an analyst tells it; what the
// spine holds afterwards is read back.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { registry } from '../../bin/registry.ts';
import { type Serving, serve } from '../../bin/serve.ts';
import { dataKey, requireNetwork } from '../../engine/index.ts';
import { openSpineReader } from '../../routes/spine/index.ts';
import { run } from './capture.ts';

const loinc = 'http://loinc.org';
const csv = `source_code,source_display,target_system,target_code,target_display,relationship
K,POTASSIUM,${loinc},2823-3,Potassium [Moles/volume] in Serum or Plasma,equivalent
TWO,SODIUM,${loinc},2951-2,Sodium [Moles/volume] in Serum or Plasma,equivalent
TWO,SODIUM,${loinc},2950-4,Sodium [Moles/volume] in Serum,equivalent
`;

const message = (id: string, code: string, name: string) =>
  [
    `MSH|^~\\&|LAB|WEST|PLEXUS|NET|20260105080000||ORU^R01^ORU_R01|${id}|P|2.5.1`,
    'PID|1||777^^^WEST^MR||Roe^Ann||19800101|F',
    `OBR|1|O${id}|F${id}|BMP^BASIC METABOLIC^L|||20260105070000|||||||||||||||20260105075900|||F`,
    `OBX|1|NM|${code}^${name}^L||4.1|mmol/L|3.5-5.1|N|||F|||20260105070000`,
    '',
  ].join('\r');

describe('an unknown code', function () {
  this.timeout(180_000);
  const dir = mkdtempSync(join(tmpdir(), 'plexus-codes-'));
  const [config, data] = [join(dir, 'config'), join(dir, 'data')];
  const at = ['--config', config, '--data', data] as const;
  const map = (version: number) => join(config, `terminology/maps/west/lab@${version}.csv`);
  let serving: Serving | undefined;

  const channel = (version: number) =>
    writeFileSync(
      join(config, 'channels/west.yaml'),
      `channel: west
owner: lab@west.example
source: { mllp: { port: 1 } }
stages:
  - convert: { mapping: west }
  - translate: { maps: { lab-code: west/lab@${version}, lab-order: none } }
  - store
`,
    );
  const terminology = async (...words: string[]) => {
    const { code, lines, said } = await run(['terminology', ...words, '--json', ...at]);
    return { code, said: said.join('\n'), rows: lines.map((line) => JSON.parse(line)) };
  };
  const unmapped = (...words: string[]) => terminology('unmapped', ...words);

  before(async () => {
    for (const folder of ['channels', 'mappings', 'terminology/maps/west'])
      mkdirSync(join(config, folder), { recursive: true });
    writeFileSync(join(config, 'plexus.yaml'), 'network: example\nhttp: { port: 2 }\n');
    const dialect = 'dialect:\n  timezone: America/Chicago\n  default_authority: urn:oid:2.999.7\n';
    writeFileSync(
      join(config, 'mappings/west.yaml'),
      `mapping: west\nextends: base\nsource: west\n${dialect}`,
    );
    writeFileSync(map(1), csv);
    channel(1);
    const network = requireNetwork(config, registry);
    serving = await serve({ network, dataDir: data, env: {}, anyPort: true });
    const codes = ['K', 'LAC', 'TWO', 'LAC', 'K'];
    const { port } = serving!.engine.operations.listening()[0]!;
    for (const [n, code] of codes.entries()) {
      const file = join(dir, `${n}.hl7`);
      writeFileSync(file, message(`M${n}`, code, code === 'TWO' ? 'SODIUM' : 'LACTATE'));
      const sent = await run(['send', file, '--to', `127.0.0.1:${port}`]);
      assert.equal(sent.code, 0, sent.said.join());
    }
    for (;;) {
      const [view] = serving!.engine.operations.channels();
      if (view!.settled + view!.held === 5) break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.equal(serving!.engine.operations.channels()[0]!.held, 0, 'it blocks nothing');
  });
  after(async () => {
    await serving?.stop();
    rmSync(dir, { recursive: true });
  });

  const codesOf = () => {
    const reader = openSpineReader(data, dataKey(data, {}).value);
    const ids = serving!.engine.operations;
    const all = [...ids.messages({})].map(({ id }) => {
      const { generation = -1 } = reader.toldLast(id) ?? {};
      const lines = reader.resourcesOf(id, generation);
      const json = lines.map((line) => line.json).join();
      return [generation, json.includes('2524-7'), json.includes('2951-2')];
    });
    reader.close();
    return all;
  };

  it('stands on the work list, is decided by two, and only its messages run again', async () => {
    const { rows } = await unmapped('ls');
    assert.deepEqual(
      rows.map(({ code, outcome, count, state, owner }) => [code, outcome, count, state, owner]),
      [
        ['LAC', 'unmapped', 2, 'open', 'lab@west.example'],
        ['TWO', 'ambiguous', 1, 'open', 'lab@west.example'],
      ],
    );
    const [lactate, sodium] = rows.map(({ no }) => String(no));
    const shown = await unmapped('show', sodium!);
    assert.equal(shown.rows[0].suggestions[0].code.slice(0, 2), '29', 'a sodium is suggested');
    assert.equal((await unmapped('assign', lactate!, '--owner', 'ann')).code, 0);
    const decide = (no: string, code: string) =>
      unmapped('decide', no, '--target', `${loinc}|${code}`, '--by', 'ann');
    assert.equal((await decide(lactate!, '2524-7')).code, 0);
    assert.equal((await decide(sodium!, '2951-2')).code, 0);
    const alone = await unmapped('publish', 'west/lab@2', '--by', 'ann', '--reviewer', 'Ann');
    assert.equal(alone.code, 64);
    const done = await unmapped('publish', 'west/lab@2', '--by', 'ann', '--reviewer', 'bob');
    assert.equal(done.code, 0, done.said);
    assert.deepEqual([done.rows[0].codes, done.rows[0].affected], [2, 3]);
    assert.equal(readFileSync(map(1), 'utf8'), csv, 'what was published never changes');
    assert.match(readFileSync(map(2).replace('.csv', '.yaml'), 'utf8'), /reviewer: bob/);
    const again = await unmapped('publish', 'west/lab@2', '--by', 'ann', '--reviewer', 'bob');
    assert.notEqual(again.code, 0);

    const early = await unmapped('replay', 'west/lab@2');
    assert.deepEqual([early.code, /release-not-pinned/.test(early.said)], [78, true]);
    channel(2);
    const deployed = await run(['channel', 'deploy', 'west', ...at]);
    assert.equal(deployed.code, 0, deployed.said.join());
    const replay = await unmapped('replay', 'west/lab@2');
    assert.equal(replay.code, 0, replay.said);
    assert.deepEqual([replay.rows[0].affected, replay.rows[0].count], [3, 3]);
    assert.deepEqual(codesOf(), [
      [0, false, false],
      [1, true, false],
      [1, false, true],
      [1, true, false],
      [0, false, false],
    ]);
    assert.deepEqual((await unmapped('ls')).rows, [], 'nothing waits any more');
  });

  it('has drift told: what was planted, how often it was used, and whom it hits', async () => {
    const planted = csv.replace('K,POTASSIUM', 'KX,POTASSIUM').split('\n').slice(0, 2).join('\n');
    writeFileSync(map(3), `${planted}\nLAC,,${loinc},2524-7,,wider\n`);
    const same = await terminology('diff', 'west/lab@2', 'west/lab@2');
    assert.deepEqual([same.code, same.rows], [0, []]);
    const { code, rows } = await terminology('diff', 'west/lab@2', 'west/lab@3');
    assert.equal(code, 1);
    const changes = rows.filter(({ change }) => change !== undefined);
    assert.deepEqual(changes.map((one) => [one.change, one.code, one.use?.[0]?.monthly]).sort(), [
      ['added', 'KX', undefined],
      ['added', 'LAC', 2],
      ['removed', 'K', 2],
      ['removed', 'LAC', 2],
      ['removed', 'TWO', 1],
    ]);
    const hits = rows.filter(({ hit }) => hit !== undefined);
    assert.equal(hits.length, 1);
    assert.deepEqual([hits[0].by, hits[0].pin], ['channel west', 'west/lab@2']);
    assert.equal(
      hits[0].hit,
      'lab-code 2 to 3 drops 3 codes: 5 results a month at west; channel west is hit',
    );
    assert.equal((await terminology('diff', 'west/lab@1', 'west/lab@2')).code, 0, 'nobody pins 1');
    assert.ok(existsSync(map(3)));
  });
});
