// Goal: what a patient`s lists leave out is ended, never erased, and the resources are those of the
// messages in their order, whatever the order in which they arrive, are replayed or taken back.
// Method: random admissions and updates of one patient, with lists, `""` and action codes, are
// converted by the base and written in random order and generations; the same messages written in
// order, once each, are the oracle. Beside it examples whose outcome a clinician can read.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { openSpineReader } from '../../../../routes/spine/index.ts';
import type { Conversion } from '../../../../transforms/fhir/index.ts';
import { convertBytes, loadMapping } from '../../../../transforms/mapping/index.ts';
import {
  conversionOf,
  key,
  openStage,
  runBatch,
  temporaryFolder,
  workOf,
} from '../spine-fixture.ts';

const base = loadMapping('config', 'base');

type Lines = readonly string[];

function converted(
  patient: string,
  visit: string,
  lines: Lines,
  trigger = 'A08',
  ssn = '',
): Conversion {
  const message = [
    `MSH|^~\\&|ADT|HOSP|PLEXUS|HUB|20240310143000-0500||ADT^${trigger}|M1|P|2.5.1`,
    `PID|1||${patient}^^^HOSP&2.999.1&ISO^MR||Young^Ada||19800229|F${'|'.repeat(11)}${ssn}`,
    `PV1|1|I|||||||||||||||||${visit}^^^HOSP&2.999.1&ISO`,
    ...lines,
  ];
  const { conversion, issues } = convertBytes(base, Buffer.from(`${message.join('\r')}\r`));
  assert.ok(conversion, JSON.stringify(issues));
  return conversion;
}

const allergy = (code: string) => `AL1|1|DA|${code}^${code}^L|SV`;
const diagnosis = (code: string, action = '') =>
  `DG1|1||${code}^${code}^I10|||A${'|'.repeat(15)}${action}`;

type Stated = Record<string, string | undefined>;

/** Runs the conversions as messages 1, 2, ... of a store of their own, in the order given. */
function stateAfter(
  dataDir: string,
  runs: readonly { message: number; generation: number; said: Conversion }[],
): Record<string, Stated> {
  const stage = openStage(dataDir);
  for (const { message, generation, said } of runs)
    runBatch(stage, [{ ...workOf(message, generation, []), body: said }]);
  stage.close?.();
  const reader = openSpineReader(dataDir, key);
  const state: Record<string, Stated> = {};
  for (const type of ['AllergyIntolerance', 'Condition', 'Coverage', 'Patient', 'Encounter'])
    for (const { id, json } of reader.list({ type, limit: 1000 }).lines) {
      const { meta: _meta, ...resource } = JSON.parse(json);
      state[`${type}/${id}`] = resource;
    }
  assert.ok(reader.counts().every(({ type }) => /^[A-Z]/.test(type)));
  reader.close();
  return state;
}

const items = fc.subarray(['a', 'b', 'c'], { minLength: 0 });
const said = fc.record({
  visit: fc.constantFrom('V1', 'V2'),
  allergies: fc.option(items, { nil: 'none' as const }),
  diagnoses: fc.array(
    fc.record({ code: fc.constantFrom('x', 'y', 'z'), action: fc.constantFrom('', '', 'A', 'D') }),
    { maxLength: 3 },
  ),
});

type Said = typeof said extends fc.Arbitrary<infer T> ? T : never;

/** `none`: a list that says there is nothing on it. */
const conversionFor = ({ visit, allergies, diagnoses }: Said): Conversion =>
  converted('4711', visit, [
    ...(allergies === 'none' ? ['AL1|1|""|""|""'] : allergies.map(allergy)),
    ...new Map(diagnoses.map(({ code, action }) => [code, diagnosis(code, action)])).values(),
  ]);

