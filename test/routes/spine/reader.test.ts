// Goal: the spine tells each resource's versions and where each came from, to a reader of its own
// handle, before, while and after a writer runs. Method: the real stage and reader on one folder;
// the cases that an auditor would ask for.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { MessageId } from '../../../engine/index.ts';
import { openSpineReader } from '../../../routes/spine/index.ts';
import type { Contribution } from '../../../transforms/fhir/index.ts';
import { key, openStage, runBatch, temporaryFolder, workOf } from './spine-fixture.ts';

const patient = (set: Record<string, unknown>, remove: string[] = []): Contribution => ({
  type: 'Patient',
  id: '0b6f3a52-2d5e-5f6c-8a1b-0123456789ab',
  set,
  remove,
});
const { id } = patient({});

describe('the spine', () => {
  it('reads as empty before there is one, and refuses a wrong key', () => {
    const dataDir = temporaryFolder();
    const early = openSpineReader(dataDir, key);
    assert.deepEqual(early.resourcesOf(1 as MessageId, 0), []);
    assert.equal(early.current('Patient', id), undefined);
    assert.deepEqual(early.counts(), []);
    const stage = openStage(dataDir);
    runBatch(stage, [workOf(1, 0, [patient({ active: true })])]);
    assert.equal(early.resourcesOf(1 as MessageId, 0).length, 1, 'sees what was written since');
    const stranger = openSpineReader(dataDir, Buffer.alloc(32, 1));
    assert.throws(() => stranger.counts(), { code: 'wrong-key' });
    early.close();
    stage.close?.();
  });

  it('keeps every version with the message, revision, mapping and person behind it', () => {
    const dataDir = temporaryFolder();
    const stage = openStage(dataDir);
    const first = workOf(1, 0, [patient({ active: true, gender: 'female' })]);
    const identity = { person: 'p', method: 'new', by: 'urn:a|1' };
    const provenance = { ...first.body.provenance, identity };
    runBatch(stage, [
      { ...first, body: { ...first.body, provenance } },
      workOf(2, 0, [patient({ active: true })]),
      workOf(3, 0, [patient({ birthDate: '1970' }, ['gender'])]),
    ]);
    const reader = openSpineReader(dataDir, key);
    const versions = reader.versions('Patient', id);
    assert.deepEqual(
      versions.map(({ version, json, origin }) => {
        const { resourceType: _type, id: _id, meta, ...elements } = JSON.parse(json!);
        return [version, meta.versionId, origin.message, elements];
      }),
      [
        [1, '1', 1, { active: true, gender: 'female' }],
        [2, '2', 3, { active: true, birthDate: '1970' }],
      ],
      'the second message changed nothing',
    );
    const { origin, changedUs } = versions[0]!;
    assert.equal(changedUs, first.receivedUs);
    assert.deepEqual(origin, {
      message: 1,
      generation: 0,
      sha256: first.sha256,
      channel: 'test-adt',
      revision: 'abc',
      receivedUs: first.receivedUs,
      provenance,
    });
    assert.deepEqual(reader.counts(), [{ type: 'Patient', resources: 1, versions: 2 }]);
    const unchanged = reader.resourcesOf(2 as MessageId, 0)[0];
    assert.equal(unchanged?.json, versions[0]?.json, 'what the message left in force');
    reader.close();
    stage.close?.();
  });

  it('takes back what a later generation no longer says', () => {
    const dataDir = temporaryFolder();
    const stage = openStage(dataDir);
    const wrong: Contribution = { type: 'Condition', id: 'c', set: { note: 'wrong' }, remove: [] };
    runBatch(stage, [workOf(1, 0, [patient({ gender: 'male' }), wrong])]);
    runBatch(stage, [workOf(2, 0, [patient({ active: true })])]);
    const [again] = runBatch(stage, [workOf(1, 1, [patient({ birthDate: '1970' })])]);
    assert.deepEqual(
      again!.written.map(({ type, deleted }) => [type, deleted]),
      [
        ['Patient', undefined],
        ['Condition', true],
      ],
    );
    const reader = openSpineReader(dataDir, key);
    const { active, gender, birthDate } = JSON.parse(reader.current('Patient', id)!.json);
    assert.deepEqual([active, gender, birthDate], [true, undefined, '1970']);
    assert.equal(reader.current('Condition', 'c'), undefined);
    assert.deepEqual(
      reader.versions('Condition', 'c').map(({ json }) => json === undefined),
      [false, true],
    );
    reader.close();
    stage.close?.();
  });

  it('lists a type page by page, each resource once', () => {
    const dataDir = temporaryFolder();
    const stage = openStage(dataDir);
    const made = Array.from({ length: 25 }, (_, index) => ({ ...patient({}), id: `p${index}` }));
    runBatch(stage, [workOf(1, 0, made), workOf(2, 0, [{ ...patient({}), type: 'Group' }])]);
    const reader = openSpineReader(dataDir, key);
    const seen: string[] = [];
    for (let after: number | undefined = 0; after !== undefined; ) {
      const page = reader.list({ type: 'Patient', after, limit: 10 });
      seen.push(...page.lines.map((line) => line.id));
      after = page.next;
    }
    assert.deepEqual(
      seen,
      made.map((one) => one.id),
    );
    reader.close();
    stage.close?.();
  });

  it('sees what another writer has written since, and numbers on from there', () => {
    const dataDir = temporaryFolder();
    // A second name for the folder: one thread shares the handle of one name, a worker has its own.
    const link = join(temporaryFolder(), 'link');
    symlinkSync(dataDir, link);
    const [left, right] = [openStage(dataDir), openStage(link)];
    runBatch(left, [workOf(1, 0, [patient({ active: true })])]);
    runBatch(right, [workOf(2, 0, [patient({ gender: 'male' })])]);
    const [third] = runBatch(left, [workOf(3, 0, [patient({ birthDate: '1970' })])]);
    const { meta, gender } = JSON.parse(third!.written[0]!.json);
    assert.deepEqual([meta.versionId, gender], ['3', 'male']);
    left.close?.();
    right.close?.();
  });

  it('shows nobody a name who has the files but not the key', () => {
    const dataDir = temporaryFolder();
    const stage = openStage(dataDir);
    runBatch(stage, [workOf(1, 0, [patient({ name: [{ family: 'Plantedname' }] })])]);
    const files = readdirSync(dataDir);
    assert.ok(files.includes('spine.db-wal'));
    for (const file of files)
      assert.ok(!readFileSync(join(dataDir, file)).includes('Plantedname'), file);
    stage.close?.();
  });
});
