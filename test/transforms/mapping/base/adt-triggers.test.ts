// Goal: every ADT trigger says what it means of a visit, an account, a bed and a file, and touches
// nothing else. Method: one table of all triggers, each converted by the base with every segment
// that its structure may have, against the resources it may speak of and the status it gives;
// beside it what single triggers must say, and must leave alone.
import assert from 'node:assert/strict';
import type { Contribution } from '../../../../transforms/fhir/index.ts';
import { convertBytes, loadMapping } from '../../../../transforms/mapping/index.ts';
import { bytes } from '../messages.ts';
import { problemsOf } from '../valid.ts';

const base = loadMapping('config', 'base');

const mr = (value: string) => `${value}^^^HOSP&2.999.1&ISO^MR`;
const pid = (number: string, account = 'A1') =>
  `PID|1||${mr(number)}||Young^Ada||19800229|F${'|'.repeat(10)}${account}`;
type Visit = { readonly number?: string; readonly bed?: string; readonly before?: string };
const pv1 = ({ number = 'V1', bed = '4W^401^1^HOSP', before = '' }: Visit = {}) =>
  `PV1|1|I|${bed}|||${before}|${'|'.repeat(12)}${number}`;

function message(trigger: string, ...segments: string[]): string[] {
  const head = `MSH|^~\\&|ADT|HOSP|PLEXUS|HUB|20240310143000-0500||ADT^${trigger}|M1|P|2.5.1`;
  return [head, `EVN|${trigger}|20240310143000-0500`, ...segments];
}

function convert(segments: readonly string[]) {
  const { conversion, bundle, issues, outcome } = convertBytes(base, bytes(segments));
  const codes = issues.map(({ code }) => code);
  assert.deepEqual(problemsOf(bundle), []);
  return { outcome, codes, contributions: conversion?.contributions ?? [], conversion };
}

const typesOf = (segments: readonly string[]): string[] =>
  convert(segments).contributions.map(({ type }) => type);

/** All the encounters of a message; `?` before a status that only holds where none is known. */
function encounters(segments: readonly string[]): string[] {
  return convert(segments).contributions.flatMap(({ type, set, initial }) =>
    type === 'Encounter' ? [String(set.status ?? `?${initial?.status}`)] : [],
  );
}

const of = (type: string, segments: readonly string[]) =>
  convert(segments).contributions.filter((one) => one.type === type);

const one = [pid('17'), `MRG|${mr('18')}||A9||V9`, pv1(), 'AL1|1|DA|7980^Penicillin^L'];
const statuses: Readonly<Record<string, string>> = {
  A01: 'in-progress',
  A02: 'in-progress',
  A03: 'finished',
  A04: 'in-progress',
  A05: 'planned',
  A06: 'in-progress',
  A07: 'in-progress',
  A08: '?in-progress',
  A09: '?in-progress',
  A10: '?in-progress',
  A11: 'cancelled',
  A12: '?in-progress',
  A13: 'in-progress',
  A14: 'planned',
  A15: '?in-progress',
  A16: '?in-progress',
  A21: 'onleave',
  A22: 'in-progress',
  A23: 'entered-in-error',
  A25: '?in-progress',
  A26: '?in-progress',
  A27: 'cancelled',
  A32: '?in-progress',
  A33: '?in-progress',
  A38: 'cancelled',
  A52: 'in-progress',
  A53: 'onleave',
  A54: '?in-progress',
  A55: '?in-progress',
  A60: '?in-progress',
  A61: '?in-progress',
  A62: '?in-progress',
};
const withoutVisit =
  'A18 A24 A28 A29 A30 A31 A34 A35 A36 A37 A39 A40 A41 A43 A44 A46 A47 A49'.split(' ');
const merges = 'A18 A30 A34 A36 A39 A40 A46 A47'.split(' ');
const withAllergies = [...'A28 A31 A60'.split(' '), ...Object.keys(statuses)].filter(
  (trigger) => trigger !== 'A23',
);

