// Goal: a resource is the fold of what its messages said, in the order of the messages, whatever
// the order in which they are written, replayed, rolled back or cut off by a crash. Method:
// random messages with generations are run in random order in random batches, some of which are
// rolled back or lost with the process's handle; a naive fold over plain values is the oracle.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { openSpineReader, type SpineReader } from '../../../routes/spine/index.ts';
import type { Contribution } from '../../../transforms/fhir/index.ts';
import { key, openStage, runBatch, temporaryFolder, workOf } from './spine-fixture.ts';

const ids = ['0b6f3a52-2d5e-5f6c-8a1b-000000000001', 'not-a-uuid'] as const;
const names = ['status', 'code', 'note', 'meta'] as const;
const value = (name: string) =>
  name === 'meta'
    ? fc.constantFrom({ tag: [{ code: 'a' }] }, { versionId: '99', tag: [{ code: 'b' }] })
    : fc.constantFrom('a', 'b', { text: 'c' }, [1, 2.5], true);

const contribution: fc.Arbitrary<Contribution> = fc
  .record({
    id: fc.constantFrom(...ids),
    set: fc.record(Object.fromEntries(names.map((name) => [name, value(name)])), {
      requiredKeys: [],
    }),
    remove: fc.subarray([...names]),
    whole: fc.boolean(),
    initial: fc.option(
      fc.record(Object.fromEntries(names.map((name) => [name, value(name)])), {
        requiredKeys: [],
      }),
      { nil: undefined },
    ),
  })
  .map(({ whole, initial, ...rest }) => ({
    type: 'Observation',
    ...rest,
    remove: rest.remove.filter((name) => !(name in rest.set)),
    ...(whole ? { whole: true as const } : {}),
    ...(initial === undefined ? {} : { initial }),
  }));

type Run = { message: number; generation: number; said: Contribution[] };
type Step = { runs: number[]; end: 'commit' | 'rollback' | 'crash' };

const commits = Array.from({ length: 6 }, () => 'commit' as const);
const scenario = fc.record({
  runs: fc.uniqueArray(
    fc.record({
      message: fc.integer({ min: 1, max: 5 }),
      generation: fc.integer({ min: 0, max: 2 }),
      said: fc.array(contribution, { maxLength: 3 }),
    }),
    { selector: ({ message, generation }) => `${message}/${generation}`, maxLength: 10 },
  ),
  steps: fc.array(
    fc.record({
      runs: fc.array(fc.nat(9), { minLength: 1, maxLength: 5 }),
      end: fc.constantFrom<Step['end']>(...commits, 'rollback', 'crash'),
    }),
    { maxLength: 8 },
  ),
});

/** The oracle: plain values, no short cuts. */
function naiveFold(done: readonly Run[], id: string): Record<string, unknown> | undefined {
  const latest = done.filter(
    (run) => !done.some((o) => o.message === run.message && o.generation > run.generation),
  );
  latest.sort((left, right) => left.message - right.message);
  const spoken = latest.flatMap(({ said }) => said.filter((one) => one.id === id));
  if (spoken.length === 0) return undefined;
  let resource: Record<string, unknown> = {};
  for (const { set, remove, whole, initial } of spoken) {
    if (whole) resource = {};
    for (const name of remove) delete resource[name];
    Object.assign(resource, structuredClone(set));
    resource = { ...structuredClone(initial ?? {}), ...resource };
  }
  return resource;
}

function compare(reader: SpineReader, done: readonly Run[], nth: number): void {
  for (const id of ids) {
    const expected = naiveFold(done, id);
    const line = reader.current('Observation', own(id, nth));
    assert.equal(line === undefined, expected === undefined);
    if (line === undefined || expected === undefined) continue;
    const { resourceType, id: itsId, meta, ...elements } = JSON.parse(line.json);
    assert.deepEqual([resourceType, itsId], ['Observation', own(id, nth)]);
    const { versionId, lastUpdated, ...rest } = meta as Record<string, unknown>;
    assert.match(String(versionId), /^\d+$/);
    assert.match(String(lastUpdated), /^20\d\d-.*Z$/);
    const { meta: saidMeta, ...saidElements } = expected;
    const { versionId: _ignored, ...expectedMeta } = (saidMeta ?? {}) as Record<string, unknown>;
    assert.deepEqual(elements, saidElements);
    assert.deepEqual(rest, expectedMeta);
  }
}

/** Opening a database costs more than a scenario, so all share one, each with ids of its own. */
let scenarios = 0;
const own = (id: string, nth: number) =>
  id === ids[0] ? id.replace(/\d{12}$/, String(nth).padStart(12, '0')) : `${id}-${nth}`;
const worksOf = (runs: readonly Run[], nth: number) =>
  runs.map(({ message, generation, said }) =>
    workOf(
      nth * 100 + message,
      generation,
      said.map((one) => ({ ...one, id: own(one.id, nth) })),
    ),
  );

describe('the fold of the spine', () => {
  const dataDir = temporaryFolder();
  let stage = openStage(dataDir);
  const reader = openSpineReader(dataDir, key);
  after(() => {
    stage.close?.();
    reader.close();
  });

  it('is that of the messages in order, however they are written, replayed or lost', () => {
    fc.assert(
      fc.property(scenario, ({ runs, steps }) => {
        scenarios += 1;
        const done = new Set<Run>();
        for (const step of steps) {
          const batch = step.runs.flatMap((no) => runs[no] ?? []);
          const works = worksOf(batch, scenarios);
          if (step.end === 'crash') {
            stage.transaction?.begin();
            for (const work of works) stage.run(work);
            stage.close?.();
            stage = openStage(dataDir);
            continue;
          }
          runBatch(stage, works, step.end);
          if (step.end === 'commit') for (const run of batch) done.add(run);
        }
        // A generation that a later one overtook before it ran has no effect, as in the oracle.
        compare(reader, [...done], scenarios);
      }),
      { numRuns: 80 },
    );
  });

  it('writes nothing on a second run and gives the same lines', () => {
    fc.assert(
      fc.property(scenario, ({ runs }) => {
        scenarios += 1;
        const works = worksOf(
          runs.toSorted((left, right) => left.generation - right.generation),
          scenarios,
        );
        const first = runBatch(stage, works).map(({ written }) => written);
        const counts = reader.counts();
        const second = runBatch(stage, works).map(({ written }) => written);
        works.forEach((work, index) => {
          if (works.some(({ id, generation }) => id === work.id && generation > work.generation))
            return;
          assert.deepEqual(second[index], first[index]);
          assert.deepEqual(reader.resourcesOf(work.id, work.generation), first[index]);
        });
        assert.deepEqual(reader.counts(), counts);
      }),
      { numRuns: 100 },
    );
  });
});
