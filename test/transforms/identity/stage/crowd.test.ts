// Goal: what very many people share links nobody, costs each message little, and is told. Method:
// 10,000 people of different names with one phone number and one address through the stage's own
// resolver, batch by batch; then one of them comes again from another hospital.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { householdOf } from '../../../../bench/people/index.ts';
import { openDatabase } from '../../../../engine/index.ts';
import {
  builtInGovernance,
  openIdentityStore,
  resolve,
  rulingOf,
} from '../../../../transforms/identity/index.ts';
import { ada, mr, patient, type Somebody, ssn, workOf } from './stage-fixture.ts';

/** Of 10,000 households: nobody is related to anybody. */
const residents: readonly Somebody[] = Array.from({ length: 10_000 }, (_, household) => {
  const { given, family, birthDate, sex } = householdOf(31, household)[0]!;
  const address = { street: '1 Institution Road', zip: '62701', phone: '217-348-9172' };
  return { given, family, born: birthDate, sex, ...address };
});
const card = (no: number) => ssn(`4${50_000_000 + no * 3}`);

describe('ten thousand people with one phone', function () {
  this.timeout(600_000);
  const dir = mkdtempSync(join(tmpdir(), 'plexus-crowd-'));
  after(() => rmSync(dir, { recursive: true }));

  it('are ten thousand people, each found again by more than the phone', () => {
    const db = openDatabase(join(dir, 'identity.db'), { key: Buffer.alloc(32, 4) });
    const governed = { governance: builtInGovernance, ...rulingOf('', builtInGovernance) };
    const store = openIdentityStore(db, governed);
    let message = 0;
    const send = (count: number, one: (no: number) => ReturnType<typeof patient>) => {
      db.exec('BEGIN IMMEDIATE');
      store.begun();
      const answers = Array.from({ length: count }, () => {
        message += 1;
        const work = workOf(message, [one(message - 1)]);
        const { resolved, issues } = resolve(store, work.body, work);
        return { ...resolved[0]!, codes: issues.map(({ code }) => code) };
      });
      store.committing();
      db.exec('COMMIT');
      return answers;
    };
    const all = Array.from({ length: 20 }, () =>
      send(500, (no) => patient(residents[no]!, mr('a', `A${no}`), card(no))),
    ).flat();
    assert.ok(
      all.every(({ method }) => method === 'new'),
      'nobody was linked',
    );
    assert.equal(new Set(all.map(({ person }) => person)).size, 10_000);
    assert.ok(all.slice(1_000).every(({ codes }) => codes.includes('identity-key-hot')));
    const reviews = all.filter(({ codes }) => codes.includes('identity-review')).length;
    assert.ok(reviews < 100, `${reviews} reviews`);

    const [again] = send(1, () => patient(residents[7_777]!, mr('b', '5'), card(7_777)));
    assert.equal(again?.person, all[7_777]?.person);
    const [stranger] = send(1, () => patient({ phone: '217-348-9172' }, mr('b', '6')));
    assert.deepEqual([stranger?.method, stranger?.codes], ['new', ['identity-key-hot']]);
    const [other] = send(1, () => patient(ada, mr('b', '7')));
    assert.equal(other?.method, 'new');
    db.close();
  });
});
