import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { dataKey, openDatabase } from '../../engine/index.ts';
import {
  openIdentityReader,
  openIdentityStore,
  requireGoverned,
} from '../../transforms/identity/index.ts';
import { run } from './capture.ts';

// Goal: in the example network, three hospitals' messages find one person where they speak of one,
// and keep twins apart; a merge that a hospital sends joins, and a steward's unmerge separates,
// while the feeds run on.
// Method: `./plexus run` on a copy of config/, fed over its own MLLP ports; the identity store is
// asked as products ask it.

const plexus = join(import.meta.dirname, '../../plexus');
const example = join(import.meta.dirname, '../../config');

type Hospital = 'north-general' | 'mercy-west' | 'st-anne';
const hospitals = {
  'north-general': { sender: 'NGHIS|NORTH_GENERAL', version: '2.5.1', authority: 'NGH' },
  'mercy-west': { sender: 'MWHIS|MERCY_WEST', version: '2.5.1', authority: 'MWH' },
  'st-anne': { sender: 'SAHIS|ST_ANNE', version: '2.3', authority: '' },
} as const;
const systems = {
  'north-general': 'urn:oid:2.999.10.1',
  'mercy-west': 'urn:oid:2.999.10.2',
  'st-anne': 'urn:oid:2.999.10.3',
} as const;

const given = { ada: 'ADELHEID', twin: 'LEOPOLDINE' } as const;
const card = { ada: '912345670', twin: '912345681' } as const;

describe('identity in the flow', function () {
  this.timeout(600_000);
  const dir = mkdtempSync(join(tmpdir(), 'plexus-identity-flow-'));
  const config = join(dir, 'config');
  const data = join(dir, 'data');
  const ports = new Map<string, number>();
  let child: ChildProcess;
  let sent = 0;

  before(async () => {
    cpSync(example, config, { recursive: true });
    child = spawn(plexus, ['run', '--ports', 'any', '--json', '--config', config, '--data', data]);
    let out = '';
    child.stdout?.on('data', (chunk) => {
      out += String(chunk);
    });
    while (!out.includes('"ready"')) {
      assert.equal(child.exitCode, null);
      await wait(20);
    }
    for (const line of out.trim().split('\n')) {
      const { listening } = JSON.parse(line);
      if (listening) ports.set(listening.channel, listening.port);
    }
  });
  after(async () => {
    child.kill('SIGTERM');
    if (child.exitCode === null) await once(child, 'exit');
    rmSync(dir, { recursive: true });
  });

  /** Sends one message, and waits until the engine is done with it. */
  async function tell(
    hospital: Hospital,
    trigger: string,
    who: keyof typeof given,
    ...ids: string[]
  ) {
    const { sender, version, authority } = hospitals[hospital];
    sent += 1;
    const [number, prior] = ids;
    const of = authority === '' ? '' : `^^^${authority}^MR`;
    const identifiers = `${number}${of}~${card[who]}^^^NETCARD^HC`;
    const lines = [
      `MSH|^~\\&|${sender}|PLEXUS|NETWORK|20240710143000||ADT^${trigger}|IF${sent}|P|${version}`,
      `EVN|${trigger}|20240710143000`,
      `PID|1||${identifiers}||BRANDENBURG^${given[who]}||19710305|F|||` +
        '17 ROSEWOOD LN^^SPRINGFIELD^IL^62701||(217)348-9172',
      ...(prior === undefined ? ['PV1|1|E|||||||||||||||||V100'] : [`MRG|${prior}${of}`]),
    ];
    const file = join(dir, 'message.hl7');
    writeFileSync(file, `${lines.join('\r')}\r`);
    const to = `127.0.0.1:${ports.get(hospital)}`;
    const { lines: acks } = await run(['send', file, '--to', to, '--json']);
    assert.equal(JSON.parse(acks[0]!).ack, 'AA');
    for (;;) {
      const { lines: rows } = await run(['messages', '--json', '--config', config, '--data', data]);
      const outcomes = rows.map((row) => JSON.parse(row).outcome);
      if (outcomes.length === sent && !outcomes.includes('pending')) {
        assert.deepEqual([...new Set(outcomes)], ['delivered']);
        return;
      }
      await wait(50);
    }
  }

  it('links, keeps apart, merges and separates', async () => {
    await tell('north-general', 'A04', 'ada', 'N1');
    await tell('mercy-west', 'A04', 'ada', 'M1');
    await tell('st-anne', 'A04', 'ada', 'S1');
    await tell('north-general', 'A04', 'twin', 'N2');
    const { value: key } = dataKey(data, {});
    const reader = openIdentityReader(data, key);
    const person = (hospital: Hospital, value: string) =>
      reader.personOf(systems[hospital], value) ?? assert.fail(`${hospital} ${value} is unknown`);
    assert.equal(person('mercy-west', 'M1'), person('north-general', 'N1'));
    assert.equal(person('st-anne', 'S1'), person('north-general', 'N1'));
    assert.notEqual(person('north-general', 'N2'), person('north-general', 'N1'));

    await tell('north-general', 'A04', 'ada', 'N3');
    assert.notEqual(person('north-general', 'N3'), person('north-general', 'N1'));
    await tell('north-general', 'A40', 'ada', 'N1', 'N3');
    assert.equal(person('north-general', 'N3'), person('north-general', 'N1'));
    await tell('north-general', 'A08', 'ada', 'N3');
    assert.equal(person('north-general', 'N3'), person('north-general', 'N1'));

    const db = openDatabase(join(data, 'identity.db'), { key });
    const { registry } = openIdentityStore(db, requireGoverned(config));
    db.exec('BEGIN IMMEDIATE');
    registry.begun();
    const wrong = registry.recordOf(systems['north-general'], 'N3')!;
    registry.unmerge(
      { person: registry.personOf(wrong), records: [wrong] },
      { atUs: 1, cause: { kind: 'steward', by: 'steward', reason: 'two files of two people' } },
    );
    db.exec('COMMIT');
    db.close();
    await tell('north-general', 'A08', 'ada', 'N3');
    assert.notEqual(person('north-general', 'N3'), person('north-general', 'N1'));
    assert.equal(person('st-anne', 'S1'), person('north-general', 'N1'));
    reader.close();
  });
});
