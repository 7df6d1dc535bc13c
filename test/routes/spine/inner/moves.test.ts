// Goal: what was told of a visit follows it when it moves to another patient (A45), with its
// account (A44), or with the whole file (A43), whatever the order in which the messages arrive, are
// replayed or taken back; nothing else moves, and nobody is merged. Method: courses of two patients
// are converted by the base and written to a spine; examples that a clerk can read, and random
// orders and generations against the same messages written in order, once each.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { openSpineReader } from '../../../../routes/spine/index.ts';
import type { Conversion } from '../../../../transforms/fhir/index.ts';
import { convertBytes, loadMapping } from '../../../../transforms/mapping/index.ts';
import { conversionOf, key, openStage, temporaryFolder, workOf } from '../spine-fixture.ts';

const base = loadMapping('config', 'base');

const cx = (value: string, type: string) => value && `${value}^^^HOSP&2.999.1&ISO^${type}`;
type Whom = { readonly patient: string; readonly visit?: string; readonly account?: string };

function converted(type: string, whom: Whom, ...lines: readonly string[]): Conversion {
  const { patient, visit, account = '' } = whom;
  const message = [
    `MSH|^~\\&|ADT|HOSP|PLEXUS|HUB|20240310143000-0500||${type}|M1|P|2.5.1`,
    `PID|1||${cx(patient, 'MR')}||Young^Ada||19800229|F${'|'.repeat(10)}${account}`,
    ...lines.filter((line) => line.startsWith('MRG')),
    ...(visit === undefined ? [] : [`PV1|1|I|${'|'.repeat(16)}${cx(visit, 'VN')}`]),
    ...lines.filter((line) => !line.startsWith('MRG')),
  ];
  const { conversion, issues } = convertBytes(base, Buffer.from(`${message.join('\r')}\r`));
  assert.ok(conversion, JSON.stringify(issues));
  return conversion;
}

const admit = (whom: Whom, ...lines: readonly string[]) =>
  converted('ADT^A01', whom, ...lines, 'DG1|1||I10^Hypertension^I10|||A');
const result = (whom: Whom, filler: string, value = '5') =>
  converted(
    'ORU^R01',
    whom,
    `OBR|1||${filler}^LAB|GLU^Glucose^L|||20240310`,
    `OBX|1|NM|GLU^Glucose^L||${value}|mmol/L|||||F`,
    'SPM|1|S1^LAB||BLD',
  );
const moveVisit = (from: string, to: string, visit: string) =>
  converted('ADT^A45', { patient: to, visit }, `MRG|${cx(from, 'MR')}||||${cx(visit, 'VN')}`);
const moveAccount = (from: string, to: string, account: string) =>
  converted('ADT^A44', { patient: to, account }, `MRG|${cx(from, 'MR')}||${account}`);

type Run = { readonly message: number; readonly generation: number; readonly said: Conversion };

const root = temporaryFolder();
let folders = 0;

/** The resources after these runs, each without its version; and the codes of the remarks. */
function spineAfter(runs: readonly Run[]) {
  folders += 1;
  const dataDir = `${root}/${folders}`;
  const stage = openStage(dataDir);
  const codes: string[] = [];
  const written: string[][] = [];
  for (const { message, generation, said } of runs) {
    stage.transaction?.begin();
    const outcome = stage.run({ ...workOf(message, generation, []), body: said });
    assert.ok('kind' in outcome && outcome.kind === 'pass', JSON.stringify(outcome));
    codes.push(...(outcome.issues ?? []).map(({ code }) => code));
    written.push(outcome.body.written.map(({ type }) => type));
    stage.transaction?.commit();
  }
  stage.close?.();
  const reader = openSpineReader(dataDir, key);
  const state: Record<string, Record<string, unknown>> = {};
  for (const { type } of reader.counts()) {
    assert.match(type, /^[A-Z]/);
    for (const { id, json } of reader.list({ type, limit: 1000 }).lines) {
      const { meta: _meta, ...resource } = JSON.parse(json);
      state[`${type}/${id}`] = resource;
    }
  }
  reader.close();
  return { state, codes, written };
}

const inOrder = (...conversions: readonly Conversion[]) =>
  spineAfter(conversions.map((said, at) => ({ message: at + 1, generation: 0, said })));