describe('lists in the spine', () => {
  const root = temporaryFolder();
  let folders = 0;
  const folder = () => {
    folders += 1;
    return `${root}/${folders}`;
  };
  const inOrder = (conversions: readonly Conversion[]) =>
    stateAfter(
      folder(),
      conversions.map((one, at) => ({ message: at + 1, generation: 0, said: one })),
    );
  const statuses = (state: Record<string, Stated>, type: string) =>
    Object.entries(state)
      .filter(([name]) => name.startsWith(`${type}/`))
      .map(([, resource]) => {
        const { code, clinicalStatus, verificationStatus } = resource as Record<string, never>;
        const of = (concept: { coding: { code: string }[] } | undefined) =>
          concept?.coding[0]?.code ?? '-';
        return `${of(code)} ${of(clinicalStatus)} ${of(verificationStatus)}`;
      })
      .sort();

  it('end what a later list leaves out, and take up again what one lists again', () => {
    const lists = [['a', 'b'], ['b'], [], ['b', 'a'], ['c']].map((codes) =>
      converted('4711', 'V1', codes.map(allergy)),
    );
    const upTo = (count: number) =>
      statuses(inOrder(lists.slice(0, count)), 'AllergyIntolerance').join();
    assert.equal(upTo(1), 'a active -,b active -');
    assert.equal(upTo(2), 'a inactive -,b active -');
    assert.equal(upTo(3), 'a inactive -,b active -');
    assert.equal(upTo(4), 'a active -,b active -');
    assert.equal(upTo(5), 'a inactive -,b inactive -,c active -');
  });

  it('of one visit say nothing of another, nor does a change or an unreadable item', () => {
    const first = converted('4711', 'V1', [diagnosis('x'), diagnosis('y')]);
    const of = (...rest: Conversion[]) => statuses(inOrder([first, ...rest]), 'Condition').join();
    const other = converted('4711', 'V2', [diagnosis('z')]);
    assert.equal(of(other), 'x active -,y active -,z active -');
    const change = converted('4711', 'V1', [diagnosis('z', 'A'), diagnosis('y', 'D')]);
    assert.equal(of(change), 'x active -,y - entered-in-error,z active -');
    const next = converted('4711', 'V1', [diagnosis('z')]);
    assert.equal(of(change, next), 'x inactive -,y - entered-in-error,z active -');
    const unreadable = converted('4711', 'V1', [diagnosis('x'), 'DG1|2||||']);
    assert.equal(of(unreadable), 'x active -,y active -');
  });

  it('are folded in the order of the messages, whatever the order of writing', () => {
    const scenario = fc
      .array(fc.record({ first: said, second: said, again: fc.boolean() }), {
        minLength: 1,
        maxLength: 6,
      })
      .chain((messages) =>
        fc.record({
          messages: fc.constant(messages),
          order: fc.array(fc.nat(), { minLength: 12, maxLength: 12 }),
        }),
      );
    fc.assert(
      fc.property(scenario, ({ messages, order }) => {
        const runs = messages.flatMap(({ first, second, again }, at) => [
          { message: at + 1, generation: 0, said: conversionFor(first) },
          ...(again ? [{ message: at + 1, generation: 1, said: conversionFor(second) }] : []),
        ]);
        const last = runs.filter(
          (run) => !runs.some((o) => o.message === run.message && o.generation > run.generation),
        );
        const shuffled = runs
          .map((run, at) => ({ run, by: order[at]! }))
          .sort((left, right) => left.by - right.by)
          .map(({ run }) => run);
        // What only an overtaken generation spoke of is no more, and no reader shows it.
        const expected = stateAfter(folder(), last);
        assert.deepEqual(stateAfter(folder(), [...shuffled, ...runs]), expected);
      }),
      { numRuns: 25 },
    );
  });

  it('leave identifiers that a message does not name, but for a merge and `""`', () => {
    const named = (ids: string, ssn: string, trigger = 'A08', merged = '') =>
      converted(`${ids}4711`, 'V1', merged === '' ? [] : [`MRG|${merged}`], trigger, ssn);
    const other = 'C1^^^CARD&2.999.2&ISO^HC';
    const first = named(`${other}~`, '123-45-6789');
    const values = (...rest: Conversion[]) => {
      const patients = Object.entries(inOrder([first, ...rest]));
      const patient = patients.find(([, { birthDate }]) => birthDate !== undefined)?.[1];
      const { identifier } = patient as unknown as { identifier: { value: string }[] };
      return identifier.map(({ value }) => value).join();
    };
    assert.equal(values(), 'C1,4711,123-45-6789');
    assert.equal(values(named('', '')), '4711,C1,123-45-6789');
    assert.equal(values(named('', '""')), '4711,C1');
    const merge = named('', '', 'A40', other);
    assert.equal(values(merge), '4711,123-45-6789');
    assert.equal(values(merge, named('', '')), '4711,123-45-6789');
    const late = stateAfter(folder(), [
      { message: 2, generation: 0, said: merge },
      { message: 1, generation: 0, said: first },
    ]);
    assert.deepEqual(late, inOrder([first, merge]));
  });

  it('of a message taken back end nothing any more', () => {
    const lists = [['a', 'b'], ['b']].map((codes) => converted('4711', 'V1', codes.map(allergy)));
    const [first, second] = lists as [Conversion, Conversion];
    const runs = [
      { message: 1, generation: 0, said: first },
      { message: 2, generation: 0, said: second },
      { message: 2, generation: 1, said: conversionOf([]) },
    ];
    const state = statuses(stateAfter(folder(), runs), 'AllergyIntolerance');
    assert.deepEqual(state, ['a active -', 'b active -']);
  });
});
