// Goal: knowledge in memory answers as the FHIR resources say, and versions have one order.
// Method: properties over random hierarchies and versions; a hierarchy written by nesting and the
// same one written by parent properties must answer alike.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  compareVersions,
  type Json,
  layered,
  newestFirst,
} from '../../../transforms/terminology/knowledge.ts';
import {
  memoryCodeSystem,
  memoryConceptMap,
  memoryKnowledge,
} from '../../../transforms/terminology/memory/index.ts';

const version = fc.oneof(
  fc.tuple(fc.nat(20), fc.nat(20)).map((parts) => parts.join('.')),
  fc.constantFrom('', '1', '1.0.0-draft', '2024-03', '20240301', '2018-08-12'),
);

/** The parent of each concept, by index; a concept's parent comes before it. */
const hierarchy = fc
  .array(fc.option(fc.nat(1_000), { nil: undefined }), { minLength: 1, maxLength: 25 })
  .map((parents) => parents.map((one, at) => (one === undefined || at === 0 ? -1 : one % at)));

const nested = (parents: readonly number[], parent = -1): readonly Json[] =>
  parents.flatMap((one, at) => {
    if (one !== parent) return [];
    const concept = nested(parents, at);
    return [{ code: `c${at}`, ...(concept.length === 0 ? {} : { concept }) }];
  });

const byProperty = (parents: readonly number[]): readonly Json[] =>
  parents.map((one, at) => ({
    code: `c${at}`,
    ...(one < 0 ? {} : { property: [{ code: 'parent', valueCode: `c${one}` }] }),
  }));

const systemOf = (concept: readonly Json[]) =>
  memoryCodeSystem({ resourceType: 'CodeSystem', url: 'urn:x', version: '1', concept });

describe('knowledge of code systems', () => {
  it('orders versions totally, and the newest is the first', () => {
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        assert.equal(Math.sign(compareVersions(a, b)), -Math.sign(compareVersions(b, a)) + 0);
        const sorted = newestFirst([a, b, c]);
        assert.ok(compareVersions(sorted[0]!, sorted[2]!) >= 0);
        assert.ok(compareVersions(sorted[0]!, sorted[1]!) >= 0);
      }),
    );
    assert.deepEqual(newestFirst(['1.9', '', '1.10', '1.9.1']), ['1.10', '1.9.1', '1.9', '']);
    assert.deepEqual(newestFirst(['2018-08-12', '9.0.0', '']), ['9.0.0', '2018-08-12', '']);
  });

  it('reads one hierarchy however it is written, and subsumes as descendants say', () => {
    fc.assert(
      fc.property(hierarchy, (parents) => {
        const left = systemOf(nested(parents));
        const right = systemOf(byProperty(parents));
        for (const [at] of parents.entries()) {
          const below = [...left.descendants(`c${at}`)];
          assert.equal(new Set(below).size, below.length);
          assert.deepEqual(below.toSorted(), [...right.descendants(`c${at}`)].toSorted());
          for (const [other] of parents.entries())
            assert.equal(left.subsumes(`c${at}`, `c${other}`), below.includes(`c${other}`));
        }
        assert.deepEqual([...left.roots()].toSorted(), [...right.roots()].toSorted());
      }),
      { numRuns: 60 },
    );
  });

  it('ends on a hierarchy that turns in a circle', () => {
    const system = systemOf([
      { code: 'a', property: [{ code: 'parent', valueCode: 'b' }] },
      { code: 'b', property: [{ code: 'parent', valueCode: 'a' }] },
    ]);
    assert.deepEqual([...system.descendants('a')], ['b']);
    assert.equal(system.subsumes('a', 'b'), true);
  });

  it('knows a code in any case only where the code system does', () => {
    const concept = [{ code: 'Ab' }];
    const loose = memoryCodeSystem({ url: 'urn:x', concept });
    const strict = memoryCodeSystem({ url: 'urn:x', caseSensitive: true, concept });
    assert.equal(loose.concept('aB')?.code, 'Ab');
    assert.equal(strict.concept('aB'), undefined);
  });

  it('answers a layer before the one under it, and counts each release once', () => {
    const of = (title: string, release: string) =>
      memoryKnowledge([{ resourceType: 'ValueSet', url: 'urn:v', version: release, title }]);
    const both = layered(of('over', '2'), of('under', '2'), of('old', '1'));
    assert.deepEqual(both.versions('ValueSet', 'urn:v'), ['2', '1']);
    assert.equal(both.valueSet('urn:v', '2')?.resource.title, 'over');
    assert.equal(both.valueSet('urn:v', '1')?.resource.title, 'old');
  });

  it('reads a concept map of R4 and of R5 as the same rows', () => {
    const map = (target: Json) =>
      memoryConceptMap({
        url: 'urn:m',
        group: [{ source: 'urn:a', target: 'urn:b', element: [{ code: '1', target: [target] }] }],
      });
    const r4 = map({ code: 'x', equivalence: 'wider' }).from('urn:a', '1')[0];
    const r5 = map({ code: 'x', relationship: 'source-is-narrower-than-target' });
    assert.equal(r4?.relationship, r5.from('urn:a', '1')[0]?.relationship);
    assert.equal(r5.to('urn:b', 'x')[0]?.code, '1');
  });
});
