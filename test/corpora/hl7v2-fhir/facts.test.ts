// Goal: what a message says arrives in FHIR, as another converter's authors read it too. Method:
// facts (identifiers, names, status, values, ...) are taken by FHIRPath from the expected bundle of
// each message, and must be stated by ours, or be a difference that is argued in `differences.ts`.
// To read what fails, a line a fact:
//   PLEXUS_CORPORA=... npm run facts [WORD] [FACT]
import assert from 'node:assert/strict';
import { differences } from './differences.ts';
import { factCounts } from './fact-counts.ts';
import { measure, measureDataTypes, ratio, shareByType, shareOf } from './measure.ts';

/** Share of the facts that must hold. */
const least = 0.95;

describe('facts of the expected bundles', () => {
  const whole = measure();
  const single = measureDataTypes();

  it('hold', () => {
    console.log(shareByType(whole));
    assert.ok(ratio(shareOf(whole)) >= least);
  });

  it('hold of single data types', () => {
    console.log(shareByType(single));
    assert.ok(ratio(shareOf(single)) >= least);
  });

  it('are as many as they were', () => {
    const found: Record<string, number> = {};
    for (const { type, judged } of [...whole, ...single])
      found[type] = (found[type] ?? 0) + judged.length;
    assert.deepEqual(found, factCounts);
  });

  it('differ where we mean them to differ', () => {
    const missed = [...whole, ...single].flatMap(({ judged }) =>
      judged.filter(({ holds }) => !holds).map(({ reason }) => reason),
    );
    const idle = differences.filter(({ reason }) => !missed.includes(reason));
    assert.deepEqual(
      idle.map(({ reason }) => reason),
      [],
    );
  });
});
