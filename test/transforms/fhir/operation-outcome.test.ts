// Goal: every issue reaches a reader as a valid OperationOutcome issue. Method: a table of codes
// and paths, and the invariant that an outcome holds at least one issue.
import assert from 'node:assert/strict';
import type { Issue } from '../../../engine/index.ts';
import { toOperationOutcome } from '../../../transforms/fhir/index.ts';

const issue = (code: string, path?: string): Issue => ({
  severity: 'error',
  code,
  diagnostics: 'a sentence',
  ...(path === undefined ? {} : { path }),
});

describe('toOperationOutcome', () => {
  it('types an issue by its code', () => {
    const expected = [
      ['patient-identifier-missing', 'required'],
      ['message-type-unsupported', 'not-supported'],
      ['code-unmapped', 'code-invalid'],
      ['identity-conflict', 'conflict'],
      ['fhir-json-invalid', 'invalid'],
      ['stage-bug', 'exception'],
      ['something-else', 'processing'],
    ] as const;
    const outcome = toOperationOutcome(expected.map(([code]) => issue(code)));
    assert.deepEqual(
      outcome.issue.map((item) => [item.details?.coding?.[0]?.code, item.code]),
      expected,
    );
  });

  it('keeps HL7 paths and FHIRPaths apart', () => {
    const outcome = toOperationOutcome([
      issue('x', 'OBX[3]-5.1'),
      issue('x', 'Bundle.entry[0]'),
      issue('x'),
    ]);
    const [hl7, fhir, none] = outcome.issue;
    assert.deepEqual([hl7?.location, hl7?.expression], [['OBX[3]-5.1'], undefined]);
    assert.deepEqual([fhir?.location, fhir?.expression], [undefined, ['Bundle.entry[0]']]);
    assert.deepEqual([none?.location, none?.expression], [undefined, undefined]);
  });

  it('says that all is well where nothing is wrong', () => {
    assert.deepEqual(
      toOperationOutcome([]).issue.map((item) => item.severity),
      ['information'],
    );
  });
});
