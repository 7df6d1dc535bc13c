// Goal: what HL7 v2 says of allergies, diagnoses, insurances and notes is the same after it was
// converted to FHIR and rendered as HL7 v2 again. Method: messages with such segments, of random
// values, v2 to FHIR to v2 to FHIR: the resources of the second conversion say what those of the
// first say, and a third round gives the same bytes as the second.
import { deepEqual, equal, ok } from 'node:assert/strict';
import fc from 'fast-check';
import {
  convertBytes,
  loadMapping,
  type RenderRequest,
  renderMessage,
  renderOf,
} from '../../../../transforms/mapping/index.ts';

const base = loadMapping('none', 'base');

const head = (type: string) => `MSH|^~\\&|HIS|EAST|HUB|NET|20250301101500+0000||${type}|M1|P|2.5.1`;
const pid = 'PID|1||4711^^^HOSP&2.999.1&ISO^MR||Young^Ada||19800229|F';
const pv1 = `PV1|1|I${'|'.repeat(17)}V1^^^HOSP&2.999.1&ISO^VN`;

type Resource = fhir4.FhirResource & Record<string, unknown>;

function convert(bytes: Buffer): Resource[] {
  const { outcome, bundle, issues } = convertBytes(base, bytes);
  equal(outcome, 'converted', JSON.stringify(issues));
  const text = JSON.stringify(bundle!.entry!.map(({ resource }) => resource));
  return JSON.parse(text) as Resource[];
}

function render(message: string, resources: readonly Resource[]): Buffer {
  const rendered = renderMessage(renderOf(base), {
    resources: resources as unknown as RenderRequest['resources'],
    message,
    sender: { application: 'HIS', facility: 'EAST' },
    receiver: { application: 'HUB', facility: 'NET' },
    version: '2.5.1',
    charset: 'UNICODE UTF-8',
    processingId: 'P',
    controlId: 'M1',
    time: '2025-03-01T10:15:00Z',
  });
  ok(rendered.kind === 'rendered', JSON.stringify(rendered.issues));
  return rendered.bytes;
}

/** What is said, whatever the ids are. */
const facts = (resources: readonly Resource[], type: string, names: readonly string[]) =>
  resources
    .filter(({ resourceType }) => resourceType === type)
    .map((resource) => Object.fromEntries(names.map((name) => [name, resource[name]])));

function roundTrip(message: string, lines: readonly string[]) {
  const first = convert(Buffer.from(`${lines.join('\r')}\r`));
  const bytes = render(message, first);
  const second = convert(bytes);
  deepEqual(render(message, second), bytes);
  return { first, second, text: bytes.toString() };
}

const insurance = (plan: string, group: string, start: string): string => {
  const fields: Record<number, string> = { 1: '1', 2: `P1^${plan}`, 3: 'C1^^^NS&2.999.7&ISO' };
  Object.assign(fields, { 4: 'Payer', 8: group, 12: start, 13: '20251231', 15: 'HMO' });
  Object.assign(fields, { 17: 'SPO', 36: 'POL9', 49: 'S7' });
  return ['IN1', ...Array.from({ length: 49 }, (_, at) => fields[at + 1] ?? '')].join('|');
};

const word = fc.stringMatching(/^[A-Za-z][a-zé ]{0,9}[a-z]$/);
const code = fc.stringMatching(/^[A-Z][A-Z0-9]{1,6}$/);
const day = fc.integer({ min: 1, max: 28 }).map((at) => `202401${String(at).padStart(2, '0')}`);

describe('HL7 v2 after a way through FHIR and back', () => {
  it('says the same of allergies, diagnoses and insurances', () => {
    const some = fc.record({
      kind: fc.constantFrom('DA', 'FA', 'AA'),
      severity: fc.constantFrom('SV', 'MI', 'U', ''),
      code,
      word,
      day,
      group: fc.option(word, { nil: '' }),
    });
    fc.assert(
      fc.property(some, (given) => {
        const { kind, severity, word: text, day: date, group } = given;
        const lines = [
          head('ADT^A01^ADT_A01'),
          'EVN|A01|20250301101500+0000',
          pid,
          pv1,
          `AL1|1|${kind}|${given.code}^${text}^RXNORM|${severity}|${text}|${date}`,
          `DG1|1||${given.code}^${text}^I10||${date}|W|||||||||99^Hill^Gwen^^^^^^NS&2.999.7&ISO`,
          insurance(text, group, date),
        ];
        const { first, second } = roundTrip('ADT^A01', lines);
        for (const [type, names] of Object.entries({
          AllergyIntolerance: 'code category type criticality reaction onsetDateTime',
          Condition: 'code onsetDateTime asserter clinicalStatus',
          Coverage: 'class payor period type identifier subscriberId relationship status',
        }))
          deepEqual(
            facts(second, type, names.split(' ')),
            facts(first, type, names.split(' ')),
            type,
          );
      }),
      { numRuns: 60 },
    );
  });

  it('keeps the notes of each result, in order and with their lines', () => {
    const notes = fc.array(fc.array(word, { minLength: 1, maxLength: 3 }), { maxLength: 2 });
    fc.assert(
      fc.property(fc.array(notes, { minLength: 1, maxLength: 3 }), (results) => {
        const lines = [head('ORU^R01^ORU_R01'), pid, 'OBR|1||F1^LAB|CMP^Panel^L|||20250301'];
        for (const [at, own] of results.entries()) {
          lines.push(`OBX|${at + 1}|NM|C${at}^Name^L||${at}|mg/dL|||||F`);
          for (const [n, repeated] of own.entries())
            lines.push(`NTE|${n + 1}||${repeated.join('~')}`);
        }
        const { first, second, text } = roundTrip('ORU^R01', lines);
        deepEqual(
          facts(second, 'Observation', ['note', 'code', 'valueQuantity']),
          facts(first, 'Observation', ['note', 'code', 'valueQuantity']),
        );
        equal(text.split('\rNTE|').length - 1, results.flat().length);
      }),
      { numRuns: 60 },
    );
  });
});
