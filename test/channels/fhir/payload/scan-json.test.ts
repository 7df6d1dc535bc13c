// Goal: one pass over the bytes finds the entries of a Bundle where they stand, a name that an
// object has twice however it is spelled, and depth, and never fails on what is no JSON. Method:
// properties against JSON.parse.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { scanJson } from '../../../../channels/fhir/payload/scan-json.ts';

const codeOf = (text: string, entriesMax = 100): string | undefined => {
  const scanned = scanJson(Buffer.from(text), entriesMax);
  return 'refused' in scanned ? scanned.refused.code : undefined;
};

describe('the scan of FHIR JSON', () => {
  it('finds each entry where it stands, and no other list of that name', () => {
    const name = fc.constantFrom('entry', 'type', 'a"b', 'é', 'resource');
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom(1.5, null, true, 'x', 'with "quotes" \\ and [brackets}', '{'),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(name, tie('value'), { maxKeys: 3 }),
      ),
    }));
    const object = fc.dictionary(name, value, { maxKeys: 3 });
    const item = fc.oneof(object, fc.constantFrom(null, 7, true, 'with "{" and ,', ''));
    const space = fc.constantFrom(undefined, 2, '\t');
    fc.assert(
      fc.property(object, fc.array(item, { maxLength: 4 }), space, (rest, entry, indent) => {
        const raw = Buffer.from(JSON.stringify({ ...rest, entry }, null, indent));
        const scanned = scanJson(raw, 100);
        assert.ok(!('refused' in scanned));
        const read = scanned.entries.map(([start, end]) =>
          JSON.parse(raw.toString('utf8', start, end)),
        );
        assert.deepEqual(read, JSON.parse(JSON.stringify(entry)));
      }),
    );
  });

  it('sees a name that comes twice in one object, and only there', () => {
    assert.equal(codeOf('{"a":{"b":1},"c":{"b":2},"d":[{"a":1},{"a":2}]}'), undefined);
    assert.equal(codeOf('{"x":[{"a":1,"b":{"a":0},"a":2}]}'), 'fhir-duplicate-key');
    assert.equal(codeOf('{"a":1,"\\u0061":2}'), 'fhir-duplicate-key');
    assert.equal(codeOf('{"a":"a","b":"a"}'), undefined);
  });

  it('keeps to the limits, and fails on nothing', () => {
    assert.equal(codeOf('{"entry":[{},{},{}]}', 2), 'fhir-too-many-entries');
    assert.equal(codeOf('{"entry":[null,null,null]}', 2), 'fhir-too-many-entries');
    assert.equal(codeOf('{"entry":[null,1,{}]}', 3), undefined);
    assert.equal(codeOf(`${'['.repeat(65)}`), 'fhir-too-deep');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        scanJson(Buffer.from(bytes), 3);
      }),
    );
    const odd = fc.stringMatching(/^[[\]{}",:\\ae]{0,60}$/);
    fc.assert(fc.property(odd, (text) => void scanJson(Buffer.from(text), 3)));
  });
});
