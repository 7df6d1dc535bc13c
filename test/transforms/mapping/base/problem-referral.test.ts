// Goal: problems, goals and referrals say what chapters 11 and 12 of the standard mean, an action
// code or a trigger at a time. Method: a table of messages of our own; then ids of resends.
import assert from 'node:assert/strict';
import { loadMapping } from '../../../../transforms/mapping/index.ts';
import { withField } from '../messages.ts';
import { idsOf, itMeans } from '../table.ts';

const base = loadMapping('config', 'base');

const ppr = [
  'MSH|^~\\&|CARE|HOSP|PLEXUS|HUB|20240310143000-0500||PPR^PC1^PPR_PC1|P1|P|2.5.1',
  'PID|1||4711^^^HOSP&2.999.1&ISO^MR||Young^Ada||19800229|F',
  'PV1|1|I|||||||||||||||||V1^^^HOSP&2.999.1&ISO',
  'PRB|AD|20240310|I10^Hypertension^I10|PR1^CARE|||20240301||||||C^Confirmed|A^Active||20231201',
  'NTE|1||Since the move',
  'GOL|AD|20240310|BP^Blood pressure below 130^99GL|G1^CARE||1|20240310|20240901||||||||' +
    'I^Improving^99EV|Walk daily|A',
];
const as = (trigger: string, message: readonly string[] = ppr) =>
  withField(message, 'MSH', 9, `PPR^${trigger}^PPR_PC1`);
const verification = 'Condition.verificationStatus.coding[0].code';
const clinical = 'Condition.clinicalStatus.coding[0].code';

describe('problems and goals', () => {
  itMeans(base, [
    {
      name: 'PC1 adds a problem of the list, and a goal for it',
      message: ppr,
      expect: {
        'Condition.category[0].coding[0].code': 'problem-list-item',
        'Condition.code.coding[0].code': 'I10',
        'Condition.verificationStatus.coding[1].code': 'confirmed',
        'Condition.clinicalStatus.coding[1].code': 'active',
        'Condition.onsetDateTime': '2023-12-01',
        'Condition.recordedDate': '2024-03-01',
        'Condition.note[0].text': 'Since the move',
        'Goal.lifecycleStatus': 'active',
        'Goal.description.text': 'Blood pressure below 130',
        'Goal.startDate': '2024-03-10',
        'Goal.target[0].dueDate': '2024-09-01',
        'Goal.achievementStatus.text': 'Improving',
        'Goal.note[0].text': 'Walk daily',
      },
    },
    {
      name: 'PC2 ends one: R4 has no abatement of what is active',
      message: as('PC2', withField(withField(ppr, 'PRB', 1, 'UP'), 'PRB', 9, '20240401')),
      expect: { [clinical]: 'resolved', 'Condition.abatementDateTime': '2024-04-01' },
    },
    {
      name: 'PC3 with DE: an error, never erased, and without a clinical status',
      message: as('PC3', withField(ppr, 'PRB', 1, 'DE')),
      expect: { [verification]: 'entered-in-error', 'Condition.clinicalStatus': undefined },
    },
    {
      name: 'PC3 without an action code is a deletion too',
      message: as('PC3', withField(ppr, 'PRB', 1, '')),
      expect: { [verification]: 'entered-in-error', 'Condition.clinicalStatus': undefined },
    },
    {
      name: 'a goal is deleted by its own action code',
      message: as('PC2', withField(ppr, 'GOL', 1, 'DE')),
      expect: {
        'Goal.lifecycleStatus': 'entered-in-error',
        'Condition.clinicalStatus.coding[1].code': 'active',
      },
    },
    {
      name: 'UC: a problem that did not change says nothing',
      message: as('PC2', withField(ppr, 'PRB', 1, 'UC')),
      expect: { 'Condition.id': undefined, 'Goal.addresses': undefined },
    },
    {
      name: 'a life cycle that nobody knows is told',
      message: withField(ppr, 'PRB', 14, 'Q7'),
      expect: { 'Condition.code.coding[0].code': 'I10' },
      issues: ['code-not-in-table'],
    },
  ]);

  it('keep their ids, by instance number, else by code', () => {
    for (const type of ['Condition', 'Goal']) {
      const [id] = idsOf(base, ppr, type);
      assert.deepEqual(idsOf(base, as('PC2'), type), [id]);
      assert.deepEqual(idsOf(base, as('PC3', withField(ppr, 'PRB', 1, 'DE')), type), [id]);
    }
    const bare = withField(ppr, 'PRB', 4, '');
    assert.deepEqual(idsOf(base, as('PC2', bare), 'Condition'), idsOf(base, bare, 'Condition'));
    assert.notDeepEqual(idsOf(base, bare, 'Condition'), idsOf(base, ppr, 'Condition'));
  });
});