describe('the triggers of ADT', () => {
  it('are all converted: A01-A18, A20-A47, A49-A55, A60-A62', () => {
    const range = (from: number, to: number) =>
      Array.from({ length: to - from + 1 }, (_, at) => `A${`${from + at}`.padStart(2, '0')}`);
    const all = [...range(1, 18), ...range(20, 47), ...range(49, 55), ...range(60, 62)];
    const unknown = all.filter((trigger) =>
      convert(message(trigger, ...one)).codes.includes('message-type-unsupported'),
    );
    assert.deepEqual(unknown, []);
  });

  for (const [trigger, status] of Object.entries(statuses))
    it(`${trigger} leaves the visit ${status}`, () => {
      assert.deepEqual(encounters(message(trigger, ...one)), [status]);
    });

  it('touch no visit where they speak of persons, files or accounts, though a PV1 is sent', () => {
    for (const trigger of withoutVisit)
      assert.deepEqual(encounters(message(trigger, ...one, pid('18'), pv1())), [], trigger);
  });

  it('touch allergies only where the structure of the message has them', () => {
    for (const trigger of [...Object.keys(statuses), ...withoutVisit])
      assert.equal(
        typesOf(message(trigger, ...one, pid('18'))).includes('AllergyIntolerance'),
        withAllergies.includes(trigger),
        trigger,
      );
  });

  it('end a file only where they merge, and never without saying what goes on', () => {
    for (const trigger of [...Object.keys(statuses), ...withoutVisit]) {
      const others = merges.includes(trigger) ? [] : [pid('19')];
      const files = of('Patient', message(trigger, ...one, ...others));
      const ended = files.filter(({ set }) => set.active === false);
      const expected = merges.includes(trigger) ? 1 : trigger === 'A29' ? 2 : 0;
      assert.equal(ended.length, expected, trigger);
    }
  });

  it('make an erroneous person inactive, with all that is known of them (A29)', () => {
    const [patient] = of('Patient', message('A29', pid('17'), pv1()));
    assert.equal(patient?.set.active, false);
    assert.deepEqual(patient.remove, []);
    assert.ok(patient.set.name);
    assert.equal(of('Patient', message('A28', pid('17')))[0]?.set.active, true);
  });
});

