// Goal: a resource that says what FHIR does not allow, or that leads back to itself, is refused
// whole with a sentence; what is merely doubtful is imported with a warning.
// Method: one sound resource of each kind, a fault planted in it, and the finding's code; a good
// code system beside each must not get in where the fault is an error.
import assert from 'node:assert/strict';
import type { Json } from '../../../../../transforms/terminology/knowledge.ts';
import { codeSystem, openStore } from '../../store/opened.ts';

const good = codeSystem([{ code: 'a' }], { url: 'urn:test:good' });
const concepts = [{ code: 'a' }, { code: 'b' }];
const system = (more: Json) => codeSystem(concepts, more);
const of = (concept: Json) => codeSystem([concept]);
const set = (...include: readonly Json[]): Json => ({
  ...{ resourceType: 'ValueSet', url: 'urn:test:set', version: '1', status: 'active' },
  compose: { include },
});
const supplement = { content: 'supplement' };
const listed = { concept: [{ code: 'a' }] };
const filter = { filter: [{ property: 'code', op: '=', value: 'a' }] };

const refused: readonly [what: string, code: string, ...resources: Json[]][] = [
  ['a supplement of nothing', 'supplements-missing', system(supplement)],
  ['one of no url', 'supplements-missing', system({ ...supplement, supplements: '|1' })],
  ['one of itself', 'supplements-itself', system({ ...supplement, supplements: 'urn:test:codes' })],
  ['a content that FHIR does not know', 'structure-invalid', system({ content: 'whole' })],
  ['a blank url', 'url-missing', system({ url: ' ' })],
  ['a code that ends in a space', 'code-invalid', of({ code: 'a ' })],
  ['a code with a NUL', 'code-invalid', of({ code: 'a\u0000b' })],
  ['half a surrogate', 'code-invalid', of({ code: '\ud800' })],
  ['a display of over 1 MB', 'text-too-long', of({ code: 'a', display: 'x'.repeat(1_048_577) })],
  [
    'a designation of over 1 MB',
    'text-too-long',
    of({ code: 'a', designation: [{ value: 'x'.repeat(1_048_577) }] }),
  ],
  ['an include of nothing', 'structure-invalid', set({})],
  ['codes of no system', 'structure-invalid', set({ ...listed, valueSet: ['urn:test:other'] })],
  ['a list beside filters', 'structure-invalid', set({ system: 'urn:x', ...listed, ...filter })],
  ['a set that includes itself', 'value-set-cycle', set({ valueSet: ['urn:test:set'] })],
  ['one that names its version', 'value-set-cycle', set({ valueSet: ['urn:test:set|1'] })],
  [
    'a ring of sets',
    'value-set-cycle',
    set({ valueSet: ['urn:test:ring'] }),
    { ...set({ valueSet: ['urn:test:set'] }), url: 'urn:test:ring' },
  ],
];

const doubtful: readonly [what: string, code: string, resource: Json][] = [
  ['fewer concepts than it counts', 'count-differs', system({ count: 3 })],
  ['no content', 'content-missing', system({ content: undefined })],
  ['a url with a bar', 'url-unpinnable', system({ url: 'urn:test:codes|1' })],
  ['a url with a space', 'url-unpinnable', system({ url: 'urn:test: codes' })],
  ['a status that FHIR does not know', 'status-unknown', system({ status: 'live' })],
  [
    'a parent that is not there',
    'parent-unknown',
    of({ code: 'a', property: [{ code: 'parent', valueCode: 'z' }] }),
  ],
];

describe('a resource with a fault', () => {
  for (const [what, code, ...resources] of refused)
    it(`is refused whole: ${what}`, async () => {
      using opened = openStore();
      const { outcome, findings } = await opened.importJson(good, ...resources);
      assert.equal(outcome, 'refused');
      const codes = findings.filter(({ severity }) => severity === 'error').map((one) => one.code);
      assert.deepEqual([...new Set(codes)], [code]);
      assert.deepEqual(opened.store.list(), []);
    });

  for (const [what, code, resource] of doubtful)
    it(`is imported with a warning: ${what}`, async () => {
      using opened = openStore();
      const { outcome, findings } = await opened.importJson(resource);
      assert.equal(outcome, 'imported');
      assert.deepEqual(
        findings.map((one) => [one.severity, one.code]),
        [['warning', code]],
      );
    });

  it('is neither where all is as FHIR says', async () => {
    using opened = openStore();
    const more = { url: 'urn:test:more', ...supplement, supplements: 'urn:test:codes|1' };
    const { outcome, findings } = await opened.importJson(
      ...[
        system({ count: 2 }),
        system(more),
        system({ url: 'urn:test:part', content: 'fragment' }),
      ],
      set({ system: 'urn:test:codes', ...filter }, { valueSet: ['urn:test:all'] }),
      { ...set({ system: 'urn:test:codes' }), url: 'urn:test:all' },
    );
    assert.deepEqual([outcome, findings], ['imported', []]);
  });
});
