// Goal: the decisions of the work list become the next release of an imported map: what was decided
// is what it says, and of everything else it says what it said.
// Method: random maps in the words of R4 and of R5, with rules for the unmapped, and random
// decisions; both releases are imported and asked about every code. The diff names what was decided
// and nothing else.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Json } from '../../../../transforms/terminology/knowledge.ts';
import { type DecidedCode, nextConceptMap } from '../../../../transforms/terminology/maps/index.ts';
import { translateByMap } from '../../../../transforms/terminology/store/index.ts';
import { type Opened, openStore } from '../store/opened.ts';

const codes = ['a', 'b', 'c', 'd'];
const [local, target] = ['urn:local', 'urn:target'];
const words = {
  equivalent: 'equivalent',
  wider: 'source-is-narrower-than-target',
  narrower: 'source-is-broader-than-target',
  inexact: 'related-to',
} as const;
type Word = keyof typeof words;

const word = fc.constantFrom<Word>('equivalent', 'wider', 'narrower', 'inexact');
const rows = fc.dictionary(
  fc.constantFrom(...codes),
  fc.option(fc.tuple(fc.constantFrom('x', 'y'), word)),
  {
    minKeys: 1,
  },
);
const decisions = fc.dictionary(
  fc.constantFrom(...codes, 'e'),
  fc.option(fc.tuple(fc.constantFrom('x', 'z'), word)),
  { minKeys: 1 },
);

const base = (table: Rows, isR5: boolean, hasRule: boolean): Json => ({
  ...{ resourceType: 'ConceptMap', url: 'urn:map', version: '1', status: 'active', id: 'one' },
  group: [
    {
      ...{ source: local, target },
      element: Object.entries(table).map(([code, row]) => {
        if (row === null) return isR5 ? { code, noMap: true } : none(code);
        const [to, said] = row;
        const relation = isR5 ? { relationship: words[said] } : { equivalence: said };
        return { code, target: [{ code: to, ...relation }] };
      }),
      ...(hasRule ? { unmapped: { mode: 'fixed', code: 'other' } } : {}),
    },
  ],
});
type Rows = Readonly<Record<string, readonly [string, Word] | null>>;
const none = (code: string) => ({ code, target: [{ equivalence: 'unmatched' }] });

const decidedOf = (table: Rows): readonly DecidedCode[] =>
  Object.entries(table).map(([code, row]) => ({
    ...{ system: local, code, display: `name ${code}` },
    decision:
      row === null
        ? { relationship: 'unmatched' }
        : { relationship: row[1], target: { system: target, code: row[0] } },
  }));

describe('the next release of an imported map', () => {
  let opened: Opened;
  before(() => {
    opened = openStore();
  });
  after(() => opened.close());
  let runs = 0;

  it('says what was decided, and else what it said', async () => {
    await fc.assert(
      fc.asyncProperty(
        rows,
        decisions,
        fc.boolean(),
        fc.boolean(),
        async (was, now, isR5, rule) => {
          const url = `urn:map:${runs++}`;
          const first = { ...base(was, isR5, rule), url };
          const next = nextConceptMap(first, '2', decidedOf(now));
          assert.deepEqual([next.version, next.id], ['2', undefined]);
          const report = await opened.importJson(first, next);
          assert.equal(report.outcome, 'imported', JSON.stringify(report.findings));
          const { store } = opened;
          const ask = (version: string, code: string) => {
            const { outcome, targets } = translateByMap(
              store.knowledge.conceptMap(url, version)!,
              ...([local, code] as const),
            );
            return [outcome, targets[0]?.code];
          };
          for (const code of [...codes, 'e', 'f']) {
            const row = now[code];
            if (row === undefined) assert.deepEqual(ask('2', code), ask('1', code), code);
            else if (row === null) assert.deepEqual(ask('2', code), ['unmatched', undefined]);
            else {
              const outcome = row[1] === 'equivalent' ? 'mapped' : 'mapped-with-loss';
              assert.deepEqual(ask('2', code), [outcome, row[0]]);
            }
          }
          const [earlier, later] = [
            { url, version: '1' },
            { url, version: '2' },
          ];
          for (const { change, code } of store.diff('ConceptMap', earlier, later))
            assert.ok(change !== 'setting' && Object.hasOwn(now, code ?? ''), `${change} ${code}`);
          const text = [...store.export('ConceptMap', url, '2')].join('');
          assert.ok(!(text.includes('"relationship"') && text.includes('"equivalence"')), text);
        },
      ),
      { numRuns: 25, seed: 6 },
    );
  });
});
