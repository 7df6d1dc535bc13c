// Goal: an analyst mends a held message by an edited copy, or a group by the mapping, sees before
// what would become of it, and what came stays as it came. Method: the command line on a real
// engine with a mapping, with the engine running and without one; FHIR of the copy in the spine.
import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { admission, type Hospital, openHospital } from './reconvert/hospital.ts';

const broken = (n: number): string => admission(n).replace(`P${n}^^^WEST^MR`, '');
const unknown = (n: number): string => admission(n).replace('ADT^A04^ADT_A01', 'ADT^Z99^ADT_A01');
type Fields = Readonly<Record<string, unknown>>;

describe('quarantine of a hospital', function () {
  this.timeout(180_000);
  let hospital: Hospital;
  const rows = async (...words: string[]) =>
    (await hospital.rows(...words)) as unknown as readonly Fields[];

  beforeEach(async () => {
    hospital = openHospital();
    hospital.map('');
    await hospital.start();
  });
  afterEach(() => hospital.close());

  async function mended(id: unknown): Promise<string> {
    const file = join(hospital.dir, 'copy.hl7');
    const { code } = await hospital.run('quarantine', 'raw', String(id), '--file', file);
    assert.equal(code, 0);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.equal(readFileSync(file, 'latin1').replace(/\r$/, ''), broken(1).replace(/\r$/, ''));
    assert.equal((await hospital.run('quarantine', 'raw', String(id), '--file', file)).code, 74);
    writeFileSync(file, readFileSync(file, 'latin1').replace('PID|1||||', 'PID|1||P1^^^WEST^MR||'));
    return file;
  }

  it('mends one message by a copy, after a look at what it would give', async () => {
    await hospital.send([broken(1)]);
    const [held] = await rows('quarantine', 'show');
    const { said } = await hospital.run('quarantine', 'show', 'd00d');
    assert.deepEqual(said, ['nothing is held as d00d']);
    const others = await hospital.run('quarantine', 'ls', '--owner', 'nobody');
    assert.deepEqual(others.said, ['nothing of that is held'], 'it is not empty');
    const id = String(held!.id);
    const file = await mended(id);
    const edit = ['quarantine', 'edit', id, '--file', file];
    const [tried] = await rows(...edit, '--dry-run');
    assert.deepEqual([tried!.outcome, tried!.code], ['converted', '']);
    assert.equal((await rows('quarantine', 'ls')).length, 1, 'a look changes nothing');
    assert.equal((await hospital.run(...edit)).code, 64, 'an edit needs a reason');
    const [done] = await rows(...edit, '--reason', 'the sender left the authority out');
    assert.equal(done!.count, 1);
    await hospital.settled(1);
    assert.deepEqual(await rows('quarantine', 'ls'), []);
    const patients = hospital.spine().filter(({ type }) => type === 'Patient');
    assert.equal(patients.length, 1);
    const file2 = join(hospital.dir, 'original.hl7');
    await hospital.run('quarantine', 'raw', id, '--file', file2, '--as-received');
    assert.match(readFileSync(file2, 'latin1'), /PID\|1\|\|\|\|/);
    const [traced] = await rows('trace', id);
    assert.deepEqual(
      (traced!.history as Fields[]).map(({ action, reason }) => [action, reason]),
      [['edit', 'the sender left the authority out']],
    );
  });

  it('mends one without a running engine, and the next start runs it', async () => {
    await hospital.send([broken(1)]);
    const [held] = await rows('quarantine', 'show');
    const file = await mended(held!.id);
    await hospital.stop();
    const words = ['quarantine', 'edit', String(held!.id), '--file', file, '--reason', 'r'];
    assert.equal((await rows(...words))[0]!.count, 1);
    await hospital.start();
    await hospital.settled(1);
    assert.deepEqual(await rows('quarantine', 'ls'), []);
  });

  it('tells of a group what today’s mapping would make of it, and replays it whole', async () => {
    await hospital.send([unknown(1), unknown(2), unknown(3)]);
    const [group] = await rows('quarantine', 'ls');
    assert.equal(group!.count, 3);
    const dry = ['quarantine', 'replay', String(group!.fingerprint), '--dry-run'];
    const before = await rows(...dry);
    assert.deepEqual(
      before.map(({ outcome, code }) => [outcome, code]),
      Array(3).fill(['quarantined', group!.code]),
    );
    hospital.map('messages: { ADT^Z99: [patient, encounter] }\n');
    assert.deepEqual(
      (await rows(...dry)).map(({ outcome }) => outcome),
      ['converted', 'converted', 'converted'],
    );
    assert.equal((await rows('quarantine', 'ls'))[0]!.count, 3);
    await hospital.run('channel', 'deploy', 'west');
    await rows('quarantine', 'replay', String(group!.fingerprint));
    await hospital.settled(3);
    assert.deepEqual(await rows('quarantine', 'ls'), []);
  });
});
