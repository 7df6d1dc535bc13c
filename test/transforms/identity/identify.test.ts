// Goal: nobody is merged with somebody else, an identifier never changes its person, and a replay
// gives the same persons. Method: properties over random messages whose identifiers collide often,
// then the named cases of an analyst (placeholders, conflicts, no authority) one by one.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { MessageId, Outcome, Stage, Work } from '../../../engine/index.ts';
import type { Contribution, Conversion } from '../../../transforms/fhir/index.ts';
import { identifyStage, openIdentityReader } from '../../../transforms/identity/index.ts';

type Identifier = { system?: string; value: string; type?: string; use?: string };
const key = Buffer.alloc(32, 9);

function patient(identifiers: readonly Identifier[]): Contribution {
  const identifier = identifiers.map(({ type, ...rest }) => ({
    ...rest,
    ...(type === undefined ? {} : { type: { coding: [{ code: type }] } }),
  }));
  return { type: 'Patient', id: 'p', set: { identifier }, remove: [] };
}

function workOf(message: number, contributions: Contribution[], generation = 0): Work<Conversion> {
  const body: Conversion = {
    messageType: 'ADT^A08',
    controlId: '',
    contributions,
    unvisited: [],
    issues: [],
    marks: [],
    provenance: { mapping: 'base@1', maps: [] },
  };
  const id = message as MessageId;
  const raw = Buffer.alloc(0);
  return { id, generation, channel: 'c', revision: 'r', raw, sha256: '', receivedUs: 1, body };
}

