// Goal: what the base carries out of HL7's mapping tables does not shrink unnoticed. Method: the
// measure of `npm run coverage:v2`: each row that is left has its reason in reasons.ts, and of the
// maps in use nine rows in ten are carried out.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { loadMapping } from '../../../transforms/mapping/index.ts';
import { measureSegments } from './measure.ts';
import { mapLeft } from './reasons.ts';

describe('coverage of the mapping tables', () => {
  it('is nine rows in ten, and the rest is argued', () => {
    const measured = measureSegments(loadMapping(join(import.meta.dirname, 'config'), 'whole'), '');
    const used = measured.filter(({ row }) => mapLeft(row.map) === undefined);
    const covered = used.filter(({ verdict }) => verdict.kind === 'covered');
    const left = used.flatMap(({ row, verdict }) =>
      verdict.kind === 'left' ? [{ ...row, reason: verdict.reason }] : [],
    );
    assert.ok(covered.length >= 0.9 * (covered.length + left.length), `${covered.length}`);
    const silent = left.filter(({ reason }) => reason === undefined);
    assert.deepEqual(
      silent.map(({ map, source, target }) => `${map} ${source} -> ${target}`),
      [],
    );
    // Half a minute of work, and more on a machine that has other things to do.
  }).timeout(900_000);
});
