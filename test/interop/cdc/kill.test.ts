// Goal: after kill -9 at random moments the tables of the database and the FHIR in the spine agree:
// each row is its resource, value by value, and of a deleted one the resource is gone or entered in
// error.
// Method: a real PostgreSQL, the real engine as a process with the example mapping, and a writer
// that inserts, updates and deletes at random in transactions, while the engine is killed again and
// again, also while it reads the tables. Then it runs in peace until the slot has nothing left.
// PLEXUS_SEED=n repeats the writer.
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { dataKey } from '../../../engine/index.ts';
import { openSpineReader, type SpineReader } from '../../../routes/spine/index.ts';
import { resourceId } from '../../../transforms/fhir/index.ts';
import { getApi, root, startEngineProcess } from '../../faults/process.ts';
import { seeded } from '../../faults/random.ts';
import { isPostgresHere, pathologyTables, startPostgres, type TestServer } from './server.ts';
import { createWriter } from './writer.ts';

const rounds = 10;

if (isPostgresHere()) {
  describe('kill -9 while a database is followed', () => {
    it('leaves the tables and the FHIR in agreement', async function () {
      this.timeout(600_000);
      const seed = Number(process.env.PLEXUS_SEED ?? Math.floor(Math.random() * 2 ** 31));
      const server = await startPostgres();
      const folder = mkdtempSync(join(tmpdir(), 'plexus-cdc-'));
      try {
        await server.sql(pathologyTables);
        const findings = await followThroughKills(server, folder, seed);
        assert.deepEqual(findings, [], `PLEXUS_SEED=${seed}`);
      } finally {
        await server.stop();
        rmSync(folder, { recursive: true, force: true });
      }
    });
  });
}

async function followThroughKills(server: TestServer, folder: string, seed: number) {
  const places = workspace(server, folder);
  const random = seeded(seed);
  const writer = createWriter(server, random);
  await writer.write(300);
  let isWriting = true;
  const writing = (async () => {
    while (isWriting) {
      await writer.write(5);
      await sleep(random() * 150);
    }
  })();
  for (let round = 1; round <= rounds; round += 1) {
    const engine = startEngineProcess(places);
    // Some rounds end while it starts, or while it reads the tables.
    if (random() < 0.8) await engine.ready;
    await sleep(random() * 2_500);
    engine.signal('SIGKILL');
    await engine.ended;
  }
  isWriting = false;
  await writing;
  const last = await writer.mark();
  const engine = startEngineProcess(places);
  try {
    const listening = await engine.ready;
    await untilFollowed(server, last, async () => {
      const channels = await getApi<{ pending: number }[]>(listening, '/api/conservation');
      return channels.every(({ pending }) => pending === 0);
    });
  } finally {
    engine.signal('SIGTERM');
    await engine.ended;
  }
  const key = dataKey(places.data, process.env).value;
  const spine = openSpineReader(places.data, key);
  try {
    const audited = await differences(server, spine, writer.deleted);
    assert.ok(writer.deleted.specimen.size > 10 && writer.deleted.finding.size > 10);
    return audited;
  } finally {
    spine.close();
  }
}

/** Resolves when the slot is confirmed behind `lsn`, and nothing is pending. */
async function untilFollowed(server: TestServer, lsn: string, isSettled: () => Promise<boolean>) {
  for (let tries = 0; tries < 1_500; tries += 1) {
    const [slot] = await server.sql(
      'SELECT confirmed_flush_lsn >= $1::pg_lsn AS there FROM pg_replication_slots',
      [lsn],
    );
    if (slot?.there === 't' && (await isSettled())) return;
    await sleep(200);
  }
  throw new Error('the stream was not followed to its end');
}

/** Every row against its resource, and every deleted row against what is left of it. */
async function differences(
  server: TestServer,
  spine: SpineReader,
  deleted: { readonly specimen: ReadonlySet<string>; readonly finding: ReadonlySet<string> },
): Promise<string[]> {
  const found: string[] = [];
  const current = (type: string, key: string): Record<string, unknown> | undefined => {
    const line = spine.current(type, resourceId('pathology', type, key));
    return line && (JSON.parse(line.json) as Record<string, unknown>);
  };
  const expect = (what: string, is: unknown, wanted: unknown): void => {
    if (JSON.stringify(is ?? null) !== JSON.stringify(wanted ?? null)) found.push(what);
  };
  const states: Record<string, string> = { stored: 'available', used: 'unavailable' };
  const at = 'to_char(AT AT TIME ZONE \'UTC\', \'YYYY-MM-DD"T"HH24:MI:SS"+00:00"\')';
  const specimens = await server.sql(
    `SELECT id, kind, state, site, ${at.replace('AT', 'collected_at')} AS at FROM lis.specimen`,
  );
  for (const { id, kind, state, site, at: moment } of specimens) {
    const made = current('Specimen', id!) as fhir4.Specimen | undefined;
    expect(`specimen ${id} kind`, made?.type?.coding?.[0]?.code, kind);
    expect(`specimen ${id} state`, made?.status, state && states[state]);
    expect(`specimen ${id} site`, made?.collection?.bodySite?.text, site);
    expect(`specimen ${id} time`, made?.collection?.collectedDateTime, moment);
  }
  const rows = await server.sql('SELECT id, amount, unit, loinc FROM lis.finding');
  for (const { id, amount, unit, loinc } of rows) {
    const made = current('Observation', id!) as fhir4.Observation | undefined;
    expect(`finding ${id} status`, made?.status, 'final');
    expect(`finding ${id} code`, made?.code?.coding?.[0]?.code, loinc);
    expect(`finding ${id} value`, made?.valueQuantity?.value, amount && Number(amount));
    if (amount !== null) expect(`finding ${id} unit`, made?.valueQuantity?.unit, unit);
  }
  for (const id of deleted.specimen)
    if (current('Specimen', id) !== undefined) found.push(`specimen ${id} is deleted`);
  for (const id of deleted.finding) {
    const made = current('Observation', id);
    if (made !== undefined) expect(`finding ${id} is deleted`, made.status, 'entered-in-error');
  }
  if (specimens.length < 50 || rows.length < 50) found.push('the writer wrote too little');
  return found;
}

function workspace(server: TestServer, folder: string) {
  const config = join(folder, 'config');
  mkdirSync(join(config, 'channels'), { recursive: true });
  mkdirSync(join(config, 'mappings'));
  for (const shared of ['authorities.yaml', 'mappings/pathology.yaml'])
    cpSync(join(root, 'config', shared), join(config, shared));
  writeFileSync(
    join(config, 'plexus.yaml'),
    'network: cdc\nhttp: { host: 127.0.0.1, port: 18080 }\n',
  );
  writeFileSync(
    join(config, 'channels/pathology.yaml'),
    `channel: pathology
owner: interfaces@pathology.example
source:
  cdc:
    postgres:
      host: ${server.host}
      port: ${server.port}
      database: postgres
      user: plexus
      slot: plexus_pathology
      publication: plexus_pathology
      tables: [lis.patient, lis.specimen, lis.finding]
stages:
  - convert: { mapping: pathology }
  - store
routes:
  - files: { folder: out }
`,
  );
  return { config, data: join(folder, 'data') };
}
