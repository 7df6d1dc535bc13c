// Goal: what callers of the compiler rely on: typed nodes, the siblings of primitives, exact
// decimals, the services of the environment, and errors as values with a place.
// Method: small resources of our own; what is not compiled is run, and compared with what
// fhirpath.js gives; the checks of paths are run over all invariants of R4 core.
import assert from 'node:assert/strict';
import {
  type CompileOptions,
  compilePath,
  type Environment,
  isPathIssue,
  makeNode,
  type PathNode,
  r4Model,
  resourceNode,
} from '../../../transforms/fhirpath/index.ts';
import { coreInvariants } from './core-invariants.ts';

const json = JSON as typeof JSON & { rawJSON(text: string): unknown };

const patient = resourceNode(r4Model(), {
  resourceType: 'Patient',
  contained: [{ resourceType: 'Organization', id: 'o', name: 'Ward' }],
  name: [{ given: ['Ada', null], _given: [null, { extension: [{ url: 'u', valueCode: 'NI' }] }] }],
  _birthDate: { extension: [{ url: 'u', valueString: 'unknown' }] },
  deceasedBoolean: true,
  gender: 'female',
  managingOrganization: { reference: '#o' },
  generalPractitioner: [{ reference: 'Practitioner/p' }],
});

const observation = resourceNode(r4Model(), {
  resourceType: 'Observation',
  status: 'final',
  valueQuantity: {
    value: json.rawJSON('5.10'),
    unit: 'mmol/L',
    system: 'http://unitsofmeasure.org',
    code: 'mmol/L',
  },
});

function read(expression: string, focus: PathNode = patient, environment?: Environment): unknown {
  const path = compilePath(expression);
  assert.ok(!isPathIssue(path), isPathIssue(path) ? path.diagnostics : '');
  const nodes = path.evaluate(focus, environment);
  return isPathIssue(nodes)
    ? nodes.code
    : nodes.map(({ type, value }) => `${type.name} ${JSON.stringify(value)}`);
}