describe('visits and beds', () => {
  it('are as their class has them where no message said more, by HL7`s own table', () => {
    for (const [letter, status] of Object.entries({ I: 'in-progress', P: 'planned', U: 'unknown' }))
      assert.deepEqual(encounters(message('A08', pid('17'), pv1().replace('|I|', `|${letter}|`))), [
        `?${status}`,
      ]);
  });

  it('planned ones have the planned period, which ends when the visit begins', () => {
    const expected = `PV2${'|'.repeat(8)}20240401|20240405`;
    const [planned] = of('Encounter', message('A05', pid('17'), pv1(), expected));
    assert.deepEqual(planned?.set.period, { start: '2024-04-01', end: '2024-04-05' });
    const [begun] = of('Encounter', message('A01', pid('17'), pv1(), expected));
    assert.equal(begun?.set.period, undefined);
    assert.deepEqual(begun?.remove, ['period.start', 'period.end']);
  });

  it('A13 takes back the end of a visit and where the patient went, and keeps the rest', () => {
    const discharge = `${pv1()}${'|'.repeat(17)}01|HOME|||||||20240301|20240310`;
    const [ended] = of('Encounter', message('A03', pid('17'), discharge));
    assert.deepEqual(ended?.set.period, { start: '2024-03-01', end: '2024-03-10' });
    const [again] = of('Encounter', message('A13', pid('17'), discharge));
    assert.deepEqual(again?.set.period, { start: '2024-03-01' });
    for (const name of ['period.end', 'hospitalization.dischargeDisposition'])
      assert.ok(again.remove.includes(name), name);
    assert.equal(again.set.hospitalization, undefined);
  });

  it('A05 and A14 are planned for when EVN-3 says, where PV2-8 does not', () => {
    for (const trigger of ['A05', 'A14']) {
      const planned = message(trigger, pid('17'), pv1());
      planned[1] = `EVN|${trigger}|20240310143000-0500|20240401`;
      assert.deepEqual(of('Encounter', planned)[0]?.set.period, { start: '2024-04-01' });
    }
  });

  it('say of the bed whether anybody lies in it', () => {
    const ended = `${pv1()}${'|'.repeat(25)}20240301|20240310`;
    const said = (trigger: string, visit = pv1()) => {
      const [visited] = of('Encounter', message(trigger, pid('17'), visit));
      return (visited?.set.location as fhir4.EncounterLocation[] | undefined)?.[0]?.status;
    };
    for (const trigger of ['A01', 'A02', 'A08', 'A21']) assert.equal(said(trigger), 'active');
    for (const trigger of ['A05', 'A14']) assert.equal(said(trigger), 'planned');
    for (const trigger of ['A11', 'A23', 'A27', 'A38']) assert.equal(said(trigger), undefined);
    assert.equal(said('A03'), 'completed');
    assert.equal(said('A08', ended), 'completed');
    assert.equal(said('A13', ended), 'active');
  });

  it('A12 puts the patient back, and not where the cancelled transfer would have led', () => {
    const moved = pv1({ bed: '4W^401^1', before: 'ICU^2^1' });
    const places = (trigger: string) =>
      placesOf(of('Encounter', message(trigger, pid('17'), moved))[0]).map(
        ({ location, status }) => `${status} ${location.display}`,
      );
    assert.deepEqual(places('A02').sort(), ['active 4W 401 1', 'completed ICU 2 1']);
    assert.deepEqual(places('A12'), ['active 4W 401 1']);
  });

  it('A17 swaps two beds in one conversion, or in none', () => {
    const [a, b] = [
      pv1({ number: 'V1', bed: '4W^1^1' }),
      pv1({ number: 'V2', bed: '4W^2^2', before: '4W^1^1' }),
    ];
    const swapped = message('A17', pid('17'), a, pid('18'), b);
    assert.deepEqual(encounters(swapped), ['?in-progress', '?in-progress']);
    const subjects = of('Encounter', swapped).map(({ set }) => set.subject);
    assert.deepEqual(
      subjects,
      of('Patient', swapped).map(({ id }) => ({ reference: `Patient/${id}` })),
    );
    for (const half of [
      message('A17', pid('17'), a),
      message('A17', pid('17'), a, pid('18')),
      message('A17', pid('17'), a, pid('18'), pv1({ number: '' })),
      message('A17', pid('17'), a, pid('17'), b),
    ])
      assert.equal(convert(half).outcome, 'quarantined');
  });

  it('an end before the start is flagged, and an unlisted class is kept in its own system', () => {
    const times = (start: string, end: string) => `${pv1()}${'|'.repeat(25)}${start}|${end}`;
    for (const [start, end, isWrong] of [
      ['20240310', '20240301', true],
      ['202403101200', '202403101159', true],
      ['20240310', '202403', false],
      ['20240310', '20240310', false],
    ] as const)
      assert.equal(
        convert(message('A03', pid('17'), times(start, end))).codes.includes('period-reversed'),
        isWrong,
      );
    const segments = message('A01', pid('17'), pv1().replace('|I|', '|X9^Ward nine|'));
    const [visit] = of('Encounter', segments);
    const kept = { system: 'urn:plexus:base:code-system:pv1-2', code: 'X9', display: 'Ward nine' };
    assert.deepEqual([visit?.set.class, convert(segments).codes], [kept, ['code-not-in-table']]);
  });

  it('A20 says the status of a bed, without a patient, under the number that visits name', () => {
    const { contributions, codes } = convert(message('A20', 'NPU|4W^401^1^HOSP|H'));
    assert.deepEqual(codes, []);
    assert.equal(contributions.length, 1);
    const [bed] = contributions;
    assert.equal((bed?.set.operationalStatus as fhir4.Coding | undefined)?.code, 'H');
    const stay = of('Encounter', message('A01', pid('17'), pv1()))[0];
    const [place] = placesOf(stay);
    assert.deepEqual(bed?.set.identifier, [place?.location.identifier]);
  });

  it('waits where a visit has no number, unless the dialect declares where else one stands', () => {
    const { outcome, codes } = convert(message('A01', pid('17'), pv1({ number: '' })));
    assert.deepEqual([outcome, codes], ['quarantined', ['visit-number-missing']]);
  });
});

type Place = {
  readonly status: string;
  readonly location: { readonly display: string; readonly identifier: unknown };
};

const placesOf = (encounter: Contribution | undefined): readonly Place[] =>
  (encounter?.set.location ?? []) as Place[];

