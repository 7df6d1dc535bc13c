// Goal: the gate sees each resource exactly as the store will write it, in whatever order messages
// come; what it refuses leaves nothing behind, and a message answers only for what it says itself.
// Method: a gate that remembers, beside what the store writes, over random contributions, replays
// and late messages; and a gate with one rule.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Gate, Issue, Outcome, Work } from '../../../../engine/index.ts';
import { openSpineReader, type Stored } from '../../../../routes/spine/index.ts';
import type { Contribution, Conversion } from '../../../../transforms/fhir/index.ts';
import { contribution, ids } from '../random-contribution.ts';
import { key, openStage, temporaryFolder, workOf } from '../spine-fixture.ts';

type Json = Readonly<Record<string, unknown>>;

const fault = (text: string | undefined): readonly Issue[] =>
  text === 'bad'
    ? [{ severity: 'error', code: 'bad', diagnostics: 'it is bad', path: 'Patient.gender' }]
    : [];
const own = { stage: 'validate', close() {} };
/** Knows one rule: nobody's gender is `bad`. */
const strict: Gate = {
  ...own,
  judge: (resource) => ({
    issues: fault((resource as { gender?: string }).gender),
    unchecked: [{ severity: 'information', code: 'unchecked', diagnostics: 'x', path: 'Patient' }],
  }),
};

const lax: Gate = { ...own, judge: () => ({ issues: [], unchecked: [] }) };

const said = fc.array(contribution, { minLength: 1, maxLength: 3 });
/** As JSON, so that a value that no JSON holds makes no difference. */
function withoutVersion(resource: Json): Json {
  const { meta, ...rest } = resource;
  const { versionId: _, lastUpdated: _at, ...kept } = (meta ?? {}) as Json;
  return { ...rest, meta: kept };
}

describe('the gate of the spine', () => {
  const dataDir = temporaryFolder();
  const stage = openStage(dataDir);
  after(() => {
    stage.close?.();
    reader.close();
  });
  let message = 0;

  function run(gate: Gate | undefined, work: Work<Conversion>): Outcome<Stored> {
    const body = gate === undefined ? work.body : { ...work.body, gate };
    stage.transaction?.begin();
    const outcome = stage.run({ ...work, body }) as Outcome<Stored>;
    stage.transaction?.commit();
    return outcome;
  }
  const reader = openSpineReader(dataDir, key);
  const now = (id: string): Json | undefined => {
    const line = reader.current('Observation', id);
    return line && withoutVersion(JSON.parse(line.json));
  };

  it('sees what the store writes, no more and no less, in whatever order', () => {
    let scenario = 0;
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(4), said), { maxLength: 8 }), (runs) => {
        scenario += 1;
        const own = (id: string) => `${id.slice(0, 8)}-${scenario}`;
        for (const [generation, [message, contributions]] of runs.entries()) {
          const seen = new Map<unknown, Json>();
          const gate: Gate = {
            stage: 'validate',
            close() {},
            judge(resource) {
              const whole = withoutVersion(resource as Json);
              seen.set(whole.id, whole);
              return { issues: [], unchecked: [] };
            },
          };
          const mine = contributions.map((one) => ({ ...one, id: own(one.id) }));
          const before = new Map(ids.map((id) => [own(id), now(own(id))]));
          const work = workOf(scenario * 10 + message, generation, mine);
          assert.equal(run(gate, work).kind, 'pass');
          for (const [id, old] of before) {
            const written = now(id);
            const isSpokenOf = mine.some((one) => one.id === id);
            if (seen.has(id)) assert.deepEqual(seen.get(id), written);
            else if (isSpokenOf && written !== undefined) assert.deepEqual(written, old);
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  const send = (contributions: readonly Contribution[], gate: Gate | undefined = strict) => {
    message += 1;
    return run(gate, workOf(1_000_000 + message, 0, contributions));
  };
  const patient = (id: string, set: Json): Contribution => {
    return { type: 'Patient', id, set, remove: [] };
  };
  function codesOf(outcome: Outcome<Stored>): string[] {
    if (outcome.kind !== 'pass' && outcome.kind !== 'hold') return [outcome.kind];
    const remarks = (outcome.kind === 'pass' && outcome.said) || [];
    for (const { stage } of remarks) assert.equal(stage, 'validate');
    const issues = [...remarks.map(({ issue }) => issue), ...outcome.issues];
    return [outcome.kind, ...issues.map(({ severity, code }) => `${severity} ${code}`)];
  }
  const unchecked = 'information unchecked';

  it('holds a message that would leave a resource invalid, and writes nothing of it', () => {
    const both = [patient('p1', { active: true }), patient('p2', { gender: 'bad' })];
    assert.deepEqual(codesOf(send(both)), ['hold', 'error bad', unchecked]);
    for (const id of ['p1', 'p2']) assert.equal(reader.current('Patient', id), undefined);
    assert.deepEqual(codesOf(send([patient('p1', { active: true })])), ['pass', unchecked]);
    assert.ok(reader.current('Patient', 'p1'));
  });

  it('lets what was wrong before stand, but for a message that says it again', () => {
    assert.deepEqual(codesOf(send([patient('p3', { gender: 'bad' })], lax)), ['pass']);
    assert.deepEqual(codesOf(send([patient('p3', { active: true })])), [
      'pass',
      'warning bad',
      unchecked,
    ]);
    const again = patient('p3', { gender: 'bad', active: false });
    assert.deepEqual(codesOf(send([again])), ['hold', 'error bad', unchecked]);
    const whole = { ...patient('p3', { gender: 'bad' }), whole: true as const };
    const held = send([whole]);
    assert.deepEqual(codesOf(held), ['hold', 'error bad', unchecked]);
    assert.equal(held.kind === 'hold' && held.stage, 'validate', 'in the name of who judged');
    assert.deepEqual(codesOf(send([patient('p3', { gender: 'female' })])), ['pass', unchecked]);
  });

  it('names the entry of a Bundle that a fault is in', () => {
    const at = (id: string, entry: number, path: string): Contribution => ({
      ...patient(id, { gender: 'bad' }),
      sent: { source: 'a', id, entry, path, verb: 'PUT' },
    });
    const paths = (outcome: Outcome<Stored>): (string | undefined)[] =>
      outcome.kind === 'hold' ? outcome.issues.map(({ path }) => path) : [outcome.kind];
    const two = [at('p5', 0, 'Bundle.entry[0].resource'), at('p6', 3, 'Bundle.entry[3].resource')];
    assert.deepEqual(paths(send(two)), [
      'Bundle.entry[0].resource/*Patient*/.gender',
      'Bundle.entry[3].resource/*Patient*/.gender',
      'Bundle.entry[3].resource/*Patient*/',
    ]);
    assert.deepEqual(paths(send([at('p7', 0, 'resource')])), ['Patient.gender', 'Patient']);
  });

  it('judges a message once: a second run of what is written is no question', () => {
    const work = workOf(2_000_000, 0, [patient('p4', { active: true })]);
    assert.equal(run(undefined, work).kind, 'pass');
    const never: Gate = { ...own, judge: () => assert.fail('it was asked') };
    assert.equal(run(never, work).kind, 'pass');
  });
});
