// Goal: a diff tells every change once and nothing else, and what says the same in other words, in
// another order or with its keys turned round is no change, nor refused when it comes again.
// Method: pairs of small releases with one difference each; the expected lines are written out.
// Each resource is imported again with the keys of every object reversed.
import assert from 'node:assert/strict';
import type { Json } from '../../../../transforms/terminology/knowledge.ts';
import { codeSystem, conceptMap, type Opened, openStore } from './opened.ts';

type Kind = 'CodeSystem' | 'ValueSet' | 'ConceptMap';

let opened: Opened;
before(() => {
  opened = openStore();
});
after(() => opened.close());

async function diffOf(was: Json, now: Json, url: string): Promise<string[]> {
  const [earlier, later] = [
    { ...was, url, version: '1' },
    { ...now, url, version: '2' },
  ];
  const { outcome, findings } = await opened.importJson(earlier, later);
  assert.equal(outcome, 'imported', JSON.stringify(findings));
  const changes = opened.store.diff(
    was.resourceType as Kind,
    { url, version: '1' },
    { url, version: '2' },
  );
  return [...changes].map(({ change, code, element, was: before, now: after }) =>
    [change, code ?? '-', element ?? '', text(before), text(after)].join(' ').trim(),
  );
}

const text = (value: unknown): string =>
  typeof value === 'object' && value !== null
    ? Object.values(value)
        .flatMap((each) => (each === null ? [] : [typeof each === 'string' ? each : text(each)]))
        .join('/')
    : String(value ?? '');

const target = (code: string, equivalence = 'equivalent', more: Json = {}): Json => ({
  ...{ code, equivalence, ...more },
});
const map = (...target: readonly Json[]) => conceptMap([{ code: '1', target }]);
const group = (more: Json) => ({
  ...conceptMap([]),
  group: [
    { source: 'urn:s', target: 'urn:t', element: [{ code: '1', target: [target('a')] }], ...more },
  ],
});
const set = (...include: readonly Json[]): Json => ({
  ...{ resourceType: 'ValueSet', url: 'urn:vs', status: 'active', compose: { include } },
});
const listed = (...codes: readonly string[]): Json => ({
  system: 'urn:c',
  concept: codes.map((code) => ({ code })),
});
const unknown = { system: 'urn:nobody', filter: [{ property: 'concept', op: 'is-a', value: 'x' }] };

const pairs: readonly (readonly [what: string, was: Json, now: Json, lines: readonly string[]])[] =
  [
    [
      'a changed target with all that goes with it',
      map(target('a', 'equivalent', { display: 'A' })),
      map(target('b', 'wider', { display: 'B', comment: 'why' })),
      ['target 1  urn:test:codes/a/equivalent urn:test:codes/b/wider'],
    ],
    [
      'a word of R5 for the same word of R4',
      map(target('a', 'wider'), { equivalence: 'unmatched', code: 'z' }),
      map(
        { code: 'a', relationship: 'source-is-narrower-than-target' },
        { code: 'z', relationship: 'not-related-to' },
      ),
      [],
    ],
    [
      'a word of R5 for the opposite one of R4',
      map(target('a', 'narrower')),
      map({ code: 'a', relationship: 'source-is-narrower-than-target' }),
      ['relationship 1  narrower source-is-narrower-than-target'],
    ],
    [
      'a declared "no match" in the words of R4 and of R5',
      conceptMap([{ code: '1', target: [{ equivalence: 'unmatched' }] }]),
      conceptMap([{ code: '1', noMap: true }]),
      [],
    ],
    [
      'an answer to an open question',
      conceptMap([{ code: '1' }]),
      conceptMap([{ code: '1', noMap: true }]),
      ['relationship 1   not-related-to'],
    ],
    [
      'a source with another name',
      conceptMap([{ code: '1', display: 'old', target: [target('a')] }]),
      conceptMap([{ code: '1', display: 'new', target: [target('a')] }]),
      ['display 1 source old new'],
    ],
    [
      'another condition',
      map(target('a', 'equal', { dependsOn: [{ property: 'p', value: '1' }] })),
      map(target('a', 'equal', { dependsOn: [{ property: 'p', value: '2' }] })),
      ['target 1  urn:test:codes/a/equal/p/1 urn:test:codes/a/equal/p/2'],
    ],
    [
      'another rule for the unmapped',
      group({ unmapped: { mode: 'fixed', code: 'x' } }),
      group({ unmapped: { mode: 'fixed', code: 'y' } }),
      ['setting - group.unmapped fixed/x fixed/y'],
    ],
    [
      'another version of the target system',
      group({ targetVersion: '1' }),
      group({ targetVersion: '2' }),
      ['setting - group.targetVersion 1 2'],
    ],
    [
      'codes of a value set that come and go',
      set(listed('a', 'b')),
      set(listed('b', 'c')),
      ['membership a  member', 'membership c   member'],
    ],
    [
      'a display that a value set no longer gives: it is that of the code system again',
      set({
        system: 'urn:s',
        concept: [
          { code: 'a', display: 'A' },
          { code: 'b', display: 'B' },
        ],
      }),
      set({ system: 'urn:s', concept: [{ code: 'a' }, { code: 'b', display: 'Bee' }] }),
      ['display b  B Bee'],
    ],
    [
      'codes of a value set named twice',
      set(listed('a', 'a', 'b')),
      set(listed('b')),
      ['membership a  member'],
    ],
    [
      'a listed code that a listed exclude takes away',
      set(listed('a', 'b')),
      { ...set(), compose: { include: [listed('a', 'b')], exclude: [listed('b')] } },
      ['membership b  member'],
    ],
    [
      'a value set whose codes nobody here can count: no code is said to be gone',
      set(listed('a')),
      set(unknown),
      ['setting - compose a/urn:c is-a/concept/x/urn:nobody'],
    ],
    [
      'a page of an expansion is no expansion',
      set(listed('a', 'b')),
      {
        ...set(listed('a', 'b')),
        expansion: { total: 2, contains: [{ system: 'urn:c', code: 'a' }] },
      },
      [],
    ],
    [
      'an extension of a concept',
      codeSystem([{ code: 'a', extension: [{ url: 'u', valueString: '1' }] }]),
      codeSystem([{ code: 'a', extension: [{ url: 'u', valueString: '2' }] }]),
      ['property a extension u/1 u/2'],
    ],
    [
      'a retirement, with its date',
      codeSystem([{ code: 'a', property: [{ code: 'status', valueCode: 'active' }] }]),
      codeSystem([
        {
          code: 'a',
          property: [
            { code: 'status', valueCode: 'retired' },
            { code: 'retirementDate', valueDateTime: '2026' },
          ],
        },
      ]),
      ['retired a'],
    ],
  ];

