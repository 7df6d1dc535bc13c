// Goal: of an element that several HL7 fields fill, each field counts by itself: absent leaves
// what it gave, `""` takes that alone away, sent replaces that alone; so the resource is what one
// message would say that has the newest of every field, in whatever order the messages come, are
// replayed by a later generation or taken back. Method: random fields of PID and PV1 in real
// messages, converted by `base` and written to one spine; the oracle converts that one message.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { MessageId, Work } from '../../../../engine/index.ts';
import { openSpineReader } from '../../../../routes/spine/index.ts';
import {
  type Contribution,
  type Conversion,
  decimalOf,
} from '../../../../transforms/fhir/index.ts';
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
const place = ['NORTH^101^A', 'SOUTH^202^B'];
const doctor = ['D1^ADAMS^ANN', 'D2^BERG^BO'];
const choices: Record<string, readonly string[]> = {
  'PID-5': ['DOE^JANE', 'DOE^JANE^^^^^L~ROE^JANE^^^^^M'],
  'PID-9': ['DOE^JENNY'],
  'PID-13': ['555-0101', '555-0101~555-0102'],
  'PID-14': ['555-0201', '555-0101'],
  'PID-40': ['^NET^Internet^jane@example.org'],
  'PD1-3': ['NORTH PRACTICE^^P1'],
  'PD1-4': doctor,
  'PV1-3': place,
  'PV1-6': place,
  'PV1-11': place,
  'PV1-7': [...doctor, doctor.join('~')],
  'PV1-8': doctor,
  'PV1-9': doctor,
  'PV1-17': doctor,
};
const paths = Object.keys(choices);
const null_ = '""';

type Fields = Readonly<Record<string, string>>;
type Step = { message: number; generation: number; fields: Fields | 'nothing' };

const fieldsOf = fc.record(
  Object.fromEntries(paths.map((path) => [path, fc.constantFrom(...choices[path]!, null_)])),
  { requiredKeys: [] },
) as fc.Arbitrary<Fields>;

function converted(nth: number, fields: Fields): readonly Contribution[] {
  const segment = (name: string, fixed: Record<number, string>): string => {
    const cells = { ...fixed };
    for (const path of paths)
      if (path.startsWith(`${name}-`) && fields[path] !== undefined)
        cells[Number(path.slice(name.length + 1))] = fields[path];
    const last = Math.max(0, ...Object.keys(cells).map(Number));
    return [name, ...Array.from({ length: last }, (_, at) => cells[at + 1] ?? '')].join('|');
  };
  const message = [
    'MSH|^~\\&|APP|NORTH|PLX|NORTH|20260301120000||ADT^A08|1|P|2.5.1',
    segment('PID', { 3: `${nth}^^^NORTH^MR` }),
    segment('PD1', {}),
    segment('PV1', { 2: 'I', 19: `V${nth}^^^NORTH` }),
  ].join('\r');
  const { conversion } = convertBytes(base, Buffer.from(message));
  assert.ok(conversion);
  return conversion.contributions;
}

/** What one message would say that has the newest of every field. */
function expected(steps: readonly Step[], nth: number): Map<string, Record<string, unknown>> {
  const newest: Record<string, string> = {};
  let isSaid = false;
  const latest = steps.filter(
    (step) => !steps.some((o) => o.message === step.message && o.generation > step.generation),
  );
  for (const { fields } of latest.toSorted((left, right) => left.message - right.message)) {
    if (fields === 'nothing') continue;
    isSaid = true;
    Object.assign(newest, fields);
  }
  if (!isSaid) return new Map();
  for (const path of paths) if (newest[path] === null_) delete newest[path];
  const said = converted(nth, newest);
  return new Map(said.map(({ type, set, initial }) => [type, { ...initial, ...set }]));
}

const work = ({ message, generation, fields }: Step, nth: number): Work<Conversion> =>
  workOf(nth * 100 + message, generation, fields === 'nothing' ? [] : converted(nth, fields));

