// Goal: defects of every kind of type, choice, reference, Bundle, narrative and extension are said
// where they stand, and what looks like one and is right is taken.
// Method: planted.ndjson, a case a line: what it is, exactly what must be said of it (severity,
// code and expression), and the resource as its sender would write it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseFaithfully } from '../../../transforms/fhir/index.ts';
import { createDefinitions, createValidator } from '../../../transforms/validation/index.ts';

const definitions = createDefinitions();
const validator = createValidator({ definitions, valueSets: definitions.valueSets });
const lines = readFileSync(join(import.meta.dirname, 'planted.ndjson'), 'utf8')
  .trim()
  .split('\n');

type Case = readonly [what: string, said: readonly string[], resource: unknown];

describe('planted cases', () => {
  for (const line of lines) {
    const [what, said, resource] = parseFaithfully(line) as Case;
    it(`${what}: ${said.join(', ') || 'nothing'}`, () => {
      const found = validator
        .validate(resource)
        .issues.map(({ severity, code, path }) => `${severity} ${code} ${path}`);
      assert.deepEqual(found.sort(), said);
    });
  }

  it('answers to a Questionnaire are left open, not passed', () => {
    const { unchecked } = validator.validate({
      resourceType: 'QuestionnaireResponse',
      questionnaire: 'http://a.example/q',
      status: 'completed',
    });
    assert.deepEqual(
      unchecked.map(({ path }) => path),
      ['QuestionnaireResponse.questionnaire'],
    );
  });
});
