// Goal: the hash of what a release means is the one that earlier versions sealed releases with.
// Method: a property over texts of every kind: the hash is computed here once more, row by row as
// JSON.stringify writes it; a release of more rows than one text holds is among them.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import type { Json } from '../../../../transforms/terminology/knowledge.ts';
import { contentTables } from '../../../../transforms/terminology/store/schema.ts';
import { hashContent, meaningOf } from '../../../../transforms/terminology/store/seal.ts';
import { codeSystem, conceptMap, type Opened, openStore } from './opened.ts';

function rowByRow({ store: { db } }: Opened, release: number): string {
  const hash = createHash('sha256');
  const resource = db.prepare('SELECT resource FROM release WHERE id = ?').pluck().get(release);
  hash.update(`${meaningOf(JSON.parse(String(resource)))}\n`);
  for (const [table, order] of Object.entries(contentTables)) {
    hash.update(`${table}\n`);
    const rows = db.prepare(`SELECT * FROM ${table} WHERE release = ? ORDER BY ${order}`).raw();
    for (const row of rows.all(release) as unknown[][]) {
      const cells = row.map((cell) =>
        cell instanceof Uint8Array ? Buffer.from(cell).toString('base64') : cell,
      );
      hash.update(`${JSON.stringify([0, ...cells.slice(1)])}\n`);
    }
  }
  return hash.digest('hex');
}

const unlike = [
  '\0',
  '\x1f',
  '\x7f',
  '\b\f\n\r\t',
  '"',
  '\\',
  '/',
  "'",
  '\u2028',
  '😀',
  'é',
  '],[',
];
const text = fc
  .array(fc.oneof(fc.constantFrom(...unlike), fc.string({ unit: 'binary' })), { maxLength: 5 })
  .map((parts) => parts.join(''));

describe('the hash of a release', () => {
  it('is the one of its rows as JSON, whatever their texts', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 8 }), async (texts) => {
        using opened = openStore();
        const concepts = texts.map((display, at) => ({
          ...{ code: `c${at}`, display, designation: [{ language: 'de', value: display }] },
          ...{ property: [{ code: 'note', valueString: display }], definition: display },
          concept: [{ code: `d${at}` }],
        }));
        const elements = texts.map(
          (comment, at): Json => ({
            ...{ code: `s${at}`, display: comment },
            target: [{ code: 'c0', equivalence: 'equal', comment }],
          }),
        );
        await opened.importJson(codeSystem(concepts), conceptMap(elements));
        const ids = opened.store.db.prepare('SELECT id FROM release').pluck().all() as number[];
        assert.equal(ids.length, 2);
        for (const id of ids) assert.equal(hashContent(opened.store.db, id), rowByRow(opened, id));
      }),
      { numRuns: 15 },
    );
  });

  it('is so of more rows than one text holds, and of many beside one concept', async () => {
    using opened = openStore();
    const property = Array.from({ length: 2_500 }, (_, at) => ({ code: 'n', valueInteger: at }));
    const many = Array.from({ length: 3_001 }, (_, at) => ({ code: `c${at}` }));
    await opened.importJson(codeSystem([{ code: 'a', property }, ...many]));
    const id = opened.store.db.prepare('SELECT id FROM release').pluck().get() as number;
    assert.equal(hashContent(opened.store.db, id), rowByRow(opened, id));
    assert.deepEqual(opened.store.verify(), { releases: 1, damaged: [] });
  });
});
