// Goal: the store answers as the FHIR resources say, and gives them back as they were.
// Method: properties over random code systems and maps: every question of `Knowledge` has the same
// answer in the store as in memory; export gives the imported resource; the same content again is
// no change, and any other content is refused with what is different.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type {
  Choice,
  Concept,
  Json,
  Knowledge,
} from '../../../../transforms/terminology/knowledge.ts';
import { memoryKnowledge } from '../../../../transforms/terminology/memory/index.ts';
import { chosenOf } from '../../../../transforms/terminology/operations/value-set/chosen.ts';
import { codeSystem, conceptMap, openStore } from './opened.ts';

const word = fc.string({ minLength: 1, maxLength: 8, unit: 'grapheme' });
const property: fc.Arbitrary<Json> = fc.oneof(
  word.map((valueString) => ({ code: 'note', valueString })),
  fc.boolean().map((valueBoolean) => ({ code: 'inactive', valueBoolean })),
  fc.integer().map((valueInteger) => ({ code: 'rank', valueInteger })),
  // JSON has no minus zero.
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => ({
    ...{ code: 'weight', valueDecimal: value + 0 },
  })),
  word.map((code) => ({ code: 'kind', valueCoding: { system: 'urn:x', code } })),
  fc.constantFrom('active', 'retired').map((valueCode) => ({ code: 'status', valueCode })),
);
const designation: fc.Arbitrary<Json> = fc.record(
  { language: fc.constantFrom('de', 'fr-CA'), use: fc.constant({ code: 'short' }), value: word },
  { requiredKeys: ['value'] },
);
const details = fc.record(
  {
    display: word,
    definition: word,
    designation: fc.array(designation, { minLength: 1, maxLength: 3 }),
    property: fc.array(property, { minLength: 1, maxLength: 4 }),
    extension: word.map((valueString) => [{ url: 'urn:e', valueString }]),
  },
  { requiredKeys: [] },
);

/** Concepts below one before them, or at the top; every third names a second parent. */
const concepts = fc
  .array(fc.tuple(details as fc.Arbitrary<Json>, fc.nat(1_000)), { minLength: 1, maxLength: 14 })
  .map((list) => {
    const nested = list.map((): number[] => []);
    list.forEach(([, parent], at) => void (at % 2 === 1 && nested[parent % at]!.push(at)));
    const make = (at: number): Json => {
      const [more] = list[at]!;
      const extra = at > 0 && at % 3 === 0 ? [{ code: 'parent', valueCode: 'C0' }] : [];
      const listed = [...((more.property as Json[] | undefined) ?? []), ...extra];
      const concept = nested[at]!.map(make);
      return {
        ...{ code: `C${at}`, ...more },
        ...(listed.length === 0 ? {} : { property: listed }),
        ...(concept.length === 0 ? {} : { concept }),
      };
    };
    return list.flatMap((_, at) => (at % 2 === 1 ? [] : [make(at)]));
  });

const target: fc.Arbitrary<Json> = fc.record(
  {
    code: fc.constantFrom('C0', 'C1', 'C2', 'C3'),
    display: word,
    equivalence: fc.constantFrom('equal', 'wider', 'inexact', 'relatedto'),
    comment: word,
    dependsOn: fc.constant([{ property: 'urn:p', value: 'v' }]),
  },
  { requiredKeys: ['code', 'equivalence'] },
);
const elements = fc
  .array(fc.uniqueArray(target, { selector: ({ code }) => code, maxLength: 3 }), { maxLength: 6 })
  .map((lists) =>
    lists.map((list, at) => ({
      ...{ code: `s${at}`, ...(at % 2 === 0 ? { display: `S ${at}` } : {}) },
      ...(list.length === 0 ? {} : { target: list }),
    })),
  );

/** JSON keys in order: how an object is written is not what it says. */
const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, each]) => [key, sorted(each)]));
};

function codesOf(list: readonly Json[] = []): readonly string[] {
  return list.flatMap(({ code, concept }) => [String(code), ...codesOf(concept as Json[])]);
}

function compareSystems(left: Knowledge, right: Knowledge, codes: readonly string[]): void {
  const [a, b] = [left, right].map((one) => one.codeSystem('urn:test:codes', '1')!) as [
    NonNullable<ReturnType<Knowledge['codeSystem']>>,
    NonNullable<ReturnType<Knowledge['codeSystem']>>,
  ];
  assert.equal(a.count, b.count);
  assert.deepEqual([...a.concepts()].map(sorted), [...b.concepts()].map(sorted));
  assert.deepEqual([...a.roots()], [...b.roots()]);
  for (const code of [...codes, 'none', 'c0']) {
    assert.deepEqual(sorted(a.concept(code)), sorted(b.concept(code)), code);
    for (const ask of ['children', 'parents', 'descendants'] as const)
      assert.deepEqual([...a[ask](code)].toSorted(), [...b[ask](code)].toSorted(), ask);
    for (const other of codes) assert.equal(a.subsumes(code, other), b.subsumes(code, other));
  }
  for (const [name, value] of [
    ['status', 'retired'],
    ['inactive', 'true'],
    ['none', 'x'],
  ])
    assert.deepEqual([...a.withProperty(name!, value!)], [...b.withProperty(name!, value!)]);
  for (const choice of choicesOf(codes)) {
    const [one, other] = [chosenOf(a, choice), chosenOf(b, choice)];
    const found = [...one.concepts()];
    assert.equal(one.count, found.length);
    assert.deepEqual(
      [...one.codes()],
      found.map(({ code }) => code),
    );
    assert.deepEqual(byCode(found), byCode([...other.concepts()]));
  }
  const mentioned = new Set(a.mentioning('c1'));
  for (const code of b.mentioning('c1')) assert.ok(mentioned.has(code));
}

