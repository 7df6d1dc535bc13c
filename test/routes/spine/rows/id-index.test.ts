// Goal: the spine finds every resource by its id, whether the id is in the index already or waits
// for its sweep, for two writers in turn, for a reader, after a lost transaction and after a crash.
// Method: random runs of two writers on one real file with so few places to wait that nearly every
// commit sweeps; a map is the oracle.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import fc from 'fast-check';
import { type DatabaseHandle, openDatabase } from '../../../../engine/index.ts';
import {
  type IdIndex,
  idIndexSchema,
  openIdIndex,
} from '../../../../routes/spine/rows/id-index.ts';
import { packId, spineSchema } from '../../../../routes/spine/rows/schema.ts';
import { prepareShowing } from '../../../../routes/spine/rows/statements.ts';
import { key, temporaryFolder } from '../spine-fixture.ts';

type Writer = { readonly db: DatabaseHandle; readonly ids: IdIndex };
type Named = { readonly type: number; readonly id: string };

const named: fc.Arbitrary<Named> = fc.record({
  type: fc.integer({ min: 1, max: 2 }),
  id: fc.oneof(
    { weight: 4, arbitrary: fc.uuid() },
    fc.constantFrom('a', 'ab', 'pat-1', 'ünicode', '0b6f3a52-2d5e-5f6c-8a1b-000000000001'),
  ),
});
const turn = fc.record({
  writer: fc.constantFrom(0, 1),
  adds: fc.array(named, { maxLength: 12 }),
  end: fc.constantFrom('commit', 'commit', 'commit', 'lost'),
});

describe('the index of ids', () => {
  const dataDir = temporaryFolder();
  let files = 0;

  function open(file: string): Writer {
    const db = openDatabase(file, { key });
    db.exec(spineSchema + idIndexSchema);
    return { db, ids: openIdIndex(db, 8) };
  }

  /** One transaction; answers with what it added. */
  function run({ db, ids }: Writer, adds: readonly Named[]): Map<string, number> {
    const add = db.prepare(
      'INSERT INTO resource(no, type, id, last, current, newest) VALUES(?, ?, ?, 1, 1, 1)',
    );
    const added = new Map<string, number>();
    db.exec('BEGIN IMMEDIATE');
    ids.refresh();
    for (const { type, id } of adds) {
      if (ids.find(type, id) !== undefined) continue;
      const no = ids.last + 1;
      add.run(no, type, packId(id));
      ids.add(type, id, no);
      added.set(`${type}/${id}`, no);
    }
    ids.committing();
    return added;
  }

  it('finds what was committed, and nothing else', () => {
    fc.assert(
      fc.property(fc.array(turn, { maxLength: 12 }), (turns) => {
        const file = join(dataDir, `${files++}.db`);
        const writers = [open(file), open(file)];
        const oracle = new Map<string, number>();
        for (const { writer: nth, adds, end } of turns) {
          const writer = writers[nth]!;
          const added = run(writer, adds);
          if (end === 'commit') {
            writer.db.exec('COMMIT');
            for (const [name, no] of added) oracle.set(name, no);
          } else {
            // As `stageStore` does after a failure: the handle goes, with all that was on it.
            writer.db.close();
            writers[nth] = open(file);
          }
          const find = prepareShowing(writers[0]!.db).find;
          for (const { ids } of writers) ids.refresh();
          for (const { type, id } of turns.flatMap((one) => one.adds)) {
            const expected = oracle.get(`${type}/${id}`);
            for (const { ids } of writers) assert.equal(ids.find(type, id), expected);
            assert.equal(find.get({ type, id: packId(id) })?.no, expected);
          }
        }
        for (const { db } of writers) db.close();
      }),
      { numRuns: 60 },
    );
  });
});