const ref = [
  'MSH|^~\\&|GP|CLINIC|PLEXUS|HUB|20240310143000-0500||REF^I12^REF_I12|R1|P|2.5.1',
  'RF1|A^Accepted^HL70283|S^STAT^HL70280|Lab^Laboratory^HL70281||O^Outpatient^HL70284|RF7^GP|' +
    '20240312|20240612|20240310|S^Second opinion^HL70336|EX7^HUB',
  'AUT|HMO|P1||20240301|20240901|AU55^PAYER',
  'PRD|RT|Specialist^Sam|||||9001^NPI',
  'PRD|RP|Referrer^Rita|||||9002^NPI',
  'PID|1||4711^^^HOSP&2.999.1&ISO^MR||Young^Ada||19800229|F',
  'DG1|1||K63.3^Ulcer^I10|||A',
];
const referral = (trigger: string, status: string) =>
  withField(withField(ref, 'MSH', 9, `REF^${trigger}^REF_I12`), 'RF1', 1, status);

describe('referrals', () => {
  const states = [
    ['I12', 'A', 'active'],
    ['I12', 'P', 'on-hold'],
    ['I12', '', 'active'],
    ['I13', 'R', 'revoked'],
    ['I13', 'E', 'revoked'],
    ['I14', 'A', 'revoked'],
    ['I15', 'A', 'active'],
  ] as const;
  itMeans(base, [
    ...states.map(([trigger, status, expected]) => ({
      name: `${trigger} with status "${status}" is ${expected}`,
      message: referral(trigger, status),
      expect: { 'ServiceRequest.status': expected },
    })),
    {
      name: 'say who refers whom to whom, why, when and by what right',
      message: ref,
      expect: {
        'ServiceRequest.identifier[0].value': 'RF7',
        'ServiceRequest.identifier[1].value': 'EX7',
        'ServiceRequest.intent': 'order',
        'ServiceRequest.priority': 'stat',
        'ServiceRequest.code.coding[0].code': 'Lab',
        'ServiceRequest.locationCode[0].coding[0].code': 'O',
        'ServiceRequest.requester.display': 'Rita Referrer',
        'ServiceRequest.requester.identifier.value': '9002',
        'ServiceRequest.performer[0].display': 'Sam Specialist',
        'ServiceRequest.performer[1]': undefined,
        'ServiceRequest.reasonCode[0].text': 'Second opinion',
        'ServiceRequest.occurrencePeriod': { start: '2024-03-12', end: '2024-06-12' },
        'ServiceRequest.authoredOn': '2024-03-10',
        'ServiceRequest.insurance[0].identifier.value': 'AU55',
      },
    },
    {
      name: 'one without a number waits',
      message: withField(withField(ref, 'RF1', 6, ''), 'RF1', 11, ''),
      outcome: 'quarantined',
      issues: ['referral-number-missing'],
    },
  ]);

  it('keep their id', () => {
    const [id] = idsOf(base, ref, 'ServiceRequest');
    for (const trigger of ['I13', 'I14', 'I15'])
      assert.deepEqual(idsOf(base, referral(trigger, 'A'), 'ServiceRequest'), [id]);
  });
});
