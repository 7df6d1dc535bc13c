// Goal: each patient of a message gets a person, the right one where the evidence says so and a new
// one in every doubt; a second run and another worker answer the same. Method: the stage on a real
// store, with the named cases of an analyst, then random streams run twice and through two stages.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import fc from 'fast-check';
import {
  ada,
  type Identifier,
  mr,
  openWorker,
  patient,
  run,
  type Somebody,
  ssn,
  workOf,
  workshop,
} from './stage-fixture.ts';

describe('identify', () => {
  const shop = workshop();
  after(() => shop.close());

  it('keeps a person by the number, and says so', () => {
    const { send } = shop.open();
    const first = send(patient(ada, mr('a', '17')));
    assert.deepEqual([first.method, first.by, first.codes], ['new', 'urn:a|17', []]);
    const again = send(patient(ada, mr('a', '17')));
    assert.deepEqual({ ...again, method: 'new' }, first);
    assert.equal(again.method, 'exact-identifier');
  });

  it('links the same person of another facility by number and demographics', () => {
    const { send, reader } = shop.open();
    const there = send(patient(ada, mr('a', '17'), ssn('123-45-6780')));
    const here = send(patient({ ...ada, given: 'Adelheit' }, mr('b', '99'), ssn('123456780')));
    assert.deepEqual([here.method, here.codes], ['linked', []]);
    assert.equal(here.person, there.person);
    assert.deepEqual(reader().counts(), { persons: 1, records: 2 });
  });

  it('never links twins, siblings, or father and son; a steward is asked', () => {
    const others: readonly [string, Somebody][] = [
      ['twin', { ...ada, given: 'Leopoldine' }],
      ['one-letter twin', { ...ada, given: 'Adelheit' }],
      ['sibling', { ...ada, given: 'Walburga', born: '1973-08-19' }],
      ['child of the name', { ...ada, born: '1998-11-30' }],
    ];
    for (const [what, other] of others) {
      const { send } = shop.open();
      const one = send(patient(ada, mr('a', '17')));
      const two = send(patient(other, mr('b', '99')));
      assert.notEqual(two.person, one.person, what);
      assert.equal(two.method, 'new', what);
    }
  });

  it('does not join two files of one hospital, whatever they share', () => {
    const { send } = shop.open();
    const one = send(patient(ada, mr('a', '17'), ssn('123-45-6780')));
    const two = send(patient(ada, mr('a', '18'), ssn('123-45-6780')));
    assert.notEqual(two.person, one.person);
    assert.deepEqual(two.codes, ['identity-review']);
  });

  it('links to neither of two strong candidates', () => {
    const { send } = shop.open();
    send(patient(ada, mr('a', '17'), ssn('123-45-6780')));
    send(patient(ada, mr('a', '18'), ssn('123-45-6780')));
    const here = send(patient(ada, mr('b', '99'), ssn('123-45-6780')));
    assert.deepEqual([here.method, here.codes], ['new', ['identity-review']]);
  });

  it('takes an automatic link back when the record turns out to be somebody else', () => {
    const { send } = shop.open();
    const there = send(patient(ada, mr('a', '17'), ssn('123-45-6780')));
    const here = send(patient(ada, mr('b', '99'), ssn('123-45-6780')));
    assert.equal(here.person, there.person);
    const twin = { ...ada, given: 'Leopoldine' };
    const changed = send(patient(twin, mr('b', '99'), ssn('999-45-6781')));
    assert.notEqual(changed.person, there.person);
    assert.deepEqual(changed.codes, ['identity-unlinked']);
  });

  it('asks when a number is suddenly somebody else', () => {
    const { send } = shop.open();
    const one = send(patient(ada, mr('a', '17')));
    const stranger = { given: 'Tibor', family: 'Kovacs', born: '1950-12-24', sex: 'male' };
    const other = send(patient(stranger, mr('a', '17')));
    assert.equal(other.person, one.person, 'it is kept');
    assert.ok(other.codes.includes('identity-overlay'));
  });

  it('what a message does not name stays: a result without an address unlinks nobody', () => {
    const { send } = shop.open();
    const there = send(patient(ada, mr('a', '17'), ssn('123-45-6780')));
    send(patient({ given: 'Adelheid', family: 'Brandenburg' }, mr('a', '17')));
    const here = send(patient(ada, mr('b', '99'), ssn('123-45-6780')));
    assert.equal(here.person, there.person);
  });

  it('decides by the medical record number, wherever it stands', () => {
    const { send } = shop.open();
    const known = send(patient(ada, mr('a', '17')));
    const answer = send(patient(ada, ssn('123-45-6780'), mr('a', '17')));
    assert.deepEqual([answer.person, answer.by], [known.person, 'urn:a|17']);
  });

  it('does not take a number that all sources share for a file of two of them', () => {
    const { send } = shop.open();
    const one = send(patient(ada, ssn('123-45-6780')));
    const twin = { ...patient({ ...ada, given: 'Leopoldine' }, ssn('123-45-6780')), id: uuid(2) };
    assert.notEqual(send(twin).person, one.person);
  });

  it('links nobody by what names nobody', () => {
    const { send } = shop.open();
    const useless: Identifier[] = [
      { value: '17', type: 'MR' },
      { system: 'urn:visit', value: '17', type: 'VN' },
      { system: 'urn:plan', value: '17', type: 'MB' },
      { system: 'urn:a', value: '17', use: 'old' },
    ];
    for (const one of useless)
      assert.deepEqual(send(patient(ada, one)).codes, ['identity-unresolved']);
    for (const value of ['', ' ', 'UNKNOWN', 'n/a', '000-00-0000', '99999999']) {
      const { person, codes } = send(patient(ada, { system: 'urn:ssn', value }));
      assert.deepEqual(
        [person, codes],
        [undefined, ['identity-placeholder', 'identity-unresolved']],
      );
    }
  });

  it('makes a record of nothing but a sex, and finds nobody by it', () => {
    const { send } = shop.open();
    const one = send(patient({ sex: 'female' }, mr('a', '1')));
    const two = send(patient({ sex: 'female' }, mr('b', '1')));
    assert.deepEqual([one.method, two.method, two.codes], ['new', 'new', []]);
    assert.notEqual(one.person, two.person);
  });

  it('says nothing where a message has no patient, and names nobody where it has two', () => {
    const { send, reader } = shop.open();
    assert.deepEqual(send().codes, []);
    const two = send(patient(ada, mr('a', '17')), patient({ ...ada, given: 'Eva' }, mr('a', '18')));
    assert.equal(two.person, undefined);
    assert.equal(reader().counts().records, 2);
    const twice = send(patient(ada, mr('a', '17')), patient(ada, mr('a', '17')));
    assert.equal(twice.person, reader().personOf('urn:a', '17'));
  });

  it('forgets a decision that was rolled back, and makes it again', () => {
    const { stage, reader } = shop.open();
    stage.transaction?.begin();
    stage.run(workOf(1, [patient(ada, mr('a', '17'))]));
    stage.transaction?.rollback();
    const asked = reader();
    assert.equal(asked.personOf('urn:a', '17'), undefined);
    assert.equal(run(stage, workOf(1, [patient(ada, mr('a', '17'))])).method, 'new');
    assert.deepEqual(asked.counts(), { persons: 1, records: 1 });
  });

  let folders = 0;
  const newFolder = () => join(shop.root, `workers-${folders++}`);

  it('hears what another worker has heard in between', () => {
    const dataDir = newFolder();
    const [one, other] = [openWorker(dataDir), openWorker(dataDir)];
    const card = ssn('123-45-6780');
    const [here, twin] = [mr('a', '17'), { ...ada, given: 'Leopoldine' }];
    one.run(workOf(1, [patient(ada, here, card)]));
    other.run(workOf(2, [patient(twin, here, card)]));
    one.run(workOf(3, [patient(ada, here, card)]));
    const there = other.run(workOf(4, [patient(ada, mr('b', '5'), card)]));
    assert.equal(there.method, 'linked', 'the record is Adelheid again');
    for (const worker of [one, other]) worker.close();
  });

  const somebody = fc.record({
    given: fc.constantFrom('Adelheid', 'Leopoldine', 'Tibor'),
    family: fc.constantFrom('Brandenburg', 'Kovacs'),
    born: fc.constantFrom('1971-03-05', '1971-05-03', '1950-12-24'),
    phone: fc.constantFrom('217-348-9172', '217-348-4410'),
    zip: fc.constantFrom('62701', '62702'),
    street: fc.constantFrom('17 Rosewood Lane', '4 Mill Road'),
  });
  const sent = fc.record({
    who: somebody,
    where: fc.constantFrom('a', 'b', 'c'),
    number: fc.constantFrom('1x', '2x', '3x'),
    card: fc.constantFrom('123-45-6780', '234-56-7891', undefined),
    elsewhere: fc.boolean(),
  });

  it('answers a second run as the first, from any worker, and a new generation alike', () => {
    fc.assert(
      fc.property(fc.array(sent, { minLength: 1, maxLength: 12 }), (messages) => {
        const dataDir = newFolder();
        const workers = [openWorker(dataDir), openWorker(dataDir)] as const;
        messages.forEach(({ who, where, number, card, elsewhere }, at) => {
          const identifiers = card === undefined ? [] : [ssn(card)];
          const said = patient(who, mr(where, number), ...identifiers);
          const [first, second] = elsewhere ? workers.toReversed() : workers;
          const answer = first!.run(workOf(at + 1, [said]));
          assert.ok(answer.person);
          assert.deepEqual(second!.run(workOf(at + 1, [said])), answer, 'a second run');
          const replayed = second!.run(workOf(at + 1, [said], { generation: 1 }));
          assert.equal(replayed.person, answer.person, 'a replay');
          assert.equal(replayed.method, 'exact-identifier');
        });
        for (const worker of workers) worker.close();
      }),
      { numRuns: 12 },
    );
  });
});

const uuid = (no: number): string => `00000000-0000-4000-8000-${String(no).padStart(12, '0')}`;