describe('the diff of', () => {
  for (const [what, was, now, lines] of pairs)
    it(what, async () => assert.deepEqual(await diffOf(was, now, `urn:${what}`), lines));
});

const turned = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(turned);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, each]) => [key, turned(each)]),
  );
};

const rich: readonly Json[] = [
  conceptMap([
    {
      code: '1',
      extension: [{ url: 'u', valueString: 's' }],
      target: [
        target('a', 'equivalent', {
          dependsOn: [{ property: 'p', system: 's', value: 'v' }],
          product: [{ property: 'q', value: 'w' }],
        }),
      ],
    },
  ]),
  codeSystem(
    [
      {
        code: 'a',
        designation: [{ language: 'de', use: { system: 's', code: 'c' }, value: 'V' }],
        property: [{ code: 'p', valueCoding: { system: 's', code: 'c' } }],
        extension: [{ url: 'u', valueString: 's' }],
      },
    ],
    { property: [{ code: 'p', uri: 'u', type: 'Coding' }] },
  ),
  {
    ...{ resourceType: 'ValueSet', url: 'urn:vs', version: '1', status: 'active' },
    compose: { include: [{ system: 'urn:test:codes', concept: [{ code: 'a' }] }] },
    expansion: {
      contains: [
        { system: 'urn:test:codes', code: 'a', designation: [{ language: 'de', value: 'd' }] },
      ],
    },
  },
];

describe('a release with its keys in another order', () => {
  it('is the same release, with the same hash', async () => {
    using own = openStore();
    await own.importJson(...rich);
    const again = await own.importJson(...rich.map((each) => turned(each) as Json));
    assert.deepEqual(
      again.releases.map(({ outcome }) => outcome),
      ['unchanged', 'unchanged', 'unchanged'],
      JSON.stringify(again.findings),
    );
    using other = openStore();
    await other.importJson(...rich.map((each) => turned(each) as Json));
    const hashes = (list: readonly { content: string }[]) => list.map(({ content }) => content);
    assert.deepEqual(hashes(other.store.list()), hashes(own.store.list()));
  });

  it('is refused where it says otherwise only in a rule', async () => {
    await opened.importJson(group({ unmapped: { mode: 'fixed', code: 'x' } }));
    const again = await opened.importJson(group({ unmapped: { mode: 'fixed', code: 'y' } }));
    assert.equal(again.outcome, 'refused');
    assert.equal(again.findings[0]?.code, 'release-published');
  });
});
