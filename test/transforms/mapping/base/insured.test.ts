// Goal: what IN1 and IN2 say of whoever is insured is said of that person. What the payor numbers
// is the coverage's and the patient's, who is known by none of it: it stands without an authority.
// Method: a table of messages of our own.
import { loadMapping } from '../../../../transforms/mapping/index.ts';
import { admission } from '../messages.ts';
import { itMeans } from '../table.ts';

const base = loadMapping('config', 'base');

const insured = (relationship: string) => [
  ...admission.filter((line) => !line.startsWith('IN1')),
  `IN1|1|P1^Plan|C1|Payer||||||||20240101||||Young^Bob|${relationship}|19780101`,
  `IN2|E7^^^WORKS&2.999.3&ISO^EI|987-65-4321||||MC55||MA66||MI77${'|'.repeat(51)}` +
    'MB88^^^PAYER&2.999.4&ISO^MB',
];

describe('insurance', () => {
  itMeans(base, [
    {
      name: 'of a spouse is of a person with numbers of his own',
      message: insured('SPO'),
      expect: {
        'RelatedPerson[1].name.family': 'Young',
        'RelatedPerson[1].identifier[0].value': 'E7',
        'RelatedPerson[1].identifier[1].value': '987-65-4321',
        'RelatedPerson[1].identifier[2]': {
          type: {
            coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'MI' }],
          },
          value: 'MI77',
        },
        'Coverage.identifier[1].value': 'MC55',
        'Coverage.identifier[2].value': 'MA66',
        'Coverage.identifier[3].value': 'MB88',
        'Patient.identifier[1].value': 'MC55',
        'Patient.identifier[2].value': 'MA66',
        'Patient.identifier[3].value': 'MB88',
        'Patient.identifier[3].type.coding[0].code': 'MB',
        // No identity is decided by a number that names no authority.
        ...Object.fromEntries(
          [1, 2, 3].map((at) => [`Patient.identifier[${at}].system`, undefined]),
        ),
        'Patient.identifier[4]': undefined,
      },
    },
    {
      name: 'of the patient makes no other person',
      message: insured('SELF'),
      expect: { 'RelatedPerson[1]': undefined, 'Patient.identifier[4]': undefined },
    },
  ]);
});
