// Goal: FHIR rendered as HL7 v2 says the same: what the render rules cover comes back unchanged
// through our own convert, whatever characters are in it, and other parsers read the same values.
// Method: random patients, encounters and results, rendered and converted again as a property;
// node-hl7-client and @medplum/core as oracles; lint by files with one mistake each.
import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Hl7Message as MedplumMessage } from '@medplum/core';
import fc from 'fast-check';
import { Message } from 'node-hl7-client';
import {
  convertBytes,
  loadMapping,
  type RenderRequest,
  renderMessage,
  renderOf,
} from '../../../../transforms/mapping/index.ts';

const base = loadMapping('none', 'base');
const render = (message: string, resources: unknown[], more: Partial<RenderRequest> = {}) =>
  renderMessage(renderOf(base), {
    resources: resources as RenderRequest['resources'],
    message,
    sender: { application: 'HUB', facility: 'NET' },
    receiver: { application: 'HIS', facility: 'EAST' },
    version: '2.5.1',
    charset: 'UNICODE UTF-8',
    processingId: 'P',
    controlId: 'R1',
    time: '2025-03-01T10:15:00Z',
    ...more,
  });
const bytesOf = (rendered: ReturnType<typeof render>): Buffer => {
  ok(rendered.kind === 'rendered', JSON.stringify(rendered.issues));
  return rendered.bytes;
};

// Words with everything that divides, escapes or ends something in HL7, and beyond ASCII.
const word = fc
  .array(fc.constantFrom(...'aZ9|^~\\&\r\né€漢😀".- '), { minLength: 1, maxLength: 12 })
  .map((chars) => chars.join('').trim().replace(/\s/g, '_').replace(/^"+$/, 'q'))
  .filter((text) => text !== '');
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const code = fc.stringMatching(/^[A-Z][A-Z0-9]{1,6}$/);
const date = fc
  .record({ year: fc.integer({ min: 1910, max: 2024 }), month: fc.integer({ min: 1, max: 12 }) })
  .map(({ year, month }) => `${year}-${String(month).padStart(2, '0')}-17`);
const time = date.map((day) => `${day}T09:41:00+01:00`);
const system = fc.constantFrom('urn:oid:2.999.1.22', 'https://ids.example.org/mrn');
const identifier = fc.record({
  type: code.map((own) => ({
    coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: `Z${own}` }],
  })),
  system,
  value: word,
});
const name = fc.record({
  use: fc.constantFrom('official', 'usual', 'maiden', 'nickname', 'temp'),
  family: word,
  given: fc.array(
    word.map((text) => text.replaceAll(' ', '')),
    { minLength: 1, maxLength: 3 },
  ),
});
const address = fc.record({
  use: fc.constantFrom('home', 'work', 'temp', 'old', 'billing'),
  line: fc.array(word, { minLength: 1, maxLength: 3 }),
  city: word,
  country: code,
});
const concept = fc
  .record({ system: fc.constantFrom('http://loinc.org', 'urn:oid:2.999.7'), code, display: word })
  .map((coding) => ({ coding: [coding], text: coding.display }));
const patient = fc
  .record({
    identifier: fc.array(identifier, { minLength: 1, maxLength: 3 }),
    name: fc.array(name, { minLength: 1, maxLength: 2 }),
    birthDate: maybe(date),
    gender: maybe(fc.constantFrom('female', 'male', 'other', 'unknown')),
    address: maybe(fc.array(address, { minLength: 1, maxLength: 2 })),
    deceasedDateTime: maybe(time),
    multipleBirthInteger: maybe(fc.integer({ min: 1, max: 5 })),
  })
  .map((fields) => ({ resourceType: 'Patient', id: 'p', ...fields }));
const quantity = fc.record({
  value: fc.integer({ min: -9999, max: 9999 }).map((number) => number / 100),
  unit: fc.constant('mg/dL'),
  system: fc.constant('http://unitsofmeasure.org'),
  code: fc.constant('mg/dL'),
});
const observed = fc.oneof(
  quantity.map((valueQuantity) => ({ valueQuantity })),
  quantity.map((each) => ({ valueQuantity: { ...each, comparator: '<' } })),
  word.map((valueString) => ({ valueString })),
  concept.map((valueCodeableConcept) => ({ valueCodeableConcept })),
  time.map((valueDateTime) => ({ valueDateTime })),
  fc.nat(999).map((valueInteger) => ({ valueInteger })),
  quantity.map((low) => ({ valueRange: { low, high: low } })),
);
const observation = fc.record({
  status: fc.constantFrom('final', 'preliminary', 'corrected', 'cancelled', 'entered-in-error'),
  code: concept,
  effectiveDateTime: time,
  value: observed,
});

/** JSON as it travels: no undefined members. */
const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value));

const convert = (bytes: Buffer) => {
  const { outcome, bundle, issues } = convertBytes(base, bytes);
  equal(outcome, 'converted', JSON.stringify(issues));
  return bundle!.entry!.map(({ resource }) => resource as fhir4.FhirResource);
};

