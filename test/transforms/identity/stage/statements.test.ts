// Goal: a source's merges, changes of number and links do what the standard says they do, and no
// more; what cannot be done becomes an issue and a review. Method: each verb on a real store, with
// the named bad inputs (itself, a cycle, an unknown number, two authorities, a veto).
import assert from 'node:assert/strict';
import { ada, mr, patient, says, ssn, workshop } from './stage-fixture.ts';

const twin = { ...ada, given: 'Leopoldine' };

describe('what sources say of who is whom', () => {
  const shop = workshop();
  after(() => shop.close());
  const [one, two, three] = [mr('a', '17'), mr('a', '18'), mr('a', '19')];

  it('a merge joins two numbers of one hospital, and both name the survivor from then on', () => {
    const { send, state } = shop.open();
    const kept = send(patient(ada, one));
    assert.notEqual(send(patient(ada, two)).person, kept.person);
    const merged = state([says('merge', one, two)], patient(ada, one));
    assert.deepEqual([merged.person, merged.codes], [kept.person, []]);
    assert.equal(send(patient(ada, two)).person, kept.person);
    assert.equal(send(patient({ ...ada, phone: '217-348-4410' }, two)).person, kept.person);
    const again = state([says('merge', one, two)], patient(ada, one));
    assert.deepEqual(again.codes, [], 'said twice is no mistake');
  });

  it('a chain of merges ends at one person', () => {
    const { send, state } = shop.open();
    for (const number of [one, two, three]) send(patient(ada, number));
    state([says('merge', two, three)], patient(ada, two));
    const last = state([says('merge', one, two)], patient(ada, one));
    assert.deepEqual(last.codes, []);
    assert.equal(send(patient(ada, three)).person, last.person);
  });

  it('a merge that a veto speaks against goes to review, and both persons stay', () => {
    const { send, state } = shop.open();
    const kept = send(patient(ada, one));
    const other = send(patient({ ...twin, born: '1953-11-30' }, two));
    const merged = state([says('merge', one, two)], patient(ada, one));
    assert.deepEqual(merged.codes, ['identity-merge-vetoed']);
    assert.equal(merged.person, kept.person);
    assert.equal(send(patient({ ...twin, born: '1953-11-30' }, two)).person, other.person);
  });

  it('two social security numbers keep apart what the hospital merges', () => {
    const { send, state } = shop.open();
    send(patient(ada, one, ssn('123-45-6780')));
    send(patient(ada, two, ssn('987-65-4320')));
    const merged = state([says('merge', one, two)], patient(ada, one, ssn('123-45-6780')));
    assert.deepEqual(merged.codes, ['identity-merge-vetoed']);
  });

  it('a merge of a number never seen is kept: its first message names the survivor', () => {
    const { send, state } = shop.open();
    const kept = state([says('merge', one, two)], patient(ada, one));
    assert.deepEqual(kept.codes, ['identity-merge-number-unknown']);
    assert.equal(send(patient(ada, two)).person, kept.person);
  });

  it('...unless that message turns out to be of somebody else', () => {
    const { send, state } = shop.open();
    const kept = state([says('merge', one, two)], patient(ada, one));
    const late = send(patient({ ...twin, born: '1953-11-30' }, two));
    assert.notEqual(late.person, kept.person);
    assert.ok(late.codes.includes('identity-unlinked'));
  });

  it('refuses a merge into itself, a cycle, and one across two authorities', () => {
    const { send, state } = shop.open();
    send(patient(ada, one));
    send(patient(ada, two));
    const itself = state([says('merge', one, one)], patient(ada, one));
    assert.deepEqual(itself.codes, ['identity-merge-into-itself']);
    const kept = state([says('merge', one, two)], patient(ada, one));
    const cycle = state([says('merge', two, one)], patient(ada, two));
    assert.deepEqual([cycle.person, cycle.codes], [kept.person, ['identity-merge-cycle']]);
    const foreign = send(patient({ ...ada, given: 'Ottilie', born: '1966-01-01' }, mr('b', '5')));
    const across = state([says('merge', one, mr('b', '5'))], patient(ada, one));
    assert.deepEqual(across.codes, ['identity-merge-across-authorities']);
    assert.notEqual(across.person, foreign.person);
  });

  it('a merge that names nobody by a usable number says so', () => {
    const { state } = shop.open();
    const answer = state([says('merge', one, { value: '18' })], patient(ada, one));
    assert.deepEqual(answer.codes, ['identity-statement-unusable']);
  });

  it('a change of number takes the file along, whatever the new one looks like', () => {
    const { send, state } = shop.open();
    const before = send(patient(ada, one));
    const after = state([says('change', two, one)], patient({ ...ada, family: 'Kovacs' }, two));
    assert.deepEqual([after.person, after.codes], [before.person, []]);
    assert.equal(send(patient(ada, one)).person, before.person, 'a late message of the old number');
  });

  it('a change to a number that is on file is a merge, vetoes and all', () => {
    const { send, state } = shop.open();
    send(patient(ada, one));
    const other = send(patient({ ...twin, born: '1953-11-30' }, two));
    const after = state([says('change', two, one)], patient({ ...twin, born: '1953-11-30' }, two));
    assert.deepEqual([after.person, after.codes], [other.person, ['identity-merge-vetoed']]);
  });

  it('a link is evidence and no order; an unlink takes back what only a score joined', () => {
    const { send, state } = shop.open();
    const here = send(patient(ada, one));
    const there = send(patient(twin, mr('b', '5')));
    const linked = state([says('link', one, mr('b', '5'))], patient(ada, one));
    assert.deepEqual([linked.person, linked.codes], [here.person, []]);
    assert.equal(send(patient(twin, mr('b', '5'))).person, there.person);

    const pair = shop.open();
    const first = pair.send(patient(ada, one, ssn('123-45-6780')));
    const second = pair.send(patient(ada, mr('b', '5'), ssn('123-45-6780')));
    assert.equal(second.person, first.person);
    pair.state([says('unlink', one, mr('b', '5'))], patient(ada, one, ssn('123-45-6780')));
    assert.notEqual(
      pair.send(patient(ada, mr('b', '5'), ssn('123-45-6780'))).person,
      pair.send(patient(ada, one, ssn('123-45-6780'))).person,
    );
    const unknown = pair.state([says('unlink', one, mr('c', '1'))], patient(ada, one));
    assert.deepEqual(unknown.codes, ['identity-link-unknown']);
  });

  it('a FHIR Patient that was replaced merges by the id of its resource', () => {
    const { send, state } = shop.open();
    const [kept, gone] = [patient(ada, one), patient(ada, two)];
    const survivor = send(kept);
    send(gone);
    const said = {
      verb: 'merge',
      trigger: 'replaced-by',
      kept: { identifiers: [], resource: kept.id },
      other: { identifiers: [two], resource: gone.id },
    } as const;
    const merged = state([said], { ...gone, set: { ...gone.set, active: false } });
    assert.deepEqual([merged.person, merged.codes], [survivor.person, []]);
  });
});
