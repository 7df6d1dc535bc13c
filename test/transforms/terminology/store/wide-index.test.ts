// Goal: a store that an earlier version made, whose index of answers is narrow, answers the same,
// and gets the wide index from the next writer, once. Method: the old index put back by hand; the
// same translations read before and after, by a reader and by a writer.
import assert from 'node:assert/strict';
import { openTerminology, translateByMap } from '../../../../transforms/terminology/store/index.ts';
import { conceptMap, type Opened, openStore } from './opened.ts';

const indexOf = ({ db }: Opened['store']) =>
  (db.pragma(`index_info('mapping_code')`) as { name: string }[]).map(({ name }) => name);

const answers = ({ knowledge }: Opened['store']) => {
  const map = knowledge.conceptMap('urn:test:map', '1');
  assert.ok(map !== undefined);
  return ['1', '2', '3', '4'].map((code) => translateByMap(map, 'urn:test:local', code));
};

describe('the index of answers', () => {
  it('is narrow in an older store: read all the same, and widened by a writer', async () => {
    using opened = openStore();
    const map = conceptMap([
      { code: '2', target: [{ code: 'b', equivalence: 'wider', comment: 'c' }] },
      { code: '1', display: 'One', target: [{ code: 'a', display: 'A', equivalence: 'equal' }] },
      { code: '3', target: [{ equivalence: 'unmatched' }] },
      { code: '2', target: [{ code: 'd', equivalence: 'wider' }] },
    ]);
    assert.equal((await opened.importJson(map)).outcome, 'imported');
    const told = answers(opened.store);
    const outcomes = told.map(({ outcome }) => outcome);
    assert.deepEqual(outcomes, ['mapped', 'ambiguous', 'unmatched', 'unmapped']);
    const wide = indexOf(opened.store);
    opened.store.db.exec(
      'DROP INDEX mapping_code; CREATE INDEX mapping_code ON mapping(release, code)',
    );
    const { file, key } = opened;
    using reader = openTerminology({ file, key, readonly: true });
    assert.deepEqual(indexOf(reader), ['release', 'code']);
    assert.deepEqual(answers(reader), told);
    using writer = openTerminology({ file, key });
    assert.deepEqual(indexOf(writer), wide);
    assert.deepEqual(answers(writer), told);
    assert.deepEqual(answers(reader), told);
    assert.deepEqual(writer.verify().damaged, []);
  });
});
