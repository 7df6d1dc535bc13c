// Goal: a contribution says which field gave what to a list that several fill, so that each counts
// by itself; what stands in for another counts as one with it; a message that speaks twice of a
// resource says it once. Method: synthetic messages through `base`.
import assert from 'node:assert/strict';
import type { Contribution } from '../../../../transforms/fhir/index.ts';
import { convertBytes, loadMapping } from '../../../../transforms/mapping/index.ts';

const base = loadMapping('config', 'base');

function convert(type: string, ...segments: string[]) {
  const header = `MSH|^~\\&|APP|NORTH|PLX|NORTH|20260301120000||${type}|1|P|2.5.1`;
  const { conversion, issues } = convertBytes(base, Buffer.from([header, ...segments].join('\r')));
  assert.ok(conversion, JSON.stringify(issues));
  return conversion;
}

const only = (contributions: readonly Contribution[], type: string): Contribution => {
  const [first, ...others] = contributions.filter((one) => one.type === type);
  assert.ok(first && others.length === 0, `${others.length} more of ${type}`);
  return first;
};

const said = ({ origins = {} }: Contribution, element: string) =>
  origins[element]?.map(({ origin, items }) => `${origin.name}${origin.adds ? '+' : ''} ${items}`);

const pid = (fields: Record<number, string>) =>
  `PID${Array.from({ length: 40 }, (_, at) => `|${fields[at + 1] ?? ''}`).join('')}`;
const person = '7^^^NORTH^MR';

describe('what each field gives', () => {
  it('is said of lists that several fill, and of them alone', () => {
    const { contributions } = convert(
      'ADT^A08',
      pid({
        3: person,
        5: 'DOE^JANE~ROE^JANE',
        9: 'DOE^J',
        11: 'X^^Y',
        12: 'Z',
        13: '1~2',
        14: '""',
      }),
      'PV1||I|N^1|||S^2|D1^A||||||||||||V1^^^NORTH',
      'ROL||AD|AT|D2^B',
    );
    const patient = only(contributions, 'Patient');
    assert.deepEqual(said(patient, 'name'), ['PID-5 2', 'PID-9 1']);
    assert.deepEqual(said(patient, 'telecom'), ['PID-13 2']);
    assert.deepEqual(patient.remove, ['telecom:PID-14']);
    assert.deepEqual(Object.keys(patient.origins ?? {}).sort(), ['name', 'telecom']);
    const encounter = only(contributions, 'Encounter');
    assert.deepEqual(said(encounter, 'location'), ['PV1-3 1', 'PV1-6 1']);
    assert.deepEqual(said(encounter, 'participant'), ['PV1-7 1', 'ROL+ 1']);
    assert.ok(encounter.joins?.includes('participant') !== true);
  });

  it('is gone where its segments are sent and none of them counts any more', () => {
    const { contributions } = convert(
      'SIU^S14',
      'SCH|A1^APP||||||||||^^^20260301120000^20260301123000',
      pid({ 3: person, 5: 'DOE^JANE' }),
      'RGS|1',
      'AIG|1|D|ROOM1',
      'AIP|1|A|D1^ADAMS',
    );
    const appointment = only(contributions, 'Appointment');
    assert.deepEqual(said(appointment, 'participant'), ['PID 1', 'AIP-3 1']);
    assert.deepEqual(appointment.remove, ['participant:AIG']);
  });

  it('counts as one with what it stands in for', () => {
    const insured = (in3: string, in4: string) =>
      only(
        convert(
          'ADT^A08',
          pid({ 3: person }),
          `PV1||I${'|'.repeat(17)}V1^^^NORTH`,
          `IN1|1|PLAN|${in3}|${in4}`,
        ).contributions,
        'Coverage',
      );
    for (const coverage of [insured('N1', 'ACME'), insured('N1', ''), insured('', '')]) {
      assert.equal((coverage.set.payor as unknown[]).length, 1);
      assert.equal(said(coverage, 'payor'), undefined);
    }
  });

  it('is put together where a message speaks of a resource twice', () => {
    const order = (no: number) => `OBR|${no}||R${no}|GLU|||20260301`;
    const result = (no: number) => `OBX|1|ST|GLU||${no}||||||F`;
    const { contributions } = convert(
      'ORU^R01',
      ...[pid({ 3: person, 13: '1', 14: '2', 9: 'OLD^J' }), order(1), result(1)],
      ...[pid({ 3: person, 13: '3', 14: '""', 40: '4' }), order(2), result(2)],
    );
    const patient = only(contributions, 'Patient');
    assert.deepEqual(said(patient, 'telecom'), ['PID-13 1', 'PID-40 1']);
    const values = (patient.set.telecom as fhir4.ContactPoint[]).map(({ value }) => value);
    assert.deepEqual(values, ['3', '4']);
    assert.deepEqual(said(patient, 'name'), ['PID-9 1']);
  });
});
