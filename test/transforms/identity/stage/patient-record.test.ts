// Goal: a record is the fold of what its source said: what a message sets is taken, what it removes
// is gone, everything else stays, and stays in hospital open and close. Method: properties over
// random sequences of contributions against a plain oracle of elements; then the named cases.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Contribution } from '../../../../transforms/fhir/index.ts';
import type { PersonRecord } from '../../../../transforms/identity/index.ts';
import { foldPatient } from '../../../../transforms/identity/stage/patient-record.ts';
import { saidOf } from '../../../../transforms/identity/stage/sighting.ts';

const mr = { system: 'urn:a', value: '17', type: { coding: [{ code: 'MR' }] } };

function patient(
  set: Record<string, unknown>,
  rest: Partial<Pick<Contribution, 'remove' | 'initial' | 'whole'>> = {},
): Contribution {
  return { type: 'Patient', id: 'p', set, remove: [], ...rest };
}

const fold = (known: PersonRecord | undefined, ...contributions: Contribution[]) =>
  foldPatient(known, saidOf(contributions, contributions[0]!, 'urn:a'));

const encounter = (set: Record<string, unknown>): Contribution => ({
  type: 'Encounter',
  id: 'e',
  set: { subject: { reference: 'Patient/p' }, class: { code: 'IMP' }, ...set },
  remove: [],
});

describe('the record of a patient', () => {
  const values = {
    birthDate: fc.constantFrom('1971-03-05', '1950-12-24'),
    gender: fc.constantFrom('female', 'male'),
    name: fc.constantFrom([{ family: 'Brandenburg', given: ['Ada'] }], [{ family: 'Kovacs' }]),
    telecom: fc.constantFrom([{ system: 'phone', value: '217-348-9172' }], []),
    deceasedBoolean: fc.constantFrom(true, false),
  };
  const element = fc.constantFrom(...(Object.keys(values) as (keyof typeof values)[]));
  const message = fc.record({
    set: fc.record(values, { requiredKeys: [] }),
    remove: fc.uniqueArray(element),
    whole: fc.boolean(),
  });

  it('is that of one whole Patient with what was said last of each element', () => {
    fc.assert(
      fc.property(fc.array(message, { minLength: 1, maxLength: 8 }), (messages) => {
        let known: PersonRecord | undefined;
        let elements: Record<string, unknown> = {};
        for (const { set, remove, whole } of messages) {
          const gone = remove.filter((name) => !(name in set));
          known = fold(known, patient(set, whole ? { remove: gone, whole } : { remove: gone }));
          elements = whole ? { ...set } : { ...elements, ...set };
          for (const name of gone) delete elements[name];
        }
        assert.deepEqual(known, fold(undefined, patient(elements)));
      }),
      { numRuns: 300 },
    );
  });

  it('keeps a number that a message does not speak of, and takes a corrected one', () => {
    const ssn = { system: 'urn:ssn', value: '123-45-6780', type: { coding: [{ code: 'SS' }] } };
    const first = fold(undefined, patient({ identifier: [mr, ssn] }));
    const result = fold(first, patient({ identifier: [mr] }));
    assert.deepEqual(result.identifiers, first.identifiers);
    const corrected = fold(first, patient({ identifier: [mr, { ...ssn, value: '123-45-6798' }] }));
    assert.deepEqual(
      corrected.identifiers.map(({ value }) => value),
      ['17', '123-45-6798'],
    );
  });

  it('takes `initial` only where nothing is known', () => {
    const known = fold(undefined, patient({ gender: 'female' }));
    const after = fold(
      known,
      patient({}, { initial: { gender: 'male', birthDate: '1971-03-05' } }),
    );
    assert.deepEqual([after.sex, after.birthDate], ['female', '1971-03-05']);
  });

  it('drops a doubt with the value that it was about, and no other', () => {
    const doubted = fold(
      undefined,
      patient({ name: [{ family: 'UNKNOWN', given: ['BABY BOY'] }], birthDate: '1900-01-01' }),
    );
    assert.ok(doubted.flags.includes('placeholder-birth-date'));
    const dated = fold(doubted, patient({ birthDate: '2024-03-05' }));
    assert.ok(!dated.flags.includes('placeholder-birth-date'));
    assert.ok(dated.flags.includes('newborn-name') || dated.flags.includes('placeholder-name'));
  });

  it('opens a stay with its beginning and closes it with its end; one cancelled never was', () => {
    const admitted = fold(
      undefined,
      patient({}),
      encounter({ status: 'in-progress', period: { start: '2024-07-10T14:00:00Z' } }),
    );
    const open = { facility: 'urn:a', from: '2024-07-10T14:00:00Z' };
    assert.deepEqual([admitted.stays, admitted.lastActive], [[open], '2024-07-10']);
    const end = '2024-07-14T10:00:00Z';
    const closed = fold(admitted, patient({}), encounter({ status: 'finished', period: { end } }));
    assert.deepEqual(closed.stays, [{ ...open, to: end }]);
    const cancelled = fold(
      admitted,
      patient({}),
      encounter({ status: 'cancelled', period: { start: open.from } }),
    );
    assert.equal(cancelled.stays, undefined);
  });

  it('takes no visit and no plan for a stay, and forgets none by a later one', () => {
    const visit = encounter({
      class: { code: 'AMB' },
      status: 'finished',
      period: { start: '2024-07-10T14:00:00Z' },
    });
    const planned = encounter({ status: 'planned', period: { start: '2030-01-01T00:00:00Z' } });
    const seen = fold(undefined, patient({}), visit, planned);
    assert.deepEqual([seen.stays, seen.lastActive], [undefined, '2024-07-10']);
    const earlier = encounter({ status: 'finished', period: { start: '2020-01-01T00:00:00Z' } });
    const both = fold(seen, patient({}), earlier);
    assert.equal(both.lastActive, '2024-07-10');
    assert.equal(both.stays?.length, 1);
  });

  it('knows the mother by her number and her maiden name', () => {
    const mother: Contribution = {
      type: 'RelatedPerson',
      id: 'm',
      set: {
        patient: { reference: 'Patient/p' },
        relationship: [{ coding: [{ code: 'MTH' }] }],
        identifier: [{ ...mr, value: '3' }],
      },
      remove: [],
    };
    const url = 'http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName';
    const child = fold(undefined, patient({ extension: [{ url, valueString: 'Lopez' }] }), mother);
    assert.equal(child.mothersMaidenName, 'LOPEZ');
    assert.deepEqual(
      child.motherIdentifiers?.map(({ value }) => value),
      ['3'],
    );
  });
});
