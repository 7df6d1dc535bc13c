// Goal: what systems of HL7 2.1 to 2.3 write is read as what it means: the event in EVN-1, and the
// words of a table where its codes belong. Method: a table of messages of our own; each word must
// mean what its code means.
import assert from 'node:assert/strict';
import { convertBytes, loadMapping } from '../../../../transforms/mapping/index.ts';
import { admission, bytes, result, withField } from '../messages.ts';
import { itMeans, valueAt } from '../table.ts';

const base = loadMapping('config', 'base');

const early = (message: readonly string[], type: string) =>
  withField(withField(message, 'MSH', 9, type), 'MSH', 12, '2.1');

describe('a message type without its event', () => {
  itMeans(base, [
    {
      name: 'has it in EVN-1',
      message: withField(early(admission, 'ADT'), 'EVN', 1, 'A03'),
      expect: { 'Encounter.status': 'finished' },
    },
    {
      name: 'which stands above that of a structure',
      message: early(admission, 'ADT^^ADT_A01'),
      expect: { 'Encounter.status': 'in-progress' },
    },
    {
      name: 'and is a result where only results are of that type',
      message: early(result, 'ORU'),
      expect: { 'DiagnosticReport.status': 'final' },
    },
    {
      name: 'waits where nobody says it',
      message: early(
        admission.filter((line) => !line.startsWith('EVN')),
        'ADT',
      ),
      outcome: 'quarantined',
      issues: ['message-type-unsupported'],
    },
    {
      name: 'and where EVN-1 holds something else',
      message: withField(early(admission, 'ADT'), 'EVN', 1, 'A031'),
      outcome: 'quarantined',
      issues: ['message-type-unsupported'],
    },
  ]);
});

describe('a word in place of a code', () => {
  const rows: readonly (readonly [string, number, string, string, string])[] = [
    ['PID', 8, 'Female', 'F', 'Patient.gender'],
    ['PID', 8, 'MALE', 'M', 'Patient.gender'],
    ['PID', 8, 'unknown', 'U', 'Patient.gender'],
    ['PID', 16, 'Married', 'M', 'Patient.maritalStatus.coding[1].code'],
    ['PID', 16, 'SINGLE', 'S', 'Patient.maritalStatus.coding[1].code'],
    ['NK1', 3, 'SPOUSE', 'SPO', 'RelatedPerson.relationship.coding[1].code'],
    ['NK1', 3, 'Mother', 'MTH', 'RelatedPerson.relationship.coding[1].code'],
    ['PID', 5, 'A^B^^^^^Legal', 'A^B^^^^^L', 'Patient.name.use'],
    ['PID', 11, '1 A^^B^^^^Home', '1 A^^B^^^^H', 'Patient.address.use'],
    ['PID', 11, '1 A^^B^^^^Mailing', '1 A^^B^^^^M', 'Patient.address.type'],
    ['PID', 13, '5551234^Mobile', '5551234^PRS', 'Patient.telecom.use'],
    ['PID', 13, '5551234^Work', '5551234^WPN', 'Patient.telecom.use'],
    ['AL1', 2, 'Drug', 'DA', 'AllergyIntolerance.category[0]'],
    ['AL1', 2, 'FOOD', 'FA', 'AllergyIntolerance.category[0]'],
    ['AL1', 4, 'Severe', 'SV', 'AllergyIntolerance.criticality'],
    ['AL1', 4, 'Mild', 'MI', 'AllergyIntolerance.reaction[0].severity'],
    ['AL1', 4, 'Moderate', 'MO', 'AllergyIntolerance.reaction[0].severity'],
    ['PV1', 2, 'Inpatient', 'I', 'Encounter.class.code'],
    ['PV1', 2, 'OUTPATIENT', 'O', 'Encounter.class.code'],
    ['PV1', 2, 'AMB', 'O', 'Encounter.class.code'],
    ['PV1', 2, 'IMP', 'I', 'Encounter.class.code'],
    ['PV1', 2, 'EMER', 'E', 'Encounter.class.code'],
    ['PV1', 2, 'Preadmit', 'P', 'Encounter.class.code'],
  ];
  for (const [segment, field, word, code, path] of rows)
    it(`${segment}-${field} ${word} is ${code}`, () => {
      const said = (value: string) => {
        const { bundle, issues } = convertBytes(
          base,
          bytes(withField(admission, segment, field, value)),
        );
        assert.deepEqual(issues, []);
        return valueAt(bundle, path);
      };
      assert.notEqual(said(code), undefined);
      assert.equal(said(word), said(code));
    });

  for (const word of ['eng', 'EN', 'en'])
    it(`PID-15 ${word} is English to BCP 47 too`, () => {
      const { bundle } = convertBytes(base, bytes(withField(admission, 'PID', 15, word)));
      const [language] = valueAt(bundle, 'Patient.communication') as unknown[];
      assert.deepEqual(language, {
        language: {
          coding: [{ code: word }, { system: 'urn:ietf:bcp:47', code: 'en', display: 'English' }],
        },
      });
    });

  it('self is the patient, whichever way it is written', () => {
    const insured = (word: string) => {
      const { bundle } = convertBytes(base, bytes(withField(admission, 'IN1', 17, word)));
      return valueAt(bundle, 'Coverage.subscriber.reference');
    };
    assert.match(String(insured('SEL')), /^Patient\//);
    for (const word of ['SELF', 'Self']) assert.equal(insured(word), insured('SEL'));
  });
});
