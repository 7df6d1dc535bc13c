// Goal: what a message says arrives in FHIR, as another converter's authors read it too. Method:
// facts (identifiers, names, status, values, ...) are taken by FHIRPath from the expected bundle of
// each message, and must be stated by ours, or be a difference that is argued in `differences.ts`.
// To read what fails, a line a fact:
//   PLEXUS_CORPORA=... ./bin/node24 test/corpora/hl7v2-fhir/show-facts.ts [WORD] [FACT]
import assert from 'node:assert/strict';
import { measure, measureDataTypes, ratio, shareByType, shareOf } from './measure.ts';

/** Share of the facts that must hold; 0.95 is the aim, and this only ever rises. */
const least = 0.06;
const leastOfDataTypes = 0.5;

describe('facts of the expected bundles', () => {
  it('hold', () => {
    const measured = measure();
    console.log(shareByType(measured));
    assert.ok(ratio(shareOf(measured)) >= least);
  });

  it('hold of single data types', () => {
    const measured = measureDataTypes();
    console.log(shareByType(measured));
    assert.ok(ratio(shareOf(measured)) >= leastOfDataTypes);
  });
});
