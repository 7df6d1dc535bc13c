// Goal: a patch cannot make more of a resource than its sender wrote: no doubling by copies, no
// depth that nothing after it could walk. Method: patches that copy a whole into itself, or put a
// member into the member before, short enough to pass every other limit.
import assert from 'node:assert/strict';
import { applyPatch } from '../../../transforms/fhir/index.ts';

const basic = () => ({ resourceType: 'Basic', code: { text: 'a'.repeat(1_000) } });
const numbers = (count: number) => Array.from({ length: count }, (_, at) => at);

describe('a JSON Patch', () => {
  it('copies what is there, to a measure', () => {
    const copy = (at: number) =>
      ({ op: 'copy', from: ['code'], path: ['extension', String(at)] }) as const;
    const list = { op: 'add', path: ['extension'], value: [] } as const;
    const after = applyPatch(basic(), [list, ...numbers(50).map(copy)]);
    assert.deepEqual(after?.extension, new Array(50).fill(basic().code));
  });

  it('does not double the resource past all memory', () => {
    const doubling = numbers(40).map(
      (at) => ({ op: 'copy', from: ['code'], path: ['code', `x${at}`] }) as const,
    );
    assert.equal(applyPatch(basic(), doubling), undefined);
  });

  it('makes nothing that is deeper than a resource may be', () => {
    const deeper = (count: number) =>
      numbers(count).map(
        (at) => ({ op: 'add', path: numbers(at + 1).map(() => 'x'), value: {} }) as const,
      );
    assert.ok(applyPatch(basic(), deeper(40)) !== undefined);
    assert.equal(applyPatch(basic(), deeper(900)), undefined);
  });
});
