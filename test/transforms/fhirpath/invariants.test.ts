// Goal: the invariants of R4 core run as closures, none by name left to fhirpath.js.
// Method: every expression of the definitions is compiled; what is refused or wrong is listed.
import assert from 'node:assert/strict';
import { compilePath, isPathIssue } from '../../../transforms/fhirpath/index.ts';
import { coreInvariants } from './core-invariants.ts';

/** Invariants that are left, each with its reason. */
const refused = [
  // Of the back-ported subscriptions, which the package adds: it names resources of R4B.
  'dom-r4b: There is no type Citation.',
];

describe('invariants of R4 core', () => {
  it('are all compiled but those that are listed', () => {
    const left: string[] = [];
    const expressions = new Map(coreInvariants().map(({ key, expression }) => [expression, key]));
    for (const [expression, key] of expressions) {
      const path = compilePath(expression);
      if (isPathIssue(path)) left.push(`${key}: ${path.diagnostics}`);
      else if (!path.compiled) left.push(`${key}: ${path.refused}`);
    }
    assert.ok(expressions.size > 200);
    assert.deepEqual(left, refused);
  });
});
