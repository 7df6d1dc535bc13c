// Goal: charges, credits, accounts and guarantors mean what chapter 6 of the standard says. Method:
// a table of messages of our own; then ids of resends.
import assert from 'node:assert/strict';
import { convertBytes, loadMapping } from '../../../../transforms/mapping/index.ts';
import { bytes, withField } from '../messages.ts';
import { idsOf, itMeans, valueAt } from '../table.ts';

const base = loadMapping('config', 'base');

const start = [
  'MSH|^~\\&|BILL|HOSP|PLEXUS|HUB|20240310143000-0500||DFT^P03^DFT_P03|F1|P|2.5.1',
  'EVN|P03|20240310143000-0500',
  'PID|1||4711^^^HOSP&2.999.1&ISO^MR||Young^Ada||19800229|F||||||||||A100^^^HOSP&2.999.1&ISO^AN',
  'PV1|1|I|||||||||||||||||V1^^^HOSP&2.999.1&ISO|||||||||||||||||||||||||20240309080000-0500',
];
const charge =
  'FT1|1|T1||20240310100000-0500^20240310110000-0500|20240310|CG|XR1^Chest film^99CDM|||' +
  '3|60.30&USD|20.10&USD|RAD^Radiology^99DEP||||||R07.9^Chest pain^I10|1122^Alaz^Mo|' +
  '1123^Berg^Li||FO1^LAB|1124^Cole^Ed|71045^X-ray chest^C4';
const done = 'PR1|1||71045^X-ray chest^C4|Film of the chest|20240310100000-0500||20';
const plan = 'IN1|1|P1^Plan|C1|Payer|||||||||||||SEL|||||2||||||||||||||POL9';
const guarantor =
  'GT1|1|G9^^^HOSP&2.999.1&ISO|Young^Bob||1 Elm St^^Troy^NY|5550100||19500101|M||SPO||20240101';
const dft = [...start, charge, done, plan, guarantor];
const bar = (trigger: string, message: readonly string[] = [...start, done, plan, guarantor]) =>
  withField(message, 'MSH', 9, `BAR^${trigger}^BAR_P01`);

describe('charges', () => {
  const kinds = [
    ['CG', 'billable'],
    ['CD', 'not-billable'],
    ['CR', 'not-billable'],
    ['', 'unknown'],
  ] as const;
  itMeans(base, [
    ...kinds.map(([kind, status]) => ({
      name: `of transaction type "${kind}" are ${status}`,
      message: withField(dft, 'FT1', 6, kind),
      expect: { 'ChargeItem.status': status },
    })),
    {
      name: 'keep the modifiers of a procedure code in words, as R4 has none',
      message: withField(withField(dft, 'FT1', 26, 'LT^Left side^C4~59'), 'PR1', 16, '^Bilateral'),
      expect: {
        'ChargeItem.note': [{ text: 'Procedure code modifier: LT Left side; 59' }],
        'Procedure.note': [{ text: 'Procedure code modifier: Bilateral' }],
      },
    },
    {
      name: 'a payment is no charge; what it says is in the loss report',
      message: withField(dft, 'FT1', 6, 'PY'),
      expect: { ChargeItem: undefined },
    },
    {
      name: 'say what for, how much, when and by whom',
      message: dft,
      expect: {
        'ChargeItem.code.coding[0].code': 'XR1',
        'ChargeItem.code.coding[1]': {
          system: 'http://www.ama-assn.org/go/cpt',
          code: '71045',
          display: 'X-ray chest',
        },
        'ChargeItem.quantity.value': 3,
        'ChargeItem.priceOverride': { value: 60.3, currency: 'USD' },
        'ChargeItem.occurrencePeriod.end': '2024-03-10T11:00:00-05:00',
        'ChargeItem.enteredDate': '2024-03-10',
        'ChargeItem.costCenter.identifier.value': 'RAD',
        'ChargeItem.reason[0].coding[0].code': 'R07.9',
        'ChargeItem.performer[0].actor.identifier.value': '1122',
        'ChargeItem.performer[1].function.text': 'ordering provider',
        'ChargeItem.enterer.identifier.value': '1124',
        'ChargeItem.supportingInformation[0].identifier.value': 'FO1',
        'Procedure.code.text': 'Film of the chest',
        'Procedure.performedPeriod.end': '2024-03-10T10:20:00-05:00',
      },
    },
    {
      name: 'without a total the price of one counts as often as there are units',
      message: withField(dft, 'FT1', 11, ''),
      expect: { 'ChargeItem.priceOverride': { value: 60.3, currency: 'USD' } },
    },
    {
      name: 'without a charge code the procedure code is the code',
      message: withField(dft, 'FT1', 7, ''),
      expect: {
        'ChargeItem.code.coding[0].code': '71045',
        'ChargeItem.code.coding[1]': undefined,
      },
    },
    {
      name: 'a currency that is none, and an amount that is none, are told',
      message: withField(withField(dft, 'FT1', 11, 'ten&USD'), 'FT1', 12, '20&Dollars'),
      expect: { 'ChargeItem.priceOverride': { value: 60 } },
      issues: ['number-invalid', 'currency-invalid'],
    },
    {
      name: 'a procedure belongs to the charge before it alone',
      message: [...start, charge, done, charge.replace('|T1|', '|T2|')],
      expect: { 'ChargeItem[1].service': undefined },
    },
  ]);

  it('a resend is the same charge; a second line without a number is another', () => {
    const lines = [...start, charge, charge.replace('FT1|1', 'FT1|2')];
    const numberless = withField(lines, 'FT1', 2, '');
    const both = numberless.map((row) => row.replace('FT1|2|T1', 'FT1|2|'));
    const ids = idsOf(base, both, 'ChargeItem');
    assert.equal(new Set(ids).size, 2);
    assert.deepEqual(idsOf(base, both, 'ChargeItem'), ids);
    const [numbered] = idsOf(base, dft, 'ChargeItem');
    assert.deepEqual(idsOf(base, withField(dft, 'MSH', 10, 'F2'), 'ChargeItem'), [numbered]);
  });
});

