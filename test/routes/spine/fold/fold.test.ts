// Goal: a resource is the fold of what its messages said, in the order of the messages, whatever
// the order in which they are written, replayed, rolled back or cut off by a crash. Method:
// random messages with generations are run in random order in random batches, some of which are
// rolled back or lost with the process's handle; a naive fold over plain values is the oracle.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { openSpineReader, type SpineReader } from '../../../../routes/spine/index.ts';
import type { Contribution, Listing } from '../../../../transforms/fhir/index.ts';
import { contribution, ids } from '../random-contribution.ts';
import { key, openStage, runBatch, temporaryFolder, workOf } from '../spine-fixture.ts';

/** On which list a message puts each resource, and what it says of the lists beside. */
type Lists = {
  of: Record<string, 'a' | 'b' | undefined>;
  gone: boolean;
  whole: boolean;
  empty: ('a' | 'b')[];
};
type Run = { message: number; generation: number; said: Contribution[]; lists: Lists };
type Step = { runs: number[]; end: 'commit' | 'rollback' | 'crash' };

const commits = Array.from({ length: 6 }, () => 'commit' as const);
const scenario = fc.record({
  runs: fc.uniqueArray(
    fc.record({
      message: fc.integer({ min: 1, max: 5 }),
      generation: fc.integer({ min: 0, max: 2 }),
      said: fc.array(contribution, { maxLength: 3 }),
      lists: fc.record({
        of: fc.record(
          Object.fromEntries(ids.map((id) => [id, fc.constantFrom('a', 'a', 'b', undefined)])),
        ),
        gone: fc.boolean(),
        whole: fc.boolean(),
        empty: fc.subarray<'a' | 'b'>(['a', 'b']),
      }),
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

const endedBy = { a: { status: 'ended', note: null }, b: { code: 'ended' } } as const;

/** What a message says of its lists: the ids on each, or those gone from it. */
function listingsOf({ said, lists }: Run): Listing[] {
  return (['a', 'b'] as const).flatMap((row) => {
    const ofRow = new Set(said.map(({ id }) => id).filter((id) => lists.of[id] === row));
    if (ofRow.size === 0 && !lists.empty.includes(row)) return [];
    const gone = lists.gone && !lists.whole;
    return {
      scope: 'Patient/p',
      row,
      type: 'Observation',
      whole: lists.whole,
      listed: gone ? [] : [...ofRow],
      gone: gone ? [...ofRow] : [],
      ended: endedBy[row],
    };
  });
}

type Json = Record<string, unknown>;
const text = JSON.stringify;
const nameOf = ({ system = '', value }: Json) => `${system}|${value}`;

function joined(before: unknown, newer: unknown): unknown {
  if (!Array.isArray(before) || !Array.isArray(newer))
    return { ...(before as Json), ...(newer as Json) };
  const names = newer.map(nameOf);
  return [...newer, ...before.filter((item) => !names.includes(nameOf(item)))];
}

function naiveApply(resource: Json, { set, remove, whole, initial, joins, without }: Contribution) {
  let after: Json = whole ? {} : structuredClone(resource);
  for (const name of remove) {
    const [element = '', member] = name.split('.');
    if (member === undefined) delete after[element];
    else delete (after[element] as Json | undefined)?.[member];
    if (text(after[element]) === '{}') delete after[element];
  }
  for (const taken of (without?.identifier ?? []) as Json[]) {
    const kept = ((after.identifier ?? []) as Json[]).filter((item) =>
      Object.keys(taken).some((key) => taken[key] !== item[key]),
    );
    if (kept.length === 0) delete after.identifier;
    else after.identifier = kept;
  }
  for (const [name, value] of Object.entries(structuredClone(set)))
    after[name] = joins?.includes(name) && name in after ? joined(after[name], value) : value;
  after = { ...structuredClone(initial ?? {}), ...after };
  return after;
}

/** The oracle: plain values, no short cuts. */
function naiveFold(done: readonly Run[], id: string): Record<string, unknown> | undefined {
  const latest = done.filter(
    (run) => !done.some((o) => o.message === run.message && o.generation > run.generation),
  );
  latest.sort((left, right) => left.message - right.message);
  let resource: Json | undefined;
  const stood = { a: false, b: false };
  for (const run of latest) {
    for (const one of run.said) if (one.id === id) resource = naiveApply(resource ?? {}, one);
    for (const { row, whole, listed, gone } of listingsOf(run)) {
      const key = row as 'a' | 'b';
      if (whole && stood[key] && !listed.includes(id) && resource !== undefined) {
        for (const [name, value] of Object.entries(endedBy[key])) {
          if (value === null) delete resource[name];
          else resource[name] = value;
        }
      }
      stood[key] = listed.includes(id) || (stood[key] && !whole && !gone.includes(id));
    }
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
  runs.map((run) =>
    workOf(
      nth * 100 + run.message,
      run.generation,
      run.said.map((one) => ({ ...one, id: own(one.id, nth) })),
      listingsOf(run).map((list) => ({
        ...list,
        scope: `Patient/p-${nth}`,
        listed: list.listed.map((id) => own(id, nth)),
        gone: list.gone.map((id) => own(id, nth)),
      })),
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
      { numRuns: 120 },
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