/** Types of the resources of each patient, by the patient's number. */
function ofWhom(state: ReturnType<typeof spineAfter>['state']): Record<string, string> {
  const numbers = new Map<string, string>();
  for (const [name, { identifier }] of Object.entries(state))
    if (name.startsWith('Patient/'))
      numbers.set(name, (identifier as { value: string }[])[0]?.value ?? '');
  const found: Record<string, string[]> = {};
  for (const [name, resource] of Object.entries(state)) {
    const [subject] = [
      resource.subject ?? resource.patient ?? resource.beneficiary ?? [],
    ].flat() as {
      reference: string;
    }[];
    const number = subject && numbers.get(subject.reference);
    if (number === undefined) continue;
    found[number] ??= [];
    found[number].push(name.split('/')[0]!);
  }
  return Object.fromEntries(Object.entries(found).map(([to, types]) => [to, types.sort().join()]));
}

const told = 'Condition,DiagnosticReport,Encounter,Observation,ServiceRequest,Specimen';

describe('what was told of a visit', () => {
  it('is of the patient to whom the visit moved (A45), and goes out again', () => {
    const { state, written } = inOrder(
      admit({ patient: 'P1', visit: 'V1' }),
      result({ patient: 'P1', visit: 'V1' }, 'F1'),
      admit({ patient: 'P1', visit: 'V2' }),
      moveVisit('P1', 'P2', 'V1'),
    );
    assert.deepEqual(ofWhom(state), { P1: 'Condition,Encounter', P2: told });
    assert.deepEqual(
      written.at(-1)?.filter((type) => type === 'Observation' || type === 'DiagnosticReport'),
      ['DiagnosticReport', 'Observation'],
    );
    for (const [name, { active, link }] of Object.entries(state))
      if (name.startsWith('Patient/')) assert.deepEqual([active, link], [undefined, undefined]);
  });

  it('of an account goes with it (A44), but what is of another account stays', () => {
    const { state } = inOrder(
      admit({ patient: 'P1', visit: 'V1', account: 'A1' }),
      result({ patient: 'P1', visit: 'V1' }, 'F1'),
      admit({ patient: 'P1', visit: 'V2', account: 'A2' }),
      moveAccount('P1', 'P2', 'A1'),
    );
    assert.deepEqual(ofWhom(state), {
      P1: 'Account,Condition,Encounter',
      P2: `Account,${told}`,
    });
  });

  it('of a visit that left the account before it moved stays', () => {
    const { state } = inOrder(
      admit({ patient: 'P1', visit: 'V1', account: 'A1' }),
      result({ patient: 'P1', visit: 'V1' }, 'F1'),
      converted('ADT^A08', { patient: 'P1', visit: 'V1', account: 'A2' }),
      moveAccount('P1', 'P2', 'A1'),
    );
    assert.deepEqual(ofWhom(state), { P1: `Account,${told}`, P2: 'Account' });
  });

  it('under the former patient, by who knows of no move, is of the visit`s patient', () => {
    const { state, codes } = inOrder(
      admit({ patient: 'P1', visit: 'V1' }),
      result({ patient: 'P1', visit: 'V1' }, 'F1'),
      moveVisit('P1', 'P2', 'V1'),
      result({ patient: 'P1', visit: 'V1' }, 'F1', '6'),
      result({ patient: 'P3', visit: 'V1' }, 'F3'),
    );
    assert.equal(ofWhom(state).P2, told);
    assert.equal(ofWhom(state).P3, 'DiagnosticReport,Observation,ServiceRequest,Specimen');
    assert.ok(codes.includes('visit-moved-before'), codes.join());
  });

  it('of a file goes with it under its new number (A43), and what comes later does not', () => {
    const { state } = inOrder(
      admit({ patient: 'P1', visit: 'V1' }),
      result({ patient: 'P1', visit: 'V1' }, 'F1'),
      converted('ADT^A43', { patient: 'P2' }, `MRG|${cx('P1', 'MR')}`),
      admit({ patient: 'P1', visit: 'V2' }),
    );
    assert.deepEqual(ofWhom(state), { P1: 'Condition,Encounter', P2: told });
  });

  it('stays where nobody says from whom', () => {
    const nameless = moveVisit('', 'P2', 'V1');
    assert.equal(nameless.moves, undefined);
    assert.deepEqual(
      nameless.issues.map(({ code }) => code),
      ['move-origin-missing'],
    );
  });

  it('takes allergies and insurances along that no other message told of, and says so', () => {
    const personal = ['AL1|1|DA|7980^Penicillin^L', 'IN1|1|P1^Plan|C1|Payer'];
    const allergic = (visit: string) => converted('ADT^A01', { patient: 'P1', visit }, ...personal);
    const alone = inOrder(allergic('V1'), moveVisit('P1', 'P2', 'V1'));
    assert.deepEqual(ofWhom(alone.state), { P2: 'AllergyIntolerance,Coverage,Encounter' });
    assert.deepEqual(alone.codes, ['allergies-moved']);
    const twice = inOrder(allergic('V2'), allergic('V1'), moveVisit('P1', 'P2', 'V1'));
    assert.deepEqual(ofWhom(twice.state), {
      P1: 'AllergyIntolerance,Coverage,Encounter',
      P2: 'Encounter',
    });
    assert.deepEqual(twice.codes.toSorted(), ['allergies-not-moved', 'coverage-not-moved']);
  });

  it('of an account is said by registration: an old result does not take it back', () => {
    const { state } = inOrder(
      admit({ patient: 'P1', visit: 'V1', account: 'A1' }),
      admit({ patient: 'P2', visit: 'V2', account: 'A1' }),
      result({ patient: 'P1', visit: 'V1', account: 'A1' }, 'F1'),
    );
    assert.ok(ofWhom(state).P2?.includes('Account'));
    assert.ok(!ofWhom(state).P1?.includes('Account'));
  });

  it('moves back with it, and stays where the message that moved it is taken back', () => {
    const course = [
      admit({ patient: 'P1', visit: 'V1', account: 'A1' }),
      result({ patient: 'P1', visit: 'V1' }, 'F1'),
      moveVisit('P1', 'P2', 'V1'),
    ];
    const back = inOrder(...course, moveVisit('P2', 'P1', 'V1'));
    assert.deepEqual(ofWhom(back.state), { P1: `Account,${told}` });
    const runs = course.map((said, at) => ({ message: at + 1, generation: 0, said }));
    const taken = spineAfter([...runs, { message: 3, generation: 1, said: conversionOf([]) }]);
    assert.deepEqual(ofWhom(taken.state), { P1: `Account,${told}` });
    const again = spineAfter([...runs, { ...runs[2]!, generation: 1 }]);
    assert.deepEqual(again.state, spineAfter(runs).state);
  });

  it('of an account is where it was when that message is converted again', () => {
    const runs = [
      admit({ patient: 'P1', visit: 'V1', account: 'A1' }),
      result({ patient: 'P1', visit: 'V1' }, 'F1'),
      moveAccount('P1', 'P2', 'A1'),
    ].map((said, at) => ({ message: at + 1, generation: 0, said }));
    const { state } = spineAfter([...runs, { ...runs[2]!, generation: 1 }]);
    assert.deepEqual(state, spineAfter(runs).state);
    assert.equal(ofWhom(state).P2, `Account,${told}`);
  });

  it('is where it would be in order, whatever the order of arrival and the generations', () => {
    const whom = fc.record({
      patient: fc.constantFrom('P1', 'P2'),
      visit: fc.constantFrom('V1', 'V2'),
      account: fc.constantFrom('', 'A1'),
    });
    const said = fc.oneof(
      fc
        .tuple(whom, fc.subarray(['AL1|1|DA|7980^Penicillin^L', 'IN1|1|P1^Plan|C1|Payer']))
        .map(([who, lines]) => admit(who, ...lines)),
      fc
        .tuple(whom, fc.constantFrom('F1', 'F2'), fc.constantFrom('5', '6'))
        .map((args) => result(...args)),
      fc
        .tuple(fc.constantFrom('12', '21'), fc.constantFrom('V1', 'V2'))
        .map(([way, visit]) => moveVisit(`P${way[0]}`, `P${way[1]}`, visit)),
      fc.constantFrom('12', '21').map((way) => moveAccount(`P${way[0]}`, `P${way[1]}`, 'A1')),
    );
    const scenario = fc.array(fc.record({ first: said, second: fc.option(said) }), {
      minLength: 2,
      maxLength: 5,
    });
    const order = fc.array(fc.nat(), { minLength: 10, maxLength: 10 });
    fc.assert(
      fc.property(scenario, order, (messages, by) => {
        const runs = messages.flatMap(({ first, second }, at): Run[] => [
          { message: at + 1, generation: 0, said: first },
          ...(second === null ? [] : [{ message: at + 1, generation: 1, said: second }]),
        ]);
        const last = runs.filter(
          (run) => !runs.some((o) => o.message === run.message && o.generation > run.generation),
        );
        const shuffled = runs
          .map((run, at) => ({ run, by: by[at]! }))
          .sort((left, right) => left.by - right.by)
          .map(({ run }) => run);
        assert.deepEqual(spineAfter([...shuffled, ...runs]).state, spineAfter(last).state);
      }),
      { numRuns: 12 },
    );
  });
});
