import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type MessageId, messageId, parseMessageId, partitionOf } from '../../engine/index.ts';

// Goal: an id names its partition, and ids grow with partition and sequence.
// Method: properties over the whole range that a partition and a sequence can take.
describe('message ids', () => {
  const partition = fc.integer({ min: 1, max: 131_000 });
  const sequence = fc.integer({ min: 1, max: 2 ** 36 - 1 });

  it('name their partition and read back from text', () => {
    fc.assert(
      fc.property(partition, sequence, (no, seq) => {
        const id = messageId(no, seq);
        assert.equal(partitionOf(id), no);
        assert.equal(parseMessageId(String(id)), id);
      }),
    );
  });

  it('refuse text that is no id', () => {
    for (const text of ['', '-1', '0', '1.5', 'abc', '99999999999999999']) {
      assert.equal(parseMessageId(text), undefined satisfies MessageId | undefined);
    }
  });
});
