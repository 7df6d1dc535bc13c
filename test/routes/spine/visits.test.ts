// Goal: what is stored of a visit is what its messages, in their order, say of it: an update never
// opens or ends it, a discharge that was none leaves no end. Method: courses of one visit are
// converted by the base and written to a spine; some whose outcome a clerk can read, and random
// ones against the rule that only some triggers set a status, whatever the order of arrival.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { openSpineReader } from '../../../routes/spine/index.ts';
import type { Conversion } from '../../../transforms/fhir/index.ts';
import { convertBytes, loadMapping } from '../../../transforms/mapping/index.ts';
import { key, openStage, runBatch, temporaryFolder, workOf } from './spine-fixture.ts';

const base = loadMapping('config', 'base');

const types: Readonly<Record<string, string>> = { R01: 'ORU^R01', O11: 'RDE^O11' };

function converted(trigger: string, start: string, end: string, visit?: string) {
  const times = `${'|'.repeat(25)}${start}|${end}`;
  const type = types[trigger] ?? `ADT^${trigger}`;
  const message = [
    `MSH|^~\\&|ADT|HOSP|PLEXUS|HUB|20240310143000-0500||${type}|M1|P|2.5.1`,
    `PID|1||17^^^HOSP&2.999.1&ISO^MR||Young^Ada||19800229|F`,
    visit ?? `PV1|1|I|${'|'.repeat(16)}V1^^^HOSP&2.999.1&ISO${times}`,
    ...(trigger === 'R01' ? ['OBR|1||F1|GLU^Glucose^L'] : []),
    ...(trigger === 'O11' ? ['ORC|NW|P1', 'RXE||7^Aspirin^L|1||TAB'] : []),
  ];
  const { conversion, issues } = convertBytes(base, Buffer.from(`${message.join('\r')}\r`));
  assert.ok(conversion, JSON.stringify(issues));
  return conversion;
}

type Said = { readonly trigger: string; readonly start?: string; readonly end?: string };

/** The visit after these messages; `order`: in which they arrive. */
function visitAfter(course: readonly Said[], order = course.map((_, at) => at)) {
  return visitOf(
    order.map((at) => {
      const { trigger, start = '', end = '' } = course[at]!;
      return [at + 1, converted(trigger, start, end)];
    }),
  );
}

function visitOf(messages: readonly (readonly [message: number, said: Conversion])[]) {
  const dataDir = temporary();
  const stage = openStage(dataDir);
  for (const [message, body] of messages) runBatch(stage, [{ ...workOf(message, 0, []), body }]);
  stage.close?.();
  const reader = openSpineReader(dataDir, key);
  const { lines } = reader.list({ type: 'Encounter', limit: 10 });
  reader.close();
  assert.ok(lines.length <= 1);
  return lines[0] === undefined ? undefined : (JSON.parse(lines[0].json) as fhir4.Encounter);
}

let temporary: () => string;

const setBy: Readonly<Record<string, string>> = {
  A01: 'in-progress',
  A03: 'finished',
  A11: 'cancelled',
  A13: 'in-progress',
  A21: 'onleave',
  A23: 'entered-in-error',
};
const silent = ['A08', 'A15', 'A31', 'A54'];

describe('the course of a visit', () => {
  before(() => {
    const folder = temporaryFolder();
    let count = 0;
    temporary = () => `${folder}/${count++}`;
  });

  it('is in progress, without an end, when a discharge was cancelled and an update follows', () => {
    const visit = visitAfter([
      { trigger: 'A01', start: '20240301' },
      { trigger: 'A03', end: '20240310' },
      { trigger: 'A13' },
      { trigger: 'A08' },
    ]);
    assert.equal(visit?.status, 'in-progress');
    assert.deepEqual(visit.period, { start: '2024-03-01' });
  });

  it('keeps the start that only the admission told, and the end of the discharge', () => {
    const visit = visitAfter([
      { trigger: 'A01', start: '20240301' },
      { trigger: 'A03', end: '20240310' },
      { trigger: 'A08' },
    ]);
    assert.equal(visit?.status, 'finished');
    assert.deepEqual(visit.period, { start: '2024-03-01', end: '2024-03-10' });
  });

  it('has not begun with messages about the person', () => {
    assert.equal(visitAfter([{ trigger: 'A28' }, { trigger: 'A31' }]), undefined);
  });

  it('is as registration says, whatever older state a result or an order still names', () => {
    const pv1 = (group: string, bed: string, doctor: string) =>
      `PV1|1|${group}|${bed}||||${doctor}${'|'.repeat(12)}V1^^^HOSP&2.999.1&ISO`;
    const transfer = converted('A02', '', '', pv1('I', 'ICU^2^1', 'D2^Two'));
    const result = converted('R01', '', '', pv1('O', '4W^1^1', 'D1^One'));
    const order = converted('O11', '', '', pv1('E', '""', ''));
    const seen = (...course: Conversion[]) => {
      const visit = visitOf(course.map((said, at) => [at + 1, said]));
      return [
        visit?.class.code,
        visit?.location?.map(({ location }) => location.display).join(),
        visit?.participant?.map(({ individual }) => individual?.identifier?.value).join(),
        visit?.subject !== undefined,
      ];
    };
    assert.deepEqual(seen(result), ['AMB', '4W 1 1', 'D1', true]);
    for (const course of [
      [transfer, result, order],
      [result, order, transfer],
    ])
      assert.deepEqual(seen(...course), ['IMP', 'ICU 2 1', 'D2', true]);
  });

  it('has the status of the last message that says one, in whatever order they arrive', () => {
    const triggers = fc.constantFrom(...Object.keys(setBy), ...silent);
    const courses = fc.array(triggers, { minLength: 2, maxLength: 5 }).chain((course) =>
      fc.tuple(
        fc.constant(course),
        fc.shuffledSubarray(
          course.map((_, at) => at),
          { minLength: course.length },
        ),
      ),
    );
    fc.assert(
      fc.property(courses, ([course, order]) => {
        const last = course.findLast((trigger) => setBy[trigger] !== undefined);
        if (last === undefined) return;
        const visit = visitAfter(
          course.map((trigger) => ({ trigger })),
          order,
        );
        assert.equal(visit?.status, setBy[last]);
      }),
      { numRuns: 15 },
    );
  });
});