describe('accounts', () => {
  const states = [
    ['P01', 'active'],
    ['P02', 'entered-in-error'],
    ['P05', 'active'],
    ['P06', 'inactive'],
    ['P12', 'active'],
  ] as const;
  itMeans(base, [
    ...states.map(([trigger, status]) => ({
      name: `${trigger} leaves the account ${status}`,
      message: bar(trigger),
      expect: { 'Account.status': status, 'Account.identifier[0].value': 'A100' },
    })),
    {
      name: 'have a guarantor, a coverage and a term',
      message: bar('P01'),
      expect: {
        'Account.coverage[0].priority': 2,
        'Account.guarantor[0].period.start': '2024-01-01',
        'Account.servicePeriod.start': '2024-03-09T08:00:00-05:00',
        'RelatedPerson.name[0].family': 'Young',
        'RelatedPerson.relationship[1].coding[1].code': 'SPS',
        'RelatedPerson.birthDate': '1950-01-01',
      },
    },
    {
      name: 'a procedure that PR1-20 deletes is kept and says that it was an error',
      message: bar('P12', withField([...start, done], 'PR1', 20, 'D')),
      expect: { 'Procedure.status': 'entered-in-error' },
    },
    {
      name: 'a message about an account that names none waits',
      message: bar('P02', withField(start, 'PID', 18, '')),
      outcome: 'quarantined',
      issues: ['account-number-missing'],
    },
  ]);

  it('the patient is their own guarantor where GT1-11 says self', () => {
    const message = withField(bar('P01'), 'GT1', 11, 'SEL');
    const { bundle } = convertBytes(base, bytes(message));
    const party = valueAt(bundle, 'Account.guarantor[0].party.reference');
    assert.equal(party, `Patient/${valueAt(bundle, 'Patient.id')}`);
    assert.equal(valueAt(bundle, 'RelatedPerson.id'), undefined);
  });

  it('keep their id', () => {
    const [id] = idsOf(base, bar('P01'), 'Account');
    for (const trigger of ['P02', 'P05', 'P06', 'P12'])
      assert.deepEqual(idsOf(base, bar(trigger), 'Account'), [id]);
    assert.deepEqual(idsOf(base, dft, 'Account'), [id]);
  });
});