describe('a compiled path', () => {
  it('gives values with their types, of a choice too', () => {
    assert.deepEqual(read('Patient.deceased'), ['boolean true']);
    assert.deepEqual(read('gender'), ['code "female"']);
    assert.deepEqual(read('value.value', observation), ['decimal 5.10']);
    assert.deepEqual(read('contained.name'), ['string "Ward"']);
  });

  it('compares quantities by value and unit, of UCUM or of one system that is not', () => {
    const bounds = (low: object, high: object): unknown => {
      const range = makeNode(r4Model().type('Range')!, { low, high }, undefined);
      return read('low <= high', range);
    };
    const system = 'http://unitsofmeasure.org';
    const grams = { value: 1, system, code: 'g' };
    assert.deepEqual(bounds(grams, { value: 999, system, code: 'mg' }), ['Boolean false']);
    assert.deepEqual(bounds(grams, { value: 1000, system, code: 'mg' }), ['Boolean true']);
    assert.deepEqual(bounds({ value: 3, unit: 'tablet' }, { value: 2, unit: 'tablet' }), [
      'Boolean false',
    ]);
    assert.deepEqual(bounds({ value: 1, unit: 'tablet' }, { value: 2, unit: 'spray' }), []);
  });

  it('gives an item of a repeat once, however deep it lies', () => {
    const twice = [{ url: 'a', extension: [{ url: 'u' }] }, { url: 'u' }];
    const told = read(
      'repeat(extension).url',
      resourceNode(r4Model(), {
        resourceType: 'Patient',
        extension: twice,
      }),
    );
    assert.deepEqual(told, ['uri "a"', 'uri "u"']);
  });

  it('counts exactly with a decimal that is kept as it was written', () => {
    assert.deepEqual(read('value.value + 0.2', observation), ['Decimal 5.30']);
    assert.deepEqual(read("value = 5.1 'mmol/L'", observation), ['Boolean true']);
    assert.deepEqual(read("value > 5090 'umol/L'", observation), ['Boolean true']);
    assert.deepEqual(read('0.1 + 0.2 = 0.3'), ['Boolean true']);
  });

  it('sees what stands beside a primitive', () => {
    assert.deepEqual(read('name.given.count()'), ['Integer 2']);
    assert.deepEqual(read('name.given.select(hasValue())'), ['Boolean true', 'Boolean false']);
    assert.deepEqual(read("name.given.extension('u').value"), ['code "NI"']);
    assert.deepEqual(read('birthDate.exists() and birthDate.hasValue().not()'), ['Boolean true']);
    assert.deepEqual(read('birthDate < today()'), []);
  });

  it('asks the environment for what stands elsewhere', () => {
    const environment: Environment = {
      resolve: (reference) =>
        reference === 'Practitioner/p' ? { resourceType: 'Practitioner', active: true } : undefined,
      memberOf: ({ value }, url) => (url === 'http://v' ? value === 'female' : undefined),
      conformsTo: ({ type }, url) => url.endsWith(type.name),
      variables: { limit: 2, words: ['a', 'b'] },
      now: new Date('2024-05-06T07:08:09Z'),
    };
    const ask = (expression: string): unknown => read(expression, patient, environment);
    assert.deepEqual(ask('managingOrganization.resolve().name'), ['string "Ward"']);
    assert.deepEqual(ask('generalPractitioner.resolve() is Practitioner'), ['Boolean true']);
    assert.deepEqual(ask("gender.memberOf('http://v')"), ['Boolean true']);
    assert.equal(ask("gender.memberOf('http://w')"), 'fhirpath-unavailable');
    assert.deepEqual(ask("conformsTo('http://x/Patient')"), ['Boolean true']);
    assert.deepEqual(ask("name.given.count() = %limit and 'b' in %words"), ['Boolean true']);
    assert.deepEqual(ask('today()'), ['Date "2024-05-06"']);
    assert.equal(ask('%other'), 'fhirpath-failed');
    assert.equal(read("gender.memberOf('http://v')"), 'fhirpath-unavailable');
  });

  it('takes the words of dom-3 as R4 wrote it', () => {
    const dom3 = coreInvariants().find(({ key }) => key === 'dom-3');
    const path = compilePath(dom3?.expression ?? '');
    assert.ok(!isPathIssue(path));
    const environment = { resource: patient, rootResource: patient };
    assert.equal(path.holds(patient, environment), true);
    const value = { ...(patient.value as object), managingOrganization: { reference: '#x' } };
    const broken = makeNode(patient.type, value);
    assert.equal(path.holds(broken, { resource: broken, rootResource: broken }), false);
  });

  it('holds only where the expression is true', () => {
    const holds = (expression: string): unknown => {
      const path = compilePath(expression);
      assert.ok(!isPathIssue(path));
      const held = path.holds(patient);
      return isPathIssue(held) ? held.code : held;
    };
    assert.equal(holds('gender.exists()'), true);
    assert.equal(holds('gender'), true);
    assert.equal(holds('photo.exists()'), false);
    assert.equal(holds('{}'), false);
    assert.equal(holds('name.given'), 'fhirpath-failed');
  });

  it('leaves what is not compiled to fhirpath.js, by name', () => {
    const path = compilePath("defineVariable('n', name.given.count()).select(%n + 1)");
    assert.ok(!isPathIssue(path));
    assert.deepEqual([path.compiled, path.refused], [false, 'defineVariable()']);
    const nodes = path.evaluate(patient);
    assert.ok(!isPathIssue(nodes));
    assert.deepEqual(
      nodes.map(({ type, value }) => [type.name, value]),
      [['Integer', 3]],
    );
    assert.equal(path.holds(patient), true);
  });
});

describe('a wrong expression', () => {
  const issueOf = (expression: string, options?: CompileOptions): unknown => {
    const path = compilePath(expression, options);
    assert.ok(isPathIssue(path), expression);
    assert.equal(path.code, 'fhirpath-invalid');
    return path.position && `${path.position.line}:${path.position.column}`;
  };

  it('is a value that says where', () => {
    assert.equal(issueOf('name.where(use = )'), '1:18');
    assert.equal(issueOf('name\n  .nothing()'), '2:4');
    assert.equal(issueOf('name.exists(1, 2)'), '1:6');
    assert.equal(issueOf('gender is Sometype'), '1:8');
    assert.equal(issueOf('@2012-13-01'), undefined);
  });

  it('is one that contradicts the type that it runs on', () => {
    const contextType = 'Observation';
    assert.equal(issueOf('valueQuantity.unit', { contextType }), '1:1');
    assert.equal(issueOf("code.coding.where(cod = '1')", { contextType }), '1:19');
    assert.equal(issueOf('(value as Period).unit', { contextType }), '1:19');
    assert.equal(issueOf('Patient.name', { contextType }), '1:1');
    assert.ok(!isPathIssue(compilePath('value.ofType(Quantity).unit', { contextType })));
  });

  it('is, of R4 core’s own, what its authors know to be wrong', () => {
    const wrong = coreInvariants().flatMap(({ key, type, expression }) => {
      const path = compilePath(expression, { contextType: type });
      return isPathIssue(path) ? `${key}: ${path.diagnostics}` : [];
    });
    assert.deepEqual(wrong, [
      'cid-0: ChargeItemDefinition has no element name.',
      'dom-r4b: There is no type Citation.',
    ]);
  });
});
