// Goal: the compiler gives what HL7's R4 FHIRPath tests expect, and the score is known.
// Method: every test whose resource is at hand is judged; the score is printed, and the misses are
// pinned by name with their reasons, so that one more or one less is noticed.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { judge, type Verdict } from './judge.ts';
import { misses } from './misses.ts';
import { readSuite } from './suite.ts';

const corpora =
  process.env.PLEXUS_CORPORA ?? join(import.meta.dirname, '../../../../shared/corpora');
const folder = join(corpora, 'fhirpath');
const file = join(folder, 'tests-fhir-r4.xml');

describe('HL7’s R4 FHIRPath tests', () => {
  const verdicts: Verdict[] = [];

  before(() => {
    assert.ok(existsSync(file), 'no corpus: set PLEXUS_CORPORA');
    for (const test of readSuite(file)) verdicts.push(judge(join(folder, 'examples'), test));
  });

  const of = (outcome: Verdict['outcome']): Verdict[] =>
    verdicts.filter((verdict) => verdict.outcome === outcome);

  it('are met but for the misses that are listed', () => {
    const missed = of('missed').map(({ test }) => test.name);
    const unlisted = of('missed').filter(({ test }) => !(test.name in misses));
    assert.deepEqual(
      unlisted.map(({ test, said }) => `${test.name}: ${test.expression} gave ${said}`),
      [],
    );
    assert.deepEqual(missed.toSorted(), Object.keys(misses).toSorted());
  });

  it('are met by at least 95 % of those that the compiler claims', () => {
    const [met, missed, left] = [of('met').length, of('missed').length, of('left').length];
    const claimed = met + missed;
    const score = ((100 * met) / claimed).toFixed(1);
    process.stdout.write(
      `HL7 R4 FHIRPath tests: ${met} of ${claimed} claimed (${score} %), ` +
        `${left} left to fhirpath.js, ${of('no-input').length} without their resource\n`,
    );
    assert.ok(met / claimed >= 0.95);
  });
});
