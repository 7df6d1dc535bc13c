import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { type DatabaseHandle, openDatabase } from '../../../../engine/index.ts';
import {
  baseModel,
  builtInPolicy,
  normalisePerson,
  openShadowLog,
  type PastQuestion,
  type PersonRecord,
  type PreviewChange,
  pastQuestions,
  preview,
  type Ruling,
  scorerOf,
  shadowLogSchema,
  shadowNotes,
} from '../../../../transforms/identity/index.ts';
import {
  type IdentityRegistry,
  type Occasion,
  openRegistry,
  recordsSince,
} from '../../../../transforms/identity/registry/index.ts';

// Goal: the past is asked again as it was put: each pair of records once, automatic links taken for
// open and the sources' own for settled, and nothing is written. Method: random small histories in
// a real registry, everybody found by everybody; then one link that a stricter policy would review.

const at = (atUs: number): Occasion => ({
  atUs,
  cause: { kind: 'message', message: atUs, generation: 0 },
});

function personOf(given: string, ssn?: string, birthDate = '1980-02-03'): PersonRecord {
  return normalisePerson({
    names: [{ given, family: 'Diaz' }],
    birthDate,
    addresses: [{ line: '1 Mill Road', city: 'Mill', postalCode: '12345' }],
    identifiers: ssn === undefined ? [] : [{ system: 'urn:ssn', value: ssn, type: 'SS' }],
  });
}

describe('the questions of the past', () => {
  const dir = mkdtempSync(join(tmpdir(), 'plexus-past-'));
  let db: DatabaseHandle;
  let registry: IdentityRegistry;
  let files = 0;
  beforeEach(open);
  after(() => {
    db.close();
    rmSync(dir, { recursive: true });
  });

  function open(): void {
    db?.close();
    files += 1;
    db = openDatabase(join(dir, `${files}.db`), {
      key: Buffer.alloc(32, 1),
      synchronous: 'NORMAL',
    });
    registry = openRegistry(db, { clusterMax: 30 });
  }

  const see = (atUs: number, attributes: PersonRecord) =>
    registry.see(
      {
        ...{ system: 'urn:mr', value: `r${atUs}`, attributes },
        ...{ fingerprint: atUs, normalisation: 1, facility: atUs % 2 ? 'north' : 'west' },
      },
      at(atUs),
    );

  function ask(sinceUs: number): PastQuestion[] {
    const all = recordsSince(db, 0);
    const records = recordsSince(db, sinceUs);
    return [...pastQuestions({ registry, records, find: () => all })];
  }

  it('put each pair once, with the younger, and never what a source has joined', () => {
    const step = fc.record({
      kind: fc.constantFrom('see', 'see', 'auto', 'source', 'review', 'change'),
      a: fc.nat(20),
      b: fc.nat(20),
      given: fc.constantFrom('Ana', 'Mia'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 14 }), fc.nat(14), (steps, since) => {
        open();
        const settled: [number, number][] = [];
        let count = 0;
        db.transaction(() => {
          for (const [index, { kind, a, b, given }] of steps.entries()) {
            const [x, y] = [(a % Math.max(count, 1)) + 1, (b % Math.max(count, 1)) + 1];
            if (kind === 'see') {
              see(index + 1, personOf(given));
              count += 1;
            } else if (count === 0) continue;
            else if (kind === 'change') {
              const sighting = { fingerprint: 100 + index, normalisation: 1, facility: 'north' };
              registry.change(x, { attributes: personOf(given), ...sighting }, at(index + 1));
            } else if (registry.personOf(x) !== registry.personOf(y)) {
              registry.link([{ a: x, b: y, weight: 9 }], kind, at(index + 1));
              if (kind !== 'auto') settled.push([x, y]);
            }
          }
        })();
        const events = db.prepare('SELECT count(*) FROM event').pluck().get();
        const asked = recordsSince(db, since);
        const pairs: string[] = [];
        for (const { subject, candidates } of ask(since)) {
          const { record } = subject.record;
          assert.ok(asked.includes(record));
          for (const { record: other } of candidates.flatMap(({ members }) => members)) {
            assert.ok(other < record || !asked.includes(other), 'the younger asks');
            pairs.push([record, other].sort().join());
          }
        }
        assert.equal(new Set(pairs).size, pairs.length, 'each pair once');
        for (const pair of settled) assert.ok(!pairs.includes([...pair].sort().join()));
        assert.equal(db.prepare('SELECT count(*) FROM event').pluck().get(), events);
      }),
      { numRuns: 100 },
    );
  });

  it('show what a stricter policy would have reviewed and a laxer one asked', () => {
    const first = see(1, personOf('Ana', '123-45-6789'));
    const second = see(2, personOf('Ana', '123-45-6789'));
    see(3, personOf('Ana', undefined, '2011-07-19'));
    registry.link([{ a: first, b: second, weight: 30 }], 'auto', at(2));
    const scorer = scorerOf(baseModel());
    const ruling = (high: number, low: number): Ruling => ({
      policy: { ...builtInPolicy, thresholds: { ...builtInPolicy.thresholds, high, low } },
      scorer,
    });
    const changes: PreviewChange[] = [];
    const live = ruling(0.99, 0.98);
    const summary = preview(live, ruling(1, 0.98), ask(0), (change) => changes.push(change));
    assert.deepEqual(summary.changes, { 'auto->review': 1 });
    assert.deepEqual(summary.bySource, { west: { 'auto->review': 1 } });
    assert.deepEqual([changes[0]!.record, changes[0]!.person], [2, registry.personOf(first)]);
    const laxer = preview(live, ruling(0.99, 0), ask(0), (change) => changes.push(change));
    assert.deepEqual(laxer.changes, { 'distinct->review': 1 });
    assert.ok(changes[1]!.vetoesAfter.some(({ id }) => id === 'birth-date-conflict'));
    assert.deepEqual(ask(4), []);
  });

  it('are kept when a shadow answered them otherwise', () => {
    assert.deepEqual([...shadowNotes(db, 'p', 0)], [], 'no shadow has ever been asked');
    db.exec(shadowLogSchema);
    const log = openShadowLog(db, 'p');
    const found = {
      ...({ record: 1, person: 'x', from: 'auto', to: 'review', reasons: [] } as const),
      vetoesBefore: [],
      vetoesAfter: [{ id: 'similar-twins' }, { id: 'suffix-conflict' }],
    };
    log.note(5, [found, { ...found, record: 2, vetoesAfter: [] }]);
    openShadowLog(db, 'q').note(6, [found]);
    const kept = { person: 'x', was: 'auto', said: 'review' };
    assert.deepEqual(
      [...shadowNotes(db, 'p', 5)],
      [
        { ...kept, atUs: 5, record: 1, vetoes: ['similar-twins', 'suffix-conflict'] },
        { ...kept, atUs: 5, record: 2, vetoes: [] },
      ],
    );
    assert.deepEqual([...shadowNotes(db, 'p', 6)], []);
    assert.equal([...shadowNotes(db, 'q', 0)].length, 1);
  });
});
