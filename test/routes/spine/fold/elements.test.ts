// Goal: the elements of a resource survive being one text, taken apart and joined again, and a
// rendered version is the resource. Method: random JSON values, with the characters that a scanner
// of JSON could stumble on, against JSON.parse.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  joinElements,
  render,
  splitElements,
  textOf,
} from '../../../../routes/spine/fold/elements.ts';

const nasty = fc.string({
  unit: fc.constantFrom('"', '\\', '{', '}', '[', ']', ',', ':', 'ü', 'a'),
});
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    nasty,
    fc.string({ unit: 'binary' }),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((one) => one + 0),
    fc.constantFrom(null, true, '', '\ud800'),
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(nasty, tie('any'), { maxKeys: 3 }),
  ),
})).any;
const name = fc.constantFrom('status', '_status', 'code', 'valueString', 'text', 'note', 'name');
const meta = fc.option(
  fc.record({ versionId: fc.constant('9'), tag: value }, { requiredKeys: [] }),
);

describe('the elements of a resource as text', () => {
  it('are the same when taken apart, joined and rendered', () => {
    fc.assert(
      fc.property(fc.dictionary(name, value), meta, (values, metaValue) => {
        const whole = { ...values, ...(metaValue === null ? {} : { meta: metaValue }) };
        const text = textOf({ resourceType: 'Basic', id: 'x', ...whole });
        const elements = splitElements(text);
        assert.equal(joinElements(elements), text);
        const { versionId: _version, ...rest } = (metaValue ?? {}) as Record<string, unknown>;
        const expected = { ...values, ...(Object.keys(rest).length > 0 ? { meta: rest } : {}) };
        const parsed = [...elements].map(([key, json]) => [key, JSON.parse(json)]);
        const json = (of: unknown) => JSON.parse(JSON.stringify(of));
        assert.deepEqual(Object.fromEntries(parsed), json(expected));
        const head = { type: 'Basic', id: 'x"y', version: 3, changedMs: 1_000 };
        const own = { versionId: '3', lastUpdated: '1970-01-01T00:00:01.000Z' };
        assert.deepEqual(JSON.parse(render(head, text)), {
          resourceType: 'Basic',
          id: 'x"y',
          ...json(values),
          meta: { ...own, ...json(rest) },
        });
      }),
      { numRuns: 300 },
    );
  });

  it('say when they changed to the millisecond, in whatever order they are rendered', () => {
    const near = fc.integer({ min: 1_699_999_998_990, max: 1_700_000_001_010 });
    fc.assert(
      fc.property(fc.array(near), (times) => {
        for (const changedMs of times) {
          const line = render({ type: 'Basic', id: 'x', version: 1, changedMs }, '{}');
          assert.equal(JSON.parse(line).meta.lastUpdated, new Date(changedMs).toISOString());
        }
      }),
    );
  });

  it('refuses a name that no element has', () => {
    for (const wrong of ['', 'a"b', 'a,b', '1', 'a-b', '*', '-'])
      assert.throws(() => textOf({ [wrong]: 1 }), /not the name/);
  });
});
