// Goal: the closures give what fhirpath.js gives: for the invariants of R4 core on every element
// they stand on, and for expressions of operators and functions at random.
// Method: properties over generated resources, with fhirpath.js as oracle. What is left out is
// where the two differ and we hold ours for right; each is named where it is left out.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type CompiledPath,
  compilePath,
  isPathIssue,
  makeNode,
  r4Model,
  resourceNode,
} from '../../../transforms/fhirpath/index.ts';
import { coreInvariants, type Invariant } from './core-invariants.ts';
import { oracle, told } from './oracle.ts';
import { someExpression } from './some-expression.ts';
import { elementsOf, someResource } from './some-resource.ts';

const leftOut = new Set([
  // fhirpath.js refuses `descendants().as(canonical)`, which R4 writes.
  'dom-3',
  // Not of R4: it names resources of R4B.
  'dom-r4b',
  // fhirpath.js compares quantities without UCUM's system as objects, by which each is `<=` each.
  'rng-2',
  // fhirpath.js has no server to ask where `resolve()` is met, and fails.
  'ctm-1',
  // It reads regular expressions with the flag `u`, which refuses the escapes that these write.
  'eld-16',
  'eld-19',
  'eld-20',
]);

const invariants = coreInvariants().filter(({ key }) => !leftOut.has(key));
const byType = Map.groupBy(invariants, ({ type }) => type);

/** What invariants compare with, so that both sides of a condition are met. */
const words = [
  ...new Set(invariants.flatMap(({ expression }) => expression.match(/'[^'\\]{1,40}'/g) ?? [])),
].map((quoted) => quoted.slice(1, -1));

function onType(name: string): readonly Invariant[] {
  const found: Invariant[] = [];
  for (let type = r4Model().type(name); type !== undefined; type = type.base)
    found.push(...(byType.get(type.name) ?? []));
  return found;
}

const compiled = new Map<string, CompiledPath>();

function pathOf(expression: string): CompiledPath {
  const path = compiled.get(expression) ?? compilePath(expression);
  assert.ok(!isPathIssue(path));
  compiled.set(expression, path);
  return path;
}

const oracles = new Map<string, ReturnType<typeof oracle>>();

function oracleOf(expression: string, base: string | undefined): ReturnType<typeof oracle> {
  const key = `${base} ${expression}`;
  const made = oracles.get(key) ?? oracle(expression, base);
  oracles.set(key, made);
  return made;
}

// The bases that carry most traffic; all others of R4 are run by turns.
const clinical = 'Patient Observation Encounter Condition MedicationRequest Bundle Questionnaire';
const resources = [...new Set(invariants.map(({ type }) => type))].filter(
  (name) => r4Model().type(name)?.isResource && !/^(?:Domain)?Resource$/.test(name),
);

describe('compiled FHIRPath beside fhirpath.js', () => {
  it('judges generated resources of R4 alike by all invariants of R4 core', () => {
    const property = fc.property(
      fc.gen(),
      fc.constantFrom(...clinical.split(' '), ...resources),
      (choose, name) => {
        const resource = someResource(choose, name, { texts: words, siblings: 6 });
        const root = resourceNode(r4Model(), resource);
        const environment = { resource: root, rootResource: root };
        for (const { type, value, extra } of elementsOf(resource)) {
          // fhirpath.js takes no primitive with its sibling as the start of an expression.
          if (type.system !== undefined) continue;
          for (const { key, expression } of onType(type.name)) {
            const base = type.isResource ? undefined : type.name;
            const node = makeNode(type, value, extra);
            const ours = told(pathOf(expression).evaluate(node, environment));
            const theirs = oracleOf(expression, base)(value, environment);
            assert.equal(ours, theirs, `${key} on ${type.name}: ${expression}`);
          }
        }
      },
    );
    fc.assert(property, { numRuns: 12, endOnFailure: true });
  });

  it('evaluates expressions at random alike', () => {
    const kinds = fc.constantFrom('number', 'text', 'truth', 'date', 'list');
    const property = fc.property(fc.gen(), kinds, (choose, kind) => {
      // fhirpath.js holds a value with an id beside it for another one than the same without.
      const texts = ['a', 'b', 'abc', 'Peter', '1', 'x y'];
      const patient = someResource(choose, 'Patient', { texts, siblings: 0 });
      const expression = someExpression(choose, kind, 3);
      const path = compilePath(expression);
      const root = resourceNode(r4Model(), patient);
      const ours = isPathIssue(path) ? 'error' : told(path.evaluate(root));
      assert.equal(ours, oracle(expression, undefined)(patient, {}), expression);
    });
    fc.assert(property, { numRuns: 100, endOnFailure: true });
  });
});
