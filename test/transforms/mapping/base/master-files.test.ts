// Goal: master files make practitioners, roles and places, and their event codes say who is active.
// Method: a table of messages of our own, which have no PID; then ids and ordering keys.
import assert from 'node:assert/strict';
import { orderingKeys } from '../../../../transforms/hl7v2/index.ts';
import { convertBytes, loadMapping } from '../../../../transforms/mapping/index.ts';
import { admission, bytes, withField } from '../messages.ts';
import { idsOf, itMeans, valueAt } from '../table.ts';

const base = loadMapping('config', 'base');

const staff = [
  'MSH|^~\\&|HR|HOSP|PLEXUS|HUB|20240310143000-0500||MFN^M02^MFN_M02|M1|P|2.5.1',
  'MFI|STF^Staff^HL70175||UPD|||NE',
  'MFE|MAD|E1|20240310|S77^^HR|CWE',
  'STF|S77^^HR|4455^^^HOSP&2.999.1&ISO^EI~99^^^NPI|Berg^Li^^^Dr.|MD|F|19701231|A|' +
    'CARD^Cardiology^99DP||(518)555-0100^WPN^PH|1 Elm St^^Troy^NY||||' +
    'li.berg@hosp.example|||Head of Cardiology',
  'PRA|S77^^HR|||I|CAR^Board~INT^Board|LIC9^SL^NY^20301231||20150101|HOSP^General Hospital^99IN',
];
const event = (code: string, message: readonly string[] = staff) =>
  withField(message, 'MFE', 1, code);

const places = [
  'MSH|^~\\&|BEDS|HOSP|PLEXUS|HUB|20240310143000-0500||MFN^M05^MFN_M05|M2|P|2.5.1',
  'MFI|LOC^Locations^HL70175||UPD|||NE',
  'MFE|MAD|E1|20240310|4W^401^1^HOSP|PL',
  'LOC|4W^401^1^HOSP|Window bed|B|General Hospital|1 Elm St^^Troy^NY|(518)555-0101^WPN^PH',
  'LRL|4W^401^1^HOSP|A|S1|PAR^Parent^HL70325||4W^401^^HOSP',
  'LDP|4W^401^1^HOSP|NUR|MED|||A|20200101||||(518)555-0102^WPN^PH',
  'MFE|MDC|E2|20240310|5W^^^HOSP|PL',
];

describe('master files', () => {
  const actives = [
    ['MAD', 'A', true],
    ['MUP', 'A', true],
    ['MUP', 'I', false],
    ['MDC', 'A', false],
    ['MDL', '', false],
    ['MAC', '', true],
  ] as const;
  itMeans(base, [
    ...actives.map(([code, flag, active]) => ({
      name: `${code} with flag "${flag}" is ${active ? 'active' : 'not active'}`,
      message: event(code, withField(staff, 'STF', 7, flag)),
      expect: { 'Practitioner.active': active, 'PractitionerRole.active': active },
    })),
    {
      name: 'say who somebody is and what they do',
      message: staff,
      expect: {
        'Practitioner.identifier[0].value': '4455',
        'Practitioner.identifier[1].system': 'http://hl7.org/fhir/sid/us-npi',
        'Practitioner.identifier[2].value': 'LIC9',
        'Practitioner.identifier[2].period.end': '2030-12-31',
        'Practitioner.name[0].family': 'Berg',
        'Practitioner.gender': 'female',
        'Practitioner.birthDate': '1970-12-31',
        'Practitioner.telecom[0].value': '(518)555-0100',
        'Practitioner.telecom[1].system': 'email',
        'Practitioner.address[0].city': 'Troy',
        'PractitionerRole.organization.display': 'General Hospital',
        'PractitionerRole.code[0].coding[0].code': 'MD',
        'PractitionerRole.code[1].text': 'Head of Cardiology',
        'PractitionerRole.specialty[0].text': 'CAR',
        'PractitionerRole.specialty[1].text': 'INT',
        'PractitionerRole.period.start': '2015-01-01',
      },
    },
    {
      name: 'a deactivation that names only the record is heard',
      message: event('MDC', staff.slice(0, 3)),
      expect: { 'Practitioner.active': false, 'PractitionerRole.id': undefined },
    },
    {
      name: 'places, with what they are in, and which are there no more',
      message: places,
      expect: {
        'Location[0].status': 'active',
        'Location[0].identifier[0].value': '4W/401/1/HOSP',
        'Location[0].description': 'Window bed',
        'Location[0].physicalType.coding[1].code': 'bd',
        'Location[0].partOf.identifier.value': '4W/401/HOSP',
        'Location[0].telecom[0].value': '(518)555-0101',
        'Location[0].telecom[1].value': '(518)555-0102',
        'Location[0].managingOrganization.display': 'General Hospital',
        'Location[1].status': 'inactive',
        'Location[1].description': undefined,
      },
    },
    {
      name: 'a record without a key waits',
      message: event('MUP', withField(staff.slice(0, 3), 'MFE', 4, '')),
      outcome: 'quarantined',
      issues: ['record-key-missing'],
    },
    ...['M01', 'M03', 'M08', 'M13'].map((trigger) => ({
      name: `${trigger} waits, by its name`,
      message: withField(staff, 'MSH', 9, `MFN^${trigger}^MFN_${trigger}`),
      outcome: 'quarantined' as const,
      issues: ['message-type-unsupported'],
    })),
  ]);

  it('keep the ids of records, and a place is what visits refer to', () => {
    const [id] = idsOf(base, staff, 'Practitioner');
    for (const code of ['MUP', 'MDC', 'MDL', 'MAC'])
      assert.deepEqual(idsOf(base, event(code), 'Practitioner'), [id]);
    assert.deepEqual(idsOf(base, event('MDC', staff.slice(0, 3)), 'Practitioner'), [id]);
    const visit = convertBytes(base, bytes(admission)).bundle;
    const place = convertBytes(base, bytes(places)).bundle;
    assert.deepEqual(
      valueAt(visit, 'Encounter.location[0].location.identifier'),
      valueAt(place, 'Location.identifier[0]'),
    );
  });

  it('are ordered file by file, and patients as before', () => {
    assert.deepEqual(orderingKeys(bytes(staff), []), ['STF']);
    assert.deepEqual(orderingKeys(bytes(places), []), ['LOC']);
    assert.deepEqual(orderingKeys(bytes(admission), []), ['4711']);
    assert.deepEqual(orderingKeys(bytes(staff), ['MFE-4']), ['S77']);
  });
});
