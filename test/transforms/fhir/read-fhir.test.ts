// Goal: FHIR input becomes contributions whose ids and references hold together, and whatever is
// not FHIR R4 is held with a code, never thrown. Method: properties over any JSON and any graph
// of references, then a table of wrong payloads.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { MessageId, Outcome } from '../../../engine/index.ts';
import { type Conversion, readFhirStage, resourceId } from '../../../transforms/fhir/index.ts';

const context = {
  channel: 'c',
  revision: 'r',
  configDir: '',
  dataDir: '',
  key: Buffer.alloc(32),
};

function read(raw: Buffer | string, source = 'north'): Outcome<Conversion> {
  return readFhirStage.create({ source }, context).run({
    id: 1 as MessageId,
    generation: 0,
    channel: 'c',
    revision: 'r',
    raw: Buffer.from(raw),
    sha256: 'ab',
    receivedUs: 0,
    body: undefined,
  }) as Outcome<Conversion>;
}

function passed(payload: unknown, source?: string): Conversion {
  const outcome = read(JSON.stringify(payload), source);
  assert.equal(outcome.kind, 'pass', JSON.stringify(outcome));
  return (outcome as { body: Conversion }).body;
}

function codes(raw: Buffer | string): readonly (string | undefined)[][] {
  const outcome = read(raw);
  assert.ok(outcome.kind === 'hold');
  return outcome.issues.map(({ code, path }) => [code, path]);
}

const bundle = (...entry: unknown[]) => ({ resourceType: 'Bundle', type: 'transaction', entry });

