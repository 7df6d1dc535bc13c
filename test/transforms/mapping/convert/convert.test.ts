// Goal: the shared base makes valid, linked R4 resources of ADT and ORU; the same bytes give the
// same output; nothing that arrives makes it throw or invent. Method: examples with their facts,
// then properties over truncated and mutated messages.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { convertBytes, loadMapping } from '../../../../transforms/mapping/index.ts';
import { admission, bytes, result, text, withField } from '../messages.ts';
import { problemsOf } from '../valid.ts';

const base = loadMapping('config', 'base');
const convert = (segments: readonly string[]) => convertBytes(base, bytes(segments));

function resources(segments: readonly string[]) {
  const { bundle, issues } = convert(segments);
  assert.ok(bundle?.entry, JSON.stringify(issues));
  return bundle.entry.map((entry) => entry.resource as unknown as Record<string, never>);
}

const only = (segments: readonly string[], type: string) => {
  const found = resources(segments).filter((resource) => resource.resourceType === type);
  assert.equal(found.length, 1, type);
  return found[0] as unknown as Record<string, unknown>;
};

const contribution = (segments: readonly string[], type: string) => {
  const found = convert(segments).conversion?.contributions.find((one) => one.type === type);
  assert.ok(found, type);
  return found;
};

describe('conversion by the shared base', () => {
  it('makes a valid, linked transaction of an admission', () => {
    const { bundle, issues, outcome } = convert(admission);
    assert.equal(outcome, 'converted');
    assert.deepEqual(issues, []);
    assert.deepEqual(problemsOf(bundle), []);
    const types = bundle?.entry?.map((entry) => entry.resource?.resourceType);
    assert.deepEqual(types, [
      'Patient',
      'RelatedPerson',
      'Encounter',
      'AllergyIntolerance',
      'Condition',
      'Coverage',
    ]);
    assert.ok(bundle?.entry?.every((entry) => entry.request?.method === 'PUT'));
  });

  it('says the status by the trigger: A01 and A04 in-progress, A03 finished, A08 nothing', () => {
    const status = (trigger: string) =>
      contribution(withField(admission, 'MSH', 9, `ADT^${trigger}`), 'Encounter');
    assert.equal(status('A01').set.status, 'in-progress');
    assert.equal(status('A04').set.status, 'in-progress');
    assert.equal(status('A03').set.status, 'finished');
    assert.equal(status('A08').set.status, undefined);
    assert.equal(status('A08').initial?.status, 'in-progress');
    assert.equal(contribution(result, 'Encounter').set.status, undefined);
  });

  it('makes results by their type, bound to report, patient and notes', () => {
    const { bundle, issues } = convert(result);
    assert.deepEqual(issues, []);
    assert.deepEqual(problemsOf(bundle), []);
    const observations = resources(result).filter((one) => one.resourceType === 'Observation');
    const values = observations.map((one) =>
      Object.entries(one).find(([key]) => /^value/.test(key)),
    );
    const quantity = {
      value: 107,
      unit: 'mg/dL',
      system: 'http://unitsofmeasure.org',
      code: 'mg/dL',
    };
    assert.deepEqual(values[0], ['valueQuantity', quantity]);
    assert.deepEqual(values[1]?.[0], 'valueRatio');
    assert.deepEqual(values[2], ['valueString', 'a & b']);
    assert.equal(values[3]?.[0], 'valueCodeableConcept');
    assert.deepEqual(observations[0]?.note, [{ text: 'first line\nsecond line' }]);
    assert.equal(observations[1]?.status, 'corrected');
    const report = only(result, 'DiagnosticReport');
    assert.equal((report.result as unknown[]).length, 4);
    assert.deepEqual(report.subject, observations[0]?.subject);
  });

  it('marks codes for translation at the place where they stand', () => {
    const { conversion } = convert(result);
    assert.ok(conversion);
    for (const { contribution: index, path, use } of conversion.marks) {
      let at: unknown = conversion.contributions[index]?.set;
      for (const step of path) at = (at as Record<string | number, unknown>)[step];
      assert.ok(Array.isArray((at as { coding?: unknown }).coding), use);
    }
    assert.equal(conversion.marks.filter((mark) => mark.use === 'lab-code').length, 4);
  });

  it('absent leaves untouched, `""` removes, and a choice has one form', () => {
    const absent = contribution(withField(admission, 'PID', 11, ''), 'Patient');
    assert.ok(!('address' in absent.set) && !absent.remove.includes('address'));
    const emptied = contribution(withField(admission, 'PID', 11, '""'), 'Patient');
    assert.ok(!('address' in emptied.set) && emptied.remove.includes('address'));
    const dead = contribution(withField(admission, 'PID', 30, 'Y'), 'Patient');
    assert.equal(dead.set.deceasedBoolean, true);
    assert.ok(dead.remove.includes('deceasedDateTime'));
  });

  it('a result keeps its id through correction and resend; another one has another', () => {
    const ids = (segments: readonly string[]) =>
      convert(segments)
        .conversion?.contributions.filter((one) => one.type === 'Observation')
        .map((one) => one.id) ?? [];
    const first = ids(result);
    assert.equal(new Set(first).size, 4);
    const corrected = result.map((line) =>
      line.replace('||107|', '||109|').replace('|M2|', '|M9|'),
    );
    assert.deepEqual(ids(corrected), first);
    const reordered = [...result.slice(0, 5), ...result.slice(7), ...result.slice(5, 7)];
    assert.deepEqual(ids(reordered).sort(), [...first].sort());
    assert.ok(ids(withField(result, 'OBR', 3, 'F2^LAB')).every((id) => !first.includes(id)));
  });

  it('two equal results in one message are told apart by position', () => {
    const twice = [...result, result[5]!];
    const { conversion } = convert(twice);
    const ids = conversion?.contributions.map((one) => one.id) ?? [];
    assert.equal(new Set(ids).size, ids.length);
  });

  const anonymous = withField(admission, 'MSH', 3, '');

  it('holds what it cannot name, with a code and a place', () => {
    const cases: [string[], string, string][] = [
      [withField(admission, 'PID', 3, ''), 'patient-identifier-missing', 'PID'],
      [
        withField(withField(anonymous, 'PID', 3, '4711'), 'MSH', 4, ''),
        'patient-identifier-missing',
        'PID',
      ],
      [withField(admission, 'PV1', 19, ''), 'visit-number-missing', 'PV1'],
      [withField(admission, 'PID', 7, '19801399'), 'timestamp-unparsable', 'PID-7'],
      [withField(admission, 'MSH', 9, 'ZZZ^Z01'), 'message-type-unsupported', 'MSH-9'],
      [admission.filter((line) => !line.startsWith('PID')), 'segment-missing', 'PID'],
    ];
    for (const [segments, code, path] of cases) {
      const { outcome, issues } = convert(segments);
      assert.equal(outcome, 'quarantined', code);
      assert.equal(issues[0]?.code, code);
      assert.equal(issues[0]?.path, path);
    }
    assert.equal(convertBytes(base, Buffer.from('no message')).issues[0]?.code, 'no-msh');
    const [unnumbered] = convert(withField(admission, 'PV1', 19, '')).issues;
    assert.match(unnumbered?.diagnostics ?? '', /Encounter, which is known by PV1-19/);
  });

  it('takes the sender for the authority of an identifier that names none', () => {
    const patientOf = (segments: readonly string[]) =>
      convert(segments).conversion?.contributions[0];
    const identifierOf = (segments: readonly string[]) =>
      (patientOf(segments)?.set as Partial<fhir4.Patient> | undefined)?.identifier?.[0];
    const bare = withField(admission, 'PID', 3, '4711');
    assert.equal(identifierOf(bare)?.system, 'urn:plexus:base:authority:hosp');
    const named = withField(bare, 'MSH', 4, 'Hosp^2.999.1^ISO');
    assert.equal(identifierOf(named)?.system, 'urn:oid:2.999.1');
    const byApplication = withField(bare, 'MSH', 4, '');
    assert.equal(identifierOf(byApplication)?.system, 'urn:plexus:base:authority:adt');
    const ids = [bare, named, byApplication].map((segments) => patientOf(segments)?.id);
    assert.equal(new Set(ids).size, 3);
  });

  it('the same number in PID-2, PID-3 and PID-4 is three patients; PID-3 goes first', () => {
    const none = withField(admission, 'PID', 3, '');
    const idOf = (segments: readonly string[]) =>
      convert(segments).conversion?.contributions[0]?.id;
    const [external, internal, alternate] = [2, 3, 4].map((field) =>
      idOf(withField(none, 'PID', field, '4711')),
    );
    assert.ok(external && internal && alternate);
    assert.equal(new Set([external, internal, alternate]).size, 3);
    const both = withField(withField(none, 'PID', 2, '815'), 'PID', 3, '4711');
    assert.equal(idOf(both), internal);
    const { conversion } = convert(withField(none, 'PID', 2, '4711'));
    assert.deepEqual(conversion?.contributions[0]?.set.identifier, [{ value: '4711' }]);
  });

  it('reads a street in parts, a county by its text, a number`s rank and term', () => {
    const address = withField(
      admission,
      'PID',
      11,
      '&Elm St&12^^Troy^NY^12180^^H^^36083&Rensselaer',
    );
    const phone = withField(address, 'PID', 13, `5550100^PRN^PH${'^'.repeat(10)}20240102^^^^^2`);
    const patient = convert(phone).conversion?.contributions[0]?.set as Partial<fhir4.Patient>;
    assert.deepEqual(patient.address?.[0]?.line, ['12 Elm St']);
    assert.equal(patient.address?.[0]?.district, 'Rensselaer');
    const point = { system: 'phone', value: '5550100', use: 'home', rank: 2 };
    assert.deepEqual(patient.telecom?.[0], { ...point, period: { start: '2024-01-02' } });
  });

  it('reads what a person is called by, the range of a name, and a number on the internet', () => {
    const name = 'Young^Adelaide^^^^^L^^^20200101&20240101^^^^^Ada';
    const named = withField(admission, 'PID', 5, name);
    const phoned = withField(named, 'PID', 13, '^^Internet^^1^518^5550100~^^Internet^a@b.example');
    const patient = only(phoned, 'Patient') as { name?: unknown[]; telecom?: unknown[] };
    const period = { start: '2020-01-01', end: '2024-01-01' };
    const official = { use: 'official', family: 'Young', given: ['Adelaide'], period };
    assert.deepEqual(patient.name, [official, { use: 'nickname', given: ['Ada'] }]);
    assert.deepEqual(patient.telecom, [
      { system: 'phone', value: '+1 518 5550100', use: 'home' },
      { system: 'email', value: 'a@b.example', use: 'home' },
    ]);
  });

  it('a segment that was read for one message says nothing of the next', () => {
    const messages = [admission, result, withField(result, 'OBR', 3, 'F2^LAB'), admission];
    const alone = messages.map((segments) => JSON.stringify(convert(segments).conversion));
    const again = messages
      .toReversed()
      .map((segments) => JSON.stringify(convert(segments).conversion));
    assert.deepEqual(again.toReversed(), alone);
  });

  it('names the unknown type and says no patient data', () => {
    const { issues } = convert(withField(admission, 'MSH', 9, 'ZZZ^Z01'));
    assert.match(issues[0]?.diagnostics ?? '', /ZZZ\^Z01/);
    const wrong = convert(withField(admission, 'PID', 7, '1980Secret'));
    assert.ok(!JSON.stringify(wrong.issues).includes('Secret'));
  });

  it('reports the populated fields that no rule read', () => {
    const { unvisited } = convert(withField(admission, 'PID', 10, '2106-3'));
    assert.ok(unvisited.includes('PID-10'));
    assert.ok(!unvisited.includes('PID-5'));
  });

  it('gives the same bytes for the same message', () => {
    for (const message of [admission, result])
      assert.equal(JSON.stringify(convert(message)), JSON.stringify(convert(message)));
  });

  it('never throws and never makes an invalid resource of a message cut anywhere', () => {
    for (const message of [text(admission), text(result)]) {
      fc.assert(
        fc.property(fc.integer({ min: 0, max: message.length }), (length) => {
          const { bundle, outcome, issues } = convertBytes(
            base,
            Buffer.from(message.slice(0, length)),
          );
          if (outcome === 'quarantined') assert.ok(issues.some((one) => one.code !== ''));
          else assert.deepEqual(problemsOf(bundle), []);
        }),
        { numRuns: 150 },
      );
    }
  });

  it('never throws for fields of any content', () => {
    const place = fc.constantFrom(
      ...(['PID', 'PV1', 'OBX', 'OBR', 'NK1', 'IN1', 'AL1', 'DG1', 'NTE'] as const),
    );
    const content = fc.oneof(
      fc.string({ maxLength: 30 }),
      fc.constantFrom(
        '""',
        '^^^',
        '~~',
        '&&',
        '\\',
        '\\X',
        '^""^',
        'A&B^C~D',
        '0',
        '-1',
        '99999999',
      ),
    );
    fc.assert(
      fc.property(place, fc.integer({ min: 1, max: 50 }), content, (segment, field, value) => {
        const clean = value.replaceAll(/[\r\n|]/g, ' ');
        for (const message of [admission, result]) {
          const { bundle, outcome } = convert(withField(message, segment, field, clean));
          if (outcome === 'converted') assert.deepEqual(problemsOf(bundle), []);
        }
      }),
      { numRuns: 300 },
    );
  });
});