describe('the fields of an element', () => {
  const dataDir = temporaryFolder();
  const stage = openStage(dataDir);
  const reader = openSpineReader(dataDir, key);
  after(() => {
    stage.close?.();
    reader.close();
  });
  let scenarios = 0;

  function compare(steps: readonly Step[], nth: number): void {
    const wanted = expected(steps, nth);
    const ids = new Map(converted(nth, {}).map(({ type, id }) => [type, id]));
    for (const [type, id] of ids) {
      const line = reader.current(type, id);
      assert.equal(line === undefined, wanted.size === 0);
      if (line === undefined) continue;
      const { resourceType, id: _id, meta, ...elements } = JSON.parse(line.json);
      assert.equal(resourceType, type);
      assert.deepEqual(elements, wanted.get(type));
      assert.ok(Object.keys(meta).length === 2 && !line.json.includes('~'));
    }
  }

  it('count one by one, in whatever order their messages come, are replayed or taken back', () => {
    const step = fc.record({
      message: fc.integer({ min: 1, max: 6 }),
      generation: fc.integer({ min: 0, max: 2 }),
      fields: fc.oneof({ weight: 9, arbitrary: fieldsOf }, fc.constant('nothing' as const)),
    });
    const selector = ({ message, generation }: Step) => `${message}/${generation}`;
    const steps = fc.uniqueArray(step, { selector, minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(steps, (all) => {
        scenarios += 1;
        const nth = scenarios;
        const works = all.map((one) => work(one, nth));
        runBatch(stage, works);
        compare(all, nth);
        for (const one of works) {
          const versions = reader.resourcesOf(one.id as MessageId, one.generation);
          assert.ok(versions.every(({ json }) => !json.includes('"~')));
        }
      }),
      { numRuns: 150 },
    );
  });

  const write = (...said: readonly Partial<Contribution>[]): Record<string, unknown> => {
    scenarios += 1;
    const nth = scenarios;
    const id = `p-${nth}`;
    said.forEach((one, at) => {
      const contribution = { type: 'Patient', id, set: {}, remove: [], ...one };
      runBatch(stage, [workOf(nth * 100 + at, 0, [contribution])]);
    });
    const line = reader.current('Patient', id);
    const { resourceType, id: itsId, meta, ...elements } = JSON.parse(line!.json);
    assert.deepEqual([resourceType, itsId, meta.versionId === undefined], ['Patient', id, false]);
    return elements;
  };
  const from = (name: string, order: number, adds = false) => ({
    origin: { name, order, adds },
    items: 1,
  });

  it('are replaced by who sends the resource whole, and by who does not say the fields', () => {
    const first = {
      set: { telecom: ['home', 'work'] },
      origins: { telecom: [from('PID-13', 0), from('PID-14', 1)] },
    };
    const next = { set: { telecom: ['new'] }, origins: { telecom: [from('PID-13', 0)] } };
    assert.deepEqual(write(first, next), { telecom: ['new', 'work'] });
    assert.deepEqual(write(first, { set: { telecom: ['x'] }, whole: true }), { telecom: ['x'] });
    assert.deepEqual(write(first, { set: { gender: 'male' }, whole: true }), { gender: 'male' });
    // As a store of an older version has it.
    assert.deepEqual(write(first, { set: { telecom: ['x'] } }, next), { telecom: ['new'] });
    assert.deepEqual(write({ set: { telecom: ['x'] } }, { remove: ['telecom:PID-14'] }), {});
    assert.deepEqual(write(first, { remove: ['telecom:PID-14'] }), { telecom: ['home'] });
    assert.deepEqual(write(first, { remove: ['telecom:PID-40'] }), first.set);
    assert.deepEqual(write(first, { remove: ['telecom'] }, next), { telecom: ['new'] });
  });

  it('join what they gave before where the mapping says that they append', () => {
    const said = (attender: string, role: string) => ({
      set: { participant: [attender, role] },
      origins: { participant: [from('PV1-7', 0), from('ROL', 6, true)] },
    });
    assert.deepEqual(write(said('a', 'r'), said('b', 's'), said('c', 'r')), {
      participant: ['c', 'r', 's'],
    });
  });

  it('keep the numbers of others digit by digit', () => {
    const exact = conversionOf([
      {
        type: 'Patient',
        id: 'exact',
        set: { extension: [{ valueDecimal: decimalOf('1.50') }, { valueCode: 'a,"]}' }] },
        remove: [],
        origins: { extension: [from('A-1', 0), from('A-2', 1)] },
      },
      {
        type: 'Patient',
        id: 'exact',
        set: { extension: [{ valueCode: 'b' }] },
        remove: [],
        origins: { extension: [from('A-2', 1)] },
      },
    ]);
    scenarios += 1;
    runBatch(stage, [workOf(scenarios * 100, 0, exact.contributions)]);
    assert.match(
      reader.current('Patient', 'exact')!.json,
      /"extension":\[\{"valueDecimal":1\.50\},\{"valueCode":"b"\}\]/,
    );
  });
});