describe('identify', () => {
  const root = mkdtempSync(join(tmpdir(), 'plexus-identity-'));
  const stages: Stage[] = [];
  let folders = 0;
  after(() => {
    for (const stage of stages) stage.close?.();
    rmSync(root, { recursive: true });
  });

  function open(dataDir = join(root, String(folders++))): { stage: Stage; dataDir: string } {
    const context = { channel: 'c', revision: 'r', configDir: '', dataDir, key };
    const stage = identifyStage.create({}, context);
    stages.push(stage);
    return { stage, dataDir };
  }

  function run(stage: Stage, work: Work<Conversion>) {
    stage.transaction?.begin();
    const outcome = stage.run(work) as Outcome<Conversion>;
    stage.transaction?.commit();
    assert.ok(outcome.kind === 'pass');
    const codes = outcome.issues.map(({ code }) => code);
    return { identity: outcome.body.provenance.identity, codes };
  }

  const person = (stage: Stage, message: number, ...identifiers: Identifier[]) =>
    run(stage, workOf(message, [patient(identifiers)]));
  const mr = (value: string): Identifier => ({ system: 'urn:a', value, type: 'MR' });
  const ssn = (value: string): Identifier => ({ system: 'urn:ssn', value, type: 'SS' });

  it('never moves an identifier, never gives one person two numbers of one authority', () => {
    const { stage, dataDir } = open();
    const second = open();
    const reader = openIdentityReader(dataDir, key);
    let scenario = 0;
    let message = 0;
    const identifier = fc.record({
      system: fc.constantFrom('urn:a', 'urn:b', 'urn:c'),
      value: fc.constantFrom('1x', '2x', '3x'),
    });
    // One number an authority in a message: two in one message are a source's own statement.
    const offered = fc.uniqueArray(identifier, {
      selector: ({ system }) => system,
      minLength: 1,
      maxLength: 3,
    });
    fc.assert(
      fc.property(fc.array(offered, { minLength: 1, maxLength: 8 }), (messages) => {
        scenario += 1;
        const persons = new Map<string, string>();
        for (const listed of messages) {
          message += 1;
          const own = listed.map((one) => ({ ...one, value: `${one.value}${scenario}` }));
          const answer = person(stage, message, ...own).identity;
          assert.ok(answer);
          assert.deepEqual(person(stage, message, ...own).identity, answer, 'a second run');
          assert.deepEqual(person(second.stage, message, ...own).identity, answer, 'elsewhere');
          const [first] = own;
          assert.equal(reader.personOf(first!.system, first!.value), answer.person);
          for (const { system, value } of own) {
            const now = reader.personOf(system, value);
            const before = persons.get(`${system}|${value}`);
            if (before !== undefined) assert.equal(now, before);
            if (now !== undefined) persons.set(`${system}|${value}`, now);
          }
        }
        const held = [...persons].map(([name, id]) => `${name.split('|')[0]} ${id}`);
        assert.equal(new Set(held).size, held.length);
      }),
      { numRuns: 60 },
    );
    reader.close();
  });

  it('links a second facility through an authority that both know', () => {
    const { stage } = open();
    const there = person(stage, 1, mr('17'), ssn('123-45-6789')).identity;
    const here = person(stage, 2, { system: 'urn:b', value: '99', type: 'MR' }, ssn('123-45-6789'));
    assert.equal(here.identity?.person, there?.person);
    assert.deepEqual([there?.method, here.identity?.method], ['new', 'exact-identifier']);
    assert.equal(here.identity?.by, 'urn:ssn|123-45-6789');
  });

  it('does not merge two persons whom a shared number would join', () => {
    const { stage } = open();
    const twin = person(stage, 1, mr('17'), ssn('123-45-6789')).identity;
    const other = person(stage, 2, mr('18'), ssn('123-45-6789'));
    assert.notEqual(other.identity?.person, twin?.person);
    assert.deepEqual(other.codes, ['identity-conflict']);
    const mixed = person(stage, 3, mr('17'), mr('18'));
    assert.equal(mixed.identity?.person, twin?.person);
    assert.deepEqual(mixed.codes, ['identity-conflict']);
    assert.equal(person(stage, 4, mr('18')).identity?.person, other.identity?.person);
  });

  it('does not let a mistyped number of another authority stick', () => {
    const { stage } = open();
    person(stage, 1, mr('17'), ssn('123-45-6789'));
    assert.deepEqual(person(stage, 2, mr('17'), ssn('987-65-4321')).codes, ['identity-conflict']);
    const owner = person(stage, 3, { system: 'urn:b', value: '5', type: 'MR' }, ssn('987-65-4321'));
    assert.equal(owner.identity?.method, 'new');
  });

  it('decides by the medical record number, wherever it stands', () => {
    const { stage } = open();
    const known = person(stage, 1, mr('17')).identity;
    person(stage, 2, ssn('123-45-6789'));
    const answer = person(stage, 3, ssn('123-45-6789'), mr('17'));
    assert.deepEqual(
      [answer.identity?.person, answer.codes],
      [known?.person, ['identity-conflict']],
    );
  });

  it('links nobody by what names nobody', () => {
    const { stage } = open();
    const useless: Identifier[] = [
      { value: '17', type: 'MR' },
      { system: 'urn:visit', value: '17', type: 'VN' },
      { system: 'urn:plan', value: '17', type: 'MB' },
      { system: 'urn:a', value: '17', use: 'old' },
    ];
    for (const [index, one] of useless.entries())
      assert.deepEqual(person(stage, 1 + index, one).codes, ['identity-unresolved']);
    for (const [index, value] of ['', ' ', 'UNKNOWN', 'n/a', '000-00-0000', '99999999'].entries()) {
      const { identity, codes } = person(stage, 10 + index, { system: 'urn:ssn', value });
      assert.deepEqual(
        [identity, codes],
        [undefined, ['identity-placeholder', 'identity-unresolved']],
      );
    }
  });

  it('says nothing where a message has no patient, and names nobody where it has two', () => {
    const { stage } = open();
    assert.deepEqual(run(stage, workOf(1, [])), { identity: undefined, codes: [] });
    const two = run(stage, workOf(2, [patient([mr('17')]), patient([mr('18')])]));
    assert.deepEqual(two, { identity: undefined, codes: [] });
    assert.equal(person(stage, 3, mr('18')).identity?.method, 'exact-identifier');
  });

  it('forgets a decision that was rolled back, and makes it again', () => {
    const { stage, dataDir } = open();
    stage.transaction?.begin();
    stage.run(workOf(1, [patient([mr('17')])]));
    stage.transaction?.rollback();
    const reader = openIdentityReader(dataDir, key);
    assert.equal(reader.personOf('urn:a', '17'), undefined);
    assert.equal(person(stage, 1, mr('17')).identity?.method, 'new');
    assert.deepEqual(reader.counts(), { persons: 1, identifiers: 1 });
    reader.close();
  });
});