describe('numbers that are given up', () => {
  const account = (number: string, trigger: string, mrg = 'MRG|||A9') =>
    of('Account', message(trigger, pid('17', number), mrg));

  it('an account that is merged or renumbered says which one goes on', () => {
    for (const trigger of ['A35', 'A41', 'A49', 'A36']) {
      const mrg = `MRG|${mr('18')}||A9`;
      const [kept, prior] = account('A1', trigger, mrg);
      assert.equal(prior?.set.status, 'inactive', trigger);
      assert.deepEqual(prior.set.partOf, { reference: `Account/${kept?.id}` });
      const before = account('A9', 'A01').find(({ set }) => set.partOf === undefined);
      assert.equal(prior.id, before?.id ?? prior.id);
    }
  });

  it('an account that moves is of the patient in PID, and stays the same account (A44)', () => {
    const accounts = account('A1', 'A44', `MRG|${mr('18')}||A1`);
    assert.equal(accounts.length, 1);
    const [patient] = of('Patient', message('A44', pid('17'), `MRG|${mr('18')}||A1`));
    assert.deepEqual(accounts[0]?.set.subject, [{ reference: `Patient/${patient?.id}` }]);
  });

  it('a visit that is merged or renumbered is recorded under its new number alone', () => {
    for (const trigger of ['A42', 'A50', 'A45']) {
      const renumbered = message(trigger, pid('17'), `MRG|${mr('18')}||||V9`, pv1());
      const [kept, prior, ...others] = of('Encounter', renumbered);
      assert.deepEqual(others, []);
      assert.equal(prior?.set.status, 'entered-in-error', trigger);
      assert.deepEqual(prior.set.partOf, { reference: `Encounter/${kept?.id}` });
      assert.deepEqual(
        prior.id,
        of('Encounter', message('A01', pid('18'), pv1({ number: 'V9' })))[0]?.id,
      );
      assert.equal(convert(renumbered).conversion?.statements, undefined);
    }
  });

  it('a visit that moves to another patient keeps its number, and nothing is ended (A45)', () => {
    const moved = message('A45', pid('17'), `MRG|${mr('18')}||||V1`, pv1());
    assert.equal(of('Encounter', moved).length, 1);
    assert.equal(of('Patient', moved)[0]?.set.active, undefined);
  });

  it('two numbers of one authority in MRG-1 are two files that end, of two authorities one', () => {
    const ended = (mrg: string) =>
      of('Patient', message('A40', pid('17'), `MRG|${mrg}`))
        .filter(({ set }) => set.active === false)
        .map(({ id }) => id);
    const file = (number: string) => of('Patient', message('A28', pid(number)))[0]?.id;
    assert.deepEqual(ended(`${mr('18')}~${mr('19')}`), [file('18'), file('19')]);
    assert.deepEqual(ended(`${mr('18')}~${mr('17')}`), [file('18')]);
    assert.deepEqual(ended(`${mr('18')}~C1^^^CARD&2.999.2&ISO^HC`), [file('18')]);
    assert.deepEqual(ended(`${mr('18')}~C1^^^HOSP&2.999.1&ISO^SS`), [file('18')]);
  });

  it('a file merged into itself is not ended', () => {
    assert.equal(of('Patient', message('A40', pid('17'), `MRG|${mr('17')}`)).length, 1);
  });

  it('2.3 files under PID-2 or PID-4 are found again by MRG-4 and MRG-2', () => {
    for (const [patient, mrg] of [
      ['PID|1|18|||Young^Ada', 'MRG||||18'],
      ['PID|1|||18|Young^Ada', 'MRG||18'],
    ] as const) {
      const bare = 'PID|1||17||Young^Ada';
      const [, prior] = of('Patient', message('A40', bare, mrg));
      assert.equal(prior?.id, of('Patient', message('A08', patient, pv1()))[0]?.id);
    }
  });
});

describe('allergies one by one (A60)', () => {
  const iam = (action: string, status = '') =>
    of(
      'AllergyIntolerance',
      message(
        'A60',
        pid('17'),
        `IAM|1|DA|7980^Penicillin^L|SV||${action}|I1^HOSP${'|'.repeat(10)}${status}`,
      ),
    )[0];
  const code = (concept: unknown) => (concept as fhir4.CodeableConcept)?.coding?.at(-1)?.code;

  it('each says what becomes of it', () => {
    assert.equal(code(iam('A')?.set.clinicalStatus), 'active');
    const deleted = iam('D');
    assert.equal(code(deleted?.set.verificationStatus), 'entered-in-error');
    assert.ok(deleted?.remove.includes('clinicalStatus'));
    assert.equal(code(iam('U', 'I')?.set.clinicalStatus), 'inactive');
    assert.equal(code(iam('U', 'E')?.set.verificationStatus), 'entered-in-error');
    assert.ok(iam('U', 'E')?.remove.includes('clinicalStatus'));
  });
});