const byCode = (found: readonly Concept[]) =>
  found.map(sorted).toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

/** Every way to choose, of codes that are there, that are not, and that differ in case. */
const choicesOf = (codes: readonly string[]): readonly Choice[] => [
  { by: 'code', codes: [...codes, 'none'] },
  { by: 'code', codes: ['c1', 'none', 'C2'] },
  ...[...codes, 'c0', 'none'].flatMap((code): readonly Choice[] => [
    { by: 'ancestor', code, isSelf: true },
    { by: 'ancestor', code, isSelf: false },
    { by: 'parent', code },
  ]),
  { by: 'property', property: 'status', value: 'retired' },
  { by: 'property', property: 'kind', value: 'none' },
];

describe('what the store knows', () => {
  it('is what memory knows of the same code system, and exports as it came', async () => {
    await fc.assert(
      fc.asyncProperty(concepts, fc.boolean(), async (concept, caseSensitive) => {
        using opened = openStore();
        const { store } = opened;
        const resource = codeSystem(concept, { caseSensitive, supplements: 'urn:base|3' });
        const report = await opened.importJson(resource);
        assert.deepEqual(report.findings, []);
        const memory = memoryKnowledge([resource]);
        compareSystems(store.knowledge, memory, codesOf(concept));
        for (const knowledge of [store.knowledge, memory]) {
          assert.deepEqual(knowledge.versions('CodeSystem', 'urn:test:codes'), ['1']);
          assert.equal(knowledge.supplements('urn:base').length, 1);
          const wanted = { system: 'urn:test:codes', offset: 0, count: 5 };
          assert.equal(knowledge.search('CodeSystem', wanted).total, 1);
        }
        const text = [...store.export('CodeSystem', 'urn:test:codes', '1')].join('');
        assert.deepEqual(sorted(JSON.parse(text)), sorted(resource));
        const again = await opened.import([opened.write('again.json', text)]);
        assert.deepEqual([again.outcome, again.releases[0]?.outcome], ['imported', 'unchanged']);
      }),
      { numRuns: 12 },
    );
  });

  it('is what memory knows of the same map, and exports as it came', async () => {
    await fc.assert(
      fc.asyncProperty(elements, async (element) => {
        using opened = openStore();
        const { store } = opened;
        const resource = conceptMap(element);
        const report = await opened.importJson(resource);
        assert.deepEqual(report.findings, []);
        const memory = memoryKnowledge([resource]);
        const [a, b] = [store.knowledge, memory].map((one) => one.conceptMap('urn:test:map', '1')!);
        assert.deepEqual([...a!.rows()].map(sorted), [...b!.rows()].map(sorted));
        for (const { code } of element)
          assert.deepEqual(
            a!.from('urn:test:local', code).map(sorted),
            b!.from('urn:test:local', code).map(sorted),
          );
        assert.equal(a!.to('urn:test:codes', 'C1').length, b!.to('urn:test:codes', 'C1').length);
        assert.deepEqual(store.knowledge.mapsTo('urn:test:codes'), memory.mapsTo('urn:test:codes'));
        const text = [...store.export('ConceptMap', 'urn:test:map', '1')].join('');
        assert.deepEqual(sorted(JSON.parse(text)), sorted(resource));
        const open = [...store.openSources('urn:test:map', '1')].map(({ code }) => code);
        const blank = element.filter((one) => !('target' in one)).map(({ code }) => code);
        assert.deepEqual(open, blank);
      }),
      { numRuns: 12 },
    );
  });

  it('refuses what a published release says otherwise, by what is different', async () => {
    using opened = openStore();
    const before = codeSystem([{ code: 'a', display: 'A' }, { code: 'b' }]);
    await opened.importJson(before);
    const changed = codeSystem([{ code: 'a', display: 'Alpha' }, { code: 'b' }]);
    const other = codeSystem([{ code: 'z' }], { url: 'urn:test:other' });
    const report = await opened.importJson(other, changed);
    assert.equal(report.outcome, 'refused');
    assert.match(report.findings[0]?.message ?? '', /urn:test:codes\|1 .* \(display a\)/);
    const { knowledge } = opened.store;
    assert.equal(knowledge.codeSystem('urn:test:codes', '1')?.concept('a')?.display, 'A');
    assert.deepEqual(knowledge.versions('CodeSystem', 'urn:test:other'), []);
    const reordered = codeSystem([{ code: 'b' }, { display: 'A', code: 'a' }]);
    assert.equal((await opened.importJson(reordered)).releases[0]?.outcome, 'unchanged');
  });
});
