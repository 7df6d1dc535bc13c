// Goal: what is stored of a visit is what its messages, in their order, say of it: an update never
// opens or ends it, a discharge that was none leaves no end. Method: courses of one visit are
// converted by the base and written to a spine; some whose outcome a clerk can read, and random
// ones against the rule that only some triggers set a status, whatever the order of arrival.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { openSpineReader } from '../../../routes/spine/index.ts';
import { convertBytes, loadMapping } from '../../../transforms/mapping/index.ts';
import { key, openStage, runBatch, temporaryFolder, workOf } from './spine-fixture.ts';

const base = loadMapping('config', 'base');

function converted(trigger: string, start: string, end: string) {
  const times = `${'|'.repeat(25)}${start}|${end}`;
  const message = [
    `MSH|^~\\&|ADT|HOSP|PLEXUS|HUB|20240310143000-0500||ADT^${trigger}|M1|P|2.5.1`,
    `PID|1||17^^^HOSP&2.999.1&ISO^MR||Young^Ada||19800229|F`,
    `PV1|1|I|${'|'.repeat(16)}V1^^^HOSP&2.999.1&ISO${times}`,
  ];
  const { conversion, issues } = convertBytes(base, Buffer.from(`${message.join('\r')}\r`));
  assert.ok(conversion, JSON.stringify(issues));
  return conversion;
}

type Said = { readonly trigger: string; readonly start?: string; readonly end?: string };

/** The visit after these messages; `order`: in which they arrive. */
function visitAfter(course: readonly Said[], order = course.map((_, at) => at)) {
  const dataDir = temporary();
  const stage = openStage(dataDir);
  for (const at of order) {
    const { trigger, start = '', end = '' } = course[at]!;
    runBatch(stage, [{ ...workOf(at + 1, 0, []), body: converted(trigger, start, end) }]);
  }
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
