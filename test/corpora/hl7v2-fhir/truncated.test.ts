// Goal and method as in test/transforms/mapping/convert/truncated.test.ts, with 100 messages of the
// corpora and 1,000 cuts over all of them, or with PLEXUS_CUTS=1000 (minutes) of each: no
// exception, and no value that the rest of the message does not have.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import fc from 'fast-check';
import { convertBytes, loadMapping } from '../../../transforms/mapping/index.ts';
import { invented } from '../../transforms/mapping/derivable.ts';
import { complete } from './complete.ts';
import { repository, samples } from './corpus.ts';

const base = loadMapping(join(repository, 'config'), 'base');
/** Of each message. */
const cuts = Number(process.env.PLEXUS_CUTS ?? 10);

describe('messages of the corpora that were cut off', () => {
  const whole = [
    ...samples('microsoft'),
    ...samples('reportstream').map((one) => ({ ...one, bytes: complete(one.bytes) })),
  ].slice(0, 100);

  it('are a hundred', () => assert.equal(whole.length, 100));

  for (const [at, { file, bytes }] of whole.entries()) {
    it(`make no value that they do not have: ${file}`, () => {
      fc.assert(
        fc.property(fc.integer({ min: 0, max: bytes.length }), (end) => {
          const rest = bytes.subarray(0, end);
          const { bundle } = convertBytes(base, rest);
          assert.deepEqual(invented(bundle, rest.toString()), []);
        }),
        { numRuns: cuts, seed: 20261123 + at },
      );
    });
  }
});
