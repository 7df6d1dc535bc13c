// Goal: the operations agree with each other: what is expanded validates and nothing else does;
// pages are complete and disjoint; a filter gives a subset; closure says what subsumption says.
// Method: properties over random hierarchies and random definitions of value sets.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Json } from '../../../../transforms/terminology/knowledge.ts';
import { memoryKnowledge } from '../../../../transforms/terminology/memory/index.ts';
import { createClosureTables } from '../../../../transforms/terminology/operations/index.ts';
import { type Any, ask, codesOf, given, part, valueSet } from './asking.ts';

const url = 'http://random.example/CodeSystem/r';
const runs = { numRuns: 40 };

/** The parent of each concept by index, or -1; and whether it is retired. */
const system = fc
  .array(fc.record({ parent: fc.nat(99), isRoot: fc.boolean(), isRetired: fc.boolean() }), {
    minLength: 1,
    maxLength: 14,
  })
  .map((list) => ({
    resourceType: 'CodeSystem',
    ...{ url, version: '1', status: 'active', content: 'complete', caseSensitive: true },
    concept: list.map(({ parent, isRoot, isRetired }, at) => ({
      code: `c${at}`,
      display: `Concept ${at}`,
      property: [
        ...(isRoot || at === 0 ? [] : [{ code: 'parent', valueCode: `c${parent % at}` }]),
        ...(isRetired ? [{ code: 'status', valueCode: 'retired' }] : []),
        { code: 'even', valueBoolean: at % 2 === 0 },
      ],
    })),
  }));

const code = fc.nat(14).map((at) => `c${at}`);
const component = fc.oneof(
  fc.constant({ system: url }),
  fc.array(code, { minLength: 1, maxLength: 5 }).map((codes) => ({
    system: url,
    concept: codes.map((one) => ({ code: one })),
  })),
  fc
    .tuple(fc.constantFrom('is-a', 'descendent-of', 'is-not-a', 'generalizes', 'child-of'), code)
    .map(([op, value]) => ({ system: url, filter: [{ property: 'concept', op, value }] })),
  fc.constantFrom('true', 'false').map((value) => ({
    system: url,
    filter: [{ property: 'even', op: '=', value }],
  })),
  fc.constant({ system: url, filter: [{ property: 'code', op: 'regex', value: 'c[0-4]' }] }),
);
const compose = fc.record(
  {
    include: fc.array(component, { minLength: 1, maxLength: 3 }),
    exclude: fc.array(component, { maxLength: 2 }),
    inactive: fc.boolean(),
  },
  { requiredKeys: ['include'] },
);

const all = (resource: { concept: readonly { code: string }[] }) =>
  resource.concept.map((one) => one.code);

describe('the operations of terminology', () => {
  it('validate exactly what they expand', () => {
    fc.assert(
      fc.property(system, compose, (resource, definition) => {
        const knowledge = memoryKnowledge([resource]);
        const set = given(valueSet(definition as Json));
        const expanded = new Set(codesOf(ask('ValueSet/expand', [set], knowledge)));
        for (const one of all(resource)) {
          const coding = { name: 'coding', valueCoding: { system: url, code: one } };
          const answer = ask('ValueSet/validate-code', [set, coding], knowledge);
          assert.equal(part(answer, 'result'), expanded.has(one), one);
        }
      }),
      runs,
    );
  });

  it('give pages that are complete and disjoint, and the total of all', () => {
    fc.assert(
      fc.property(system, compose, fc.integer({ min: 1, max: 5 }), (resource, definition, size) => {
        const knowledge = memoryKnowledge([resource]);
        const set = given(valueSet(definition as Json));
        const flat = { name: 'excludeNested', valueBoolean: true };
        const whole = ask('ValueSet/expand', [set, flat], knowledge);
        const paged: string[] = [];
        for (let offset = 0; offset <= whole.expansion.total; offset += size) {
          const count = { name: 'count', valueInteger: size };
          const from = { name: 'offset', valueInteger: offset };
          const page = ask('ValueSet/expand', [set, count, from], knowledge);
          assert.equal(page.expansion.total, whole.expansion.total);
          paged.push(...codesOf(page));
        }
        assert.deepEqual(paged, codesOf(whole));
        assert.equal(new Set(paged).size, paged.length);
      }),
      runs,
    );
  });

  it('keep what a text filter leaves a subset, and a nested expansion the same codes', () => {
    fc.assert(
      fc.property(system, compose, fc.nat(14), (resource, definition, at) => {
        const knowledge = memoryKnowledge([resource]);
        const set = given(valueSet(definition as Json));
        const nested = new Set(codesOf(ask('ValueSet/expand', [set], knowledge)));
        const flag = { name: 'excludeNested', valueBoolean: true };
        const flat = new Set(codesOf(ask('ValueSet/expand', [set, flag], knowledge)));
        assert.deepEqual([...nested].toSorted(), [...flat].toSorted());
        const text = { name: 'filter', valueString: `concept ${at}` };
        const found = codesOf(ask('ValueSet/expand', [set, text], knowledge));
        // Every word is in code or display, wherever it stands.
        const hoped = [...flat].filter((one) => one.slice(1).includes(String(at)));
        assert.deepEqual(found.toSorted(), hoped.toSorted());
      }),
      runs,
    );
  });

  it('subsume as a closure table says, however its codes come in', () => {
    fc.assert(
      fc.property(system, fc.integer({ min: 1, max: 4 }), (resource, size) => {
        const knowledge = memoryKnowledge([resource]);
        const tables = createClosureTables();
        const name = { name: 'name', valueString: 't' };
        ask('ConceptMap/closure', [name], knowledge, tables);
        const below = new Set<string>();
        const read = (map: Any) => {
          for (const { element } of map.group ?? [])
            for (const one of element)
              for (const { code: target } of one.target) below.add(`${one.code} ${target}`);
        };
        const codes = all(resource);
        for (let at = 0; at < codes.length; at += size) {
          const concepts = codes.slice(at, at + size).map((one) => ({
            name: 'concept',
            valueCoding: { system: url, code: one },
          }));
          read(ask('ConceptMap/closure', [name, ...concepts], knowledge, tables));
        }
        for (const a of codes)
          for (const b of codes) {
            const asked = [
              { name: 'system', valueUri: url },
              { name: 'codeA', valueCode: a },
              { name: 'codeB', valueCode: b },
            ];
            const outcome = part(ask('CodeSystem/subsumes', asked, knowledge), 'outcome');
            assert.equal(outcome === 'subsumed-by', below.has(`${a} ${b}`), `${a} ${b}`);
          }
        const again = [name, { name: 'version', valueString: '0' }];
        const before = below.size;
        read(ask('ConceptMap/closure', again, knowledge, tables));
        assert.equal(below.size, before);
      }),
      runs,
    );
  });
});