describe('read-fhir', () => {
  it('keeps every number as it was written', () => {
    const digits = fc
      .tuple(fc.integer(), fc.stringMatching(/^\d{1,20}$/), fc.constantFrom('', 'e3', 'E-2'))
      .map(([whole, fraction, exponent]) => `${whole}.${fraction}${exponent}`);
    fc.assert(
      fc.property(
        fc.array(fc.oneof(digits, fc.constantFrom('-0', '1e5', '0.0')), { minLength: 1 }),
        (all) => {
          const values = all.map((text) => `{"valueDecimal":${text}}`).join();
          const raw = `{"resourceType":"Basic","extension":[${values}]}`;
          const outcome = read(raw);
          assert.ok(outcome.kind === 'pass');
          const { extension } = outcome.body.contributions[0]!.set;
          assert.equal(JSON.stringify(extension), `[${values}]`);
        },
      ),
    );
  });

  it('holds what does not fit its address, and references to entries that are not there', () => {
    const put = (url: string, resource: object) => ({ request: { method: 'PUT', url }, resource });
    const dangling = { reference: 'urn:uuid:00000000-0000-4000-8000-000000000009' };
    const wrong = [
      put('Patient/1', { resourceType: 'Patient', id: '2' }),
      put('Patient/1', { resourceType: 'Group' }),
      put('Observation/1', { resourceType: 'Observation', subject: dangling }),
      put('Patient', { resourceType: 'Patient' }),
      { request: { method: 'POST', url: 'Patient/1' }, resource: { resourceType: 'Patient' } },
      { request: { method: 'PATCH', url: 'Patient/1' }, resource: { resourceType: 'Binary' } },
    ];
    assert.deepEqual(
      wrong.map((entry) => codes(JSON.stringify(entry))[0]?.[0]),
      [
        'fhir-id-mismatch',
        'fhir-type-mismatch',
        'fhir-reference-unresolved',
        'fhir-request-invalid',
        'fhir-request-invalid',
        'fhir-patch-invalid',
      ],
    );
  });

  it('gives a resource an id of its own within its source, and keeps what it says', () => {
    const patient = {
      resourceType: 'Patient',
      id: 'p1',
      meta: { versionId: '7', lastUpdated: 'x', profile: ['urn:p'] },
      active: true,
    };
    const [made] = passed(patient).contributions;
    assert.deepEqual(made, {
      type: 'Patient',
      id: resourceId('north', 'Patient', 'p1'),
      set: { meta: { profile: ['urn:p'] }, active: true },
      remove: [],
      whole: true,
      sent: { source: 'north', id: 'p1', isNamed: true, entry: 0, path: 'Patient', verb: 'POST' },
    });
    assert.notEqual(passed(patient, 'south').contributions[0]?.id, made?.id);
    assert.equal(passed(patient).messageType, 'Patient');
  });

  it('knows a resource without id by its identifier, its url, or its payload', () => {
    const base = { resourceType: 'Patient', active: true };
    const named = { ...base, identifier: [{ system: 'urn:s', value: '1' }] };
    const id = (payload: unknown) => passed(payload).contributions[0]?.id;
    // What is made of another name is an id by which the sender can address the resource.
    const made = (name: string) =>
      resourceId('north', 'Patient', resourceId('north', 'Patient', name));
    assert.equal(id(named), made('urn:s|1'));
    const url = { fullUrl: 'https://a.example/fhir/Patient/9', resource: base };
    assert.equal(id(bundle(url)), resourceId('north', 'Patient', '9'));
    const uuid = { fullUrl: 'urn:uuid:0b6f3a52-2d5e-4f6c-8a1b-000000000001', resource: base };
    assert.equal(id(bundle(uuid)), made(uuid.fullUrl));
    assert.equal(id(base), made('ab:0'));
  });

  it('keeps every reference between the entries of a Bundle, whatever way it is written', () => {
    const entry = fc.record({
      id: fc.integer({ min: 0, max: 99 }),
      way: fc.constantFrom('urn', 'absolute', 'relative'),
    });
    const graph = fc.uniqueArray(entry, { selector: ({ id }) => id, minLength: 1, maxLength: 6 });
    const base = 'https://ehr.example/fhir';
    fc.assert(
      fc.property(graph, fc.array(fc.nat()), (entries, edges) => {
        const urls = entries.map(({ id, way }) => {
          if (way === 'urn')
            return `urn:uuid:0b6f3a52-2d5e-4f6c-8a1b-${String(id).padStart(12, '0')}`;
          return `${base}/Observation/${id}`;
        });
        const referenceTo = (index: number) =>
          entries[index]!.way === 'relative' ? `Observation/${entries[index]!.id}` : urls[index]!;
        const payload = bundle(
          ...entries.map(({ id, way }, index) => {
            const target = (edges[index] ?? 0) % entries.length;
            const resource = {
              resourceType: 'Observation',
              ...(way === 'urn' ? {} : { id: String(id) }),
              hasMember: [{ reference: referenceTo(target) }],
            };
            const url = way === 'urn' ? 'Observation' : `Observation/${id}`;
            const method = way === 'urn' ? 'POST' : 'PUT';
            return { fullUrl: urls[index], resource, request: { method, url } };
          }),
        );
        const { contributions } = passed(payload);
        assert.deepEqual(passed(payload).contributions, contributions);
        const sent = contributions.toSorted((one, two) => one.sent!.entry - two.sent!.entry);
        sent.forEach(({ set }, index) => {
          const target = sent[(edges[index] ?? 0) % entries.length]!;
          const expected = [{ reference: `Observation/${target.id}` }];
          assert.deepEqual(set.hasMember, expected);
        });
      }),
    );
  });

  it('leaves alone what points elsewhere', () => {
    const references = ['#contained', 'https://other.example/Patient/1', 'Patient?identifier=a|b'];
    const resource = {
      resourceType: 'Observation',
      id: '1',
      extension: references.map((reference) => ({ url: 'u', valueReference: { reference } })),
      subject: { reference: 'Patient/5/_history/3' },
    };
    const [made] = passed(resource).contributions;
    assert.deepEqual(made?.set.extension, resource.extension);
    assert.deepEqual(made?.set.subject, {
      reference: `Patient/${resourceId('north', 'Patient', '5')}`,
    });
  });

  it('names a Bundle by its identifier', () => {
    const payload = { ...bundle(), identifier: { value: 'B1' } };
    const { controlId, messageType, contributions } = passed(payload);
    assert.deepEqual([controlId, messageType, contributions], ['B1', 'Bundle', []]);
  });

  const patient = { resourceType: 'Patient', id: '1' };
  const wrong: readonly (readonly [string, Buffer | string, (string | undefined)[][]])[] = [
    ['no JSON', '{"resourceType":', [['fhir-json-invalid', undefined]]],
    ['no object', '[]', [['fhir-json-invalid', undefined]]],
    ['no UTF-8', Buffer.from([0x7b, 0xe9, 0x7d]), [['fhir-encoding-invalid', undefined]]],
    ['no type', '{}', [['fhir-type-missing', 'resourceType']]],
    ['a type of R5', '{"resourceType":"Citation"}', [['fhir-type-unknown', 'resourceType']]],
    ['too deep', `${'['.repeat(5_000)}${']'.repeat(5_000)}`, [['fhir-too-deep', undefined]]],
    ['a bad id', '{"resourceType":"Patient","id":"a b"}', [['fhir-id-invalid', 'Patient.id']]],
    [
      'a bad name',
      '{"resourceType":"Patient","__proto__":{}}',
      [['fhir-element-invalid', 'Patient']],
    ],
    ['null', '{"resourceType":"Patient","active":null}', [['fhir-element-invalid', 'Patient']]],
    ['parameters', '{"resourceType":"Parameters"}', [['fhir-type-unstorable', 'Parameters']]],
    [
      'a history',
      JSON.stringify({ ...bundle(), type: 'history' }),
      [['fhir-bundle-unsupported', 'Bundle.type']],
    ],
    [
      'several entries',
      JSON.stringify(
        bundle(
          { resource: patient },
          { request: { method: 'GET', url: 'Patient/1' } },
          { resource: patient, request: { method: 'PUT', url: 'Patient?identifier=1' } },
          {},
          { resource: { resourceType: 'Nothing' } },
        ),
      ),
      [
        ['fhir-method-unsupported', 'Bundle.entry[1].request.method'],
        ['fhir-condition-unsupported', 'Bundle.entry[2].request.url'],
        ['fhir-resource-missing', 'Bundle.entry[3]'],
        ['fhir-type-unknown', 'Bundle.entry[4].resource.resourceType'],
      ],
    ],
  ];
  for (const [name, raw, expected] of wrong)
    it(`holds: ${name}`, () => assert.deepEqual(codes(raw), expected));

  it('throws for no bytes whatever, and says nothing of what they hold', () => {
    const secret = 'SECRETNAME';
    const json = fc.jsonValue({ maxDepth: 4 });
    const typed = fc
      .dictionary(fc.constantFrom('id', 'meta', 'entry', 'type', 'identifier', 'text'), json)
      .map((rest) => JSON.stringify({ resourceType: 'Bundle', ...rest, name: secret }));
    const any = fc.oneof(
      fc.uint8Array(),
      json.map((value) => JSON.stringify(value)),
      typed,
    );
    fc.assert(
      fc.property(any, (bytes) => {
        const outcome = read(typeof bytes === 'string' ? bytes : Buffer.from(bytes));
        assert.ok(outcome.kind === 'pass' || outcome.kind === 'hold');
        if (outcome.kind === 'hold') assert.ok(!JSON.stringify(outcome.issues).includes(secret));
      }),
      { numRuns: 500 },
    );
  });
});
