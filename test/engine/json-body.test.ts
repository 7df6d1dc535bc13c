// Goal: a body from outside is an object in JSON that can be walked, or it is said what it is; no
// depth, no type and no broken text makes whoever reads it fall. Method: bodies of any depth as a
// property, around the limit and far beyond it; a table of wrong ones.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { limits, readJsonBody } from '../../engine/index.ts';

const send = (body: string, type = 'application/fhir+json') =>
  readJsonBody(
    new Request('http://localhost', { method: 'POST', body, headers: { 'content-type': type } }),
  );

describe('a JSON body', () => {
  it('is taken down to the deepest that is walked, and no deeper', async () => {
    const depths = fc.oneof(
      fc.integer({ min: limits.jsonDepthMax - 3, max: limits.jsonDepthMax + 3 }),
      fc.integer({ min: 1, max: 100_000 }),
    );
    await fc.assert(
      fc.asyncProperty(depths, fc.boolean(), async (depth, isList) => {
        const [open, close] = isList ? ['[', ']'] : ['{"a":', '}'];
        const inner = `${open.repeat(depth - 1)}1${close.repeat(depth - 1)}`;
        const read = await send(`{"text":"}]\\"{[","inner":${inner}}`);
        if (depth <= limits.jsonDepthMax) assert.ok('value' in read, `depth ${depth}`);
        else assert.deepEqual(read, { fault: 'invalid', text: 'the body is nested too deep' });
      }),
      { numRuns: 60 },
    );
  });

  it('is of a type that says so', async () => {
    for (const type of ['application/json', 'Application/FHIR+JSON; charset=utf-8'])
      assert.deepEqual(await send('{"a":[1]}', type), { value: { a: [1] } });
    for (const type of ['text/plain', 'application/json5', 'application/fhir+xml'])
      assert.ok('fault' in (await send('{}', type)), type);
  });

  const wrong: readonly (readonly [string, string])[] = [
    ['', 'the body is not JSON'],
    ['{', 'the body is not JSON'],
    ['[{}]', 'the body is not a JSON object'],
    ['null', 'the body is not a JSON object'],
    ['"{}"', 'the body is not a JSON object'],
  ];
  for (const [body, text] of wrong)
    it(`is no ${body || 'silence'}`, async () =>
      assert.deepEqual(await send(body), { fault: 'invalid', text }));
});
