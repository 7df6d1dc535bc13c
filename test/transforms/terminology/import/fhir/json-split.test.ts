// Goal: a JSON document that is taken apart while it is read is the document, wherever its chunks
// end, and one that is cut short is told as such.
// Method: a property: random documents in random chunks are put together again; every proper
// prefix of one is refused.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { splitJson } from '../../../../../transforms/terminology/import/fhir/json-split.ts';
import { collectFindings } from '../../../../../transforms/terminology/import/findings.ts';

const paths = new Set(['concept', 'group.element', 'entry']);

const read = (text: string, sizes: readonly number[]) => {
  const bytes = Buffer.from(text);
  const chunks: Buffer[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length]!;
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  const findings = collectFindings();
  const input = { name: 'x', base: 'x', bytes: bytes.length, chunks: () => chunks };
  const pieces = [];
  const run = splitJson(input, findings, paths);
  let next = run.next();
  for (; !next.done; next = run.next()) pieces.push(next.value);
  return { pieces, rest: next.value.rest };
};

const thing = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ maxDepth: 2 }));
const list = fc.array(thing, { maxLength: 4 });
const documents = fc.record(
  {
    url: fc.string({ unit: 'grapheme' }),
    concept: list,
    group: fc.array(fc.record({ source: fc.string(), element: list, target: fc.string() })),
    entry: list,
    more: fc.jsonValue({ maxDepth: 3 }),
  },
  { requiredKeys: [] },
);

describe('a JSON document in pieces', () => {
  it('is whole again when its pieces are put back', () => {
    fc.assert(
      fc.property(
        documents,
        fc.constantFrom(undefined, 1),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
        (document, indent, sizes) => {
          const { pieces, rest } = read(JSON.stringify(document, null, indent), sizes);
          const whole = JSON.parse(rest);
          for (const { path, index, text } of pieces) {
            const value = JSON.parse(text);
            if (path === 'group.element') whole.group[index[0]!].element[index[1]!] = value;
            else whole[path][index[0]!] = value;
          }
          assert.deepEqual(whole, JSON.parse(JSON.stringify(document)));
          const count = ['concept', 'entry'] as const;
          const wanted = count.reduce((sum, key) => sum + (document[key]?.length ?? 0), 0);
          const elements = (document.group ?? []).reduce((n, { element }) => n + element.length, 0);
          assert.equal(pieces.length, wanted + elements);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('tells the line that each piece begins in', () => {
    const text = '{\n"concept": [\n{"code":"a"},\n\n{"code":"b",\n"x":1}]}';
    assert.deepEqual(
      read(text, [5]).pieces.map(({ line }) => line),
      [3, 5],
    );
  });

  it('is refused when it is cut short', () => {
    const text = JSON.stringify({ a: 'x\\"', concept: [{ code: '}' }], b: { c: [1] } });
    for (let end = 1; end < text.length; end += 1)
      assert.throws(() => read(text.slice(0, end), [7]), /json-truncated/);
  });
});
