// Goal: a reader that translates keeps one read transaction for a turn of the event loop, no
// longer, and never answers from the past what releases there are.
// Method: a writer publishes beside it between two look-ups of one turn; the checkpoint that a kept
// reader would hold up goes through when the turn is over.
import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { openTerminology, translateByMap } from '../../../../transforms/terminology/store/index.ts';
import { conceptMap, type Opened, openStore } from './opened.ts';

const publish = async (opened: Opened, version: string) => {
  const element = [{ code: '1', target: [{ code: `v${version}`, equivalence: 'equal' }] }];
  const report = await opened.importJson(conceptMap(element, { version }));
  assert.equal(report.outcome, 'imported');
};

/** Frames of the log that could not go to the file; a reader of an older moment holds them up. */
const heldUp = ({ store }: Opened): number => {
  const [{ log, checkpointed }] = store.db.pragma('wal_checkpoint(PASSIVE)') as [
    { log: number; checkpointed: number },
  ];
  return log - checkpointed;
};

describe('a reader that translates', () => {
  it('sees what was published since, in the same turn', async () => {
    using opened = openStore();
    await publish(opened, '1');
    const { file, key } = opened;
    using reader = openTerminology({ file, key, readonly: true, isTranslator: true });
    const codeOf = (version: string) => {
      const map = reader.knowledge.conceptMap('urn:test:map', version);
      return map && translateByMap(map, 'urn:test:local', '1').targets[0]?.code;
    };
    const pinned = reader.knowledge.conceptMap('urn:test:map', '1')!;
    for (let version = 2; version < 6; version += 1) {
      assert.equal(translateByMap(pinned, 'urn:test:local', '1').targets[0]?.code, 'v1');
      assert.ok(reader.db.inTransaction);
      assert.equal(codeOf(String(version)), undefined);
      await publish(opened, String(version));
      assert.equal(codeOf(String(version)), `v${version}`);
      const wanted = { version: String(version), offset: 0, count: 9 };
      assert.equal(reader.knowledge.search('ConceptMap', wanted).total, 1);
    }
  });

  it('lets go of its moment when the turn is over, or after many look-ups', async () => {
    using opened = openStore();
    await publish(opened, '1');
    const { file, key } = opened;
    using reader = openTerminology({ file, key, readonly: true, isTranslator: true });
    const map = reader.knowledge.conceptMap('urn:test:map', '1')!;
    const ask = () => translateByMap(map, 'urn:test:local', '1').outcome;
    assert.equal(ask(), 'mapped');
    opened.store.db.prepare('DELETE FROM import').run();
    opened.store.db.pragma('user_version = 1');
    assert.ok(heldUp(opened) > 0);
    for (let at = 0; at < 10_001; at += 1) ask();
    assert.equal(heldUp(opened), 0);
    assert.ok(reader.db.inTransaction);
    await setImmediate();
    assert.ok(!reader.db.inTransaction);
    assert.equal(ask(), 'mapped');
  });
});