/** The elements of `wanted`, as they are in `found`. */
const covered = (wanted: object, found: object | undefined) =>
  plain(Object.fromEntries(Object.keys(wanted).map((key) => [key, (found as never)?.[key]])));

describe('FHIR rendered as HL7 v2', () => {
  it('gives a patient back as he was, byte for byte the same each time', () => {
    fc.assert(
      fc.property(patient, (given) => {
        const wanted = plain(given);
        const bytes = bytesOf(render('ADT^A31', [wanted]));
        deepEqual(bytesOf(render('ADT^A31', [wanted])), bytes);
        equal(
          bytes.subarray(0, -1).some((byte) => byte < 0x20 && byte !== 0x0d),
          false,
        );
        const found = convert(bytes).find(({ resourceType }) => resourceType === 'Patient');
        const { id: _id, ...elements } = wanted;
        deepEqual(covered(elements, found), elements);
      }),
      { numRuns: 300 },
    );
  });

  it('writes no byte that frames a message, though FHIR gave one', () => {
    fc.assert(
      fc.property(fc.constantFrom('\x0b', '\x1c', '\x1c\r'), word, (frame, family) => {
        const given = [
          { resourceType: 'Patient', identifier: [{ value: '1' }], name: [{ family }] },
        ];
        given[0]!.name[0]!.family = `${family}${frame}b`;
        const bytes = bytesOf(render('ADT^A31', given));
        equal(
          bytes.some((byte) => byte < 0x20 && byte !== 0x0d),
          false,
        );
        const [found] = convert(bytes) as fhir4.Patient[];
        equal(found?.name?.[0]?.family, `${family}${frame.replace(/[\x0b\x1c]/, ' ')}b`);
      }),
      { numRuns: 30 },
    );
  });

  it('gives an encounter back: class, places, people, number and period', () => {
    fc.assert(
      fc.property(
        identifier,
        fc.constantFrom(['EMER', 'emergency'], ['IMP', 'inpatient encounter']),
        fc.array(fc.stringMatching(/^[A-Z0-9]{1,5}$/), { minLength: 4, maxLength: 4 }),
        word,
        time,
        (visit, [classCode, display], place, doctor, start) => {
          const [ward, room, bed, house] = place;
          const type = {
            coding: [{ ...visit.type.coding[0], code: 'VN', display: 'Visit number' }],
          };
          const location = {
            type: 'Location',
            identifier: { system: 'urn:plexus:base:location', value: place.join('/') },
            display: `${ward} ${room} ${bed}, ${house}`,
          };
          const participation = 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType';
          const attender = { system: participation, code: 'ATND', display: 'attender' };
          const wanted = {
            identifier: [{ ...visit, type }],
            class: {
              system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode',
              code: classCode,
              display,
            },
            participant: [
              {
                type: [{ coding: [attender] }],
                individual: { type: 'Practitioner', identifier: visit, display: doctor },
              },
            ],
            location: [{ location, status: 'active' }],
            period: { start },
          };
          const resources = [
            { resourceType: 'Encounter', id: 'e', ...wanted },
            { resourceType: 'Patient', id: 'p', identifier: [visit] },
          ];
          const found = convert(bytesOf(render('ADT^A01', resources))).find(
            ({ resourceType }) => resourceType === 'Encounter',
          );
          deepEqual(covered(wanted, found), plain(wanted));
        },
      ),
      { numRuns: 100 },
    );
  });

  it('gives reports back, each with its own results in order', () => {
    const report = fc.record({
      status: fc.constantFrom('final', 'preliminary', 'registered', 'partial', 'cancelled'),
      code: concept,
      effectiveDateTime: time,
      results: fc.array(observation, { minLength: 1, maxLength: 4 }),
    });
    fc.assert(
      fc.property(patient, fc.array(report, { minLength: 1, maxLength: 3 }), (who, reports) => {
        const resources: unknown[] = [plain(who)];
        const wanted: object[] = [];
        for (const [n, { results, ...fields }] of reports.entries()) {
          const filler = { system: 'urn:oid:2.999.3', value: `F${n}` };
          const type = {
            coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'FILL' }],
          };
          const result = results.map((_, m) => ({ reference: `Observation/${n}-${m}` }));
          resources.push({
            resourceType: 'DiagnosticReport',
            id: `${n}`,
            ...fields,
            identifier: [{ type, ...filler }],
            result,
          });
          for (const [m, { value, ...own }] of results.entries()) {
            // A code of its own tells each from the others, as it does in a laboratory.
            const coding = [{ ...own.code.coding[0], code: `C${n}X${m}` }];
            const one = { ...own, code: { ...own.code, coding }, ...value };
            wanted.push(one);
            resources.push({ resourceType: 'Observation', id: `${n}-${m}`, ...one });
          }
        }
        const made = convert(bytesOf(render('ORU^R01', resources)));
        const found = made.filter(({ resourceType }) => resourceType === 'Observation');
        deepEqual(
          found.map((each, n) => covered(wanted[n]!, each)),
          plain(wanted),
        );
        const codes = made.filter(({ resourceType }) => resourceType === 'DiagnosticReport');
        deepEqual(
          codes.map((each) => covered({ status: 0, code: 0, effectiveDateTime: 0 }, each)),
          plain(reports.map(({ results: _results, ...fields }) => fields)),
        );
      }),
      { numRuns: 150 },
    );
  });

  it('is read alike by node-hl7-client and @medplum/core', () => {
    const simple = fc.stringMatching(/^[A-Za-z0-9é]{1,9}$/);
    fc.assert(
      fc.property(simple, simple, simple, (family, given, mrn) => {
        const name = [{ family, given: [given] }];
        const resource = {
          resourceType: 'Patient',
          identifier: [{ value: mrn }],
          name,
          gender: 'female',
        };
        const text = bytesOf(render('ADT^A31', [resource]))
          .toString()
          .trimEnd();
        const theirs = new Message({ text });
        const medplum = MedplumMessage.parse(text);
        for (const [path, segment, field, component, wanted] of [
          ['MSH.9.2', 'MSH', 9, 2, 'A31'],
          ['PID.3.1', 'PID', 3, 1, mrn],
          ['PID.5.1', 'PID', 5, 1, family],
          ['PID.5.2', 'PID', 5, 2, given],
          ['PID.8', 'PID', 8, 1, 'F'],
        ] as const) {
          equal(theirs.get(path).toString(), wanted);
          equal(medplum.getSegment(segment)!.getComponent(field, component), wanted);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('renders the patient whom the encounter is about, and an ACK that names its message', () => {
    const resources = [
      { resourceType: 'Patient', id: 'other', identifier: [{ value: '1' }] },
      { resourceType: 'Patient', id: 'this', identifier: [{ value: '2' }] },
      { resourceType: 'Encounter', id: 'e', subject: { reference: 'Patient/this' } },
    ];
    match(bytesOf(render('ADT^A03', resources)).toString(), /\rPID\|1\|\|2\r/);
    const ack = bytesOf(render('ACK^A01', [], { answered: 'M|1' })).toString();
    match(ack, /^MSH.*\|ACK\^A01\^ACK\|R1\|P\|2\.5\.1\|.*\rMSA\|AA\|M\\F\\1\r$/);
  });

  it('holds what cannot be written, and says what was left out', () => {
    const who = { resourceType: 'Patient', identifier: [{ value: '1' }], name: [{ family: '漢' }] };
    const codes = (made: ReturnType<typeof render>) => [
      made.kind,
      ...made.issues.map((each) => each.code),
    ];
    deepEqual(codes(render('ADT^A08', [])), ['held', 'render-missing', 'render-missing']);
    deepEqual(codes(render('ADT^A99', [])), ['held', 'render-message']);
    deepEqual(codes(render('ADT^A31', [who], { charset: '8859/1' })), ['held', 'render-charset']);
    const telecom = [{ system: 'sms', value: '1' }];
    deepEqual(codes(render('ADT^A31', [{ ...who, telecom }])), ['rendered', 'render-value']);
    const latin = { ...who, name: [{ family: 'Jürgen' }] };
    const bytes = bytesOf(render('ADT^A31', [latin], { charset: '8859/1' }));
    ok(bytes.includes(Buffer.from('J\xfcrgen', 'latin1')) && bytes.includes('|8859/1\r'));
  });

  it('is linted: each mistake at its line', () => {
    const dir = mkdtempSync(join(tmpdir(), 'plexus-render-'));
    mkdirSync(join(dir, 'mappings'));
    const lint = (rows: string): string[] => {
      writeFileSync(join(dir, 'mappings/x.yaml'), `mapping: x\nextends: base\n${rows}`);
      return loadMapping(dir, 'x').issues.map(
        ({ line, column, code: found }) => `${line}:${column} ${found}`,
      );
    };
    const row = (fields: string) => lint(`renders:\n  - { id: own, ${fields} }\n`);
    deepEqual(row('to: PID-6, from: Patient.name, as: HumanName'), []);
    deepEqual(row('to: PID6, value: x'), ['4:20 hl7-path']);
    deepEqual(row('to: ZZZ-6, value: x'), ['4:20 render-segment']);
    deepEqual(row('to: PID-6, from: Patient.nmae'), ['4:33 fhir-path']);
    deepEqual(row('to: PID-6, from: Pateint.name'), ['4:33 fhir-type']);
    deepEqual(row('to: PID-6, from: Patient.gender, table: gender'), ['4:56 render-ambiguous']);
    deepEqual(row('to: PID-6, from: Patient.name, as: HumanNmae'), ['4:51 conversion-unknown']);
    deepEqual(row('to: PID-6'), ['4:5 config-missing']);
    equal(lint('renders:\n  - { id: pid-nmae, as: HumanName }\n')[0], '4:11 rule-unknown');
    const unknown = 'render_messages:\n  ADT^A02: { structure: ADT_A02, segments: [PID, ZAB?] }\n';
    deepEqual(lint(unknown), ['4:50 render-segment']);
    rmSync(dir, { recursive: true });
  });
});
