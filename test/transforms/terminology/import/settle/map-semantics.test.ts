// Goal: a concept map means what FHIR says it means, in R4's words and in R5's: a row that says
// nothing is no declared "no match", a rule for the unmapped is a rule, a condition is no
// certainty. Method: small maps with one peculiarity each; what goes in is asked back by
// `translateByMap`, what must not is refused by its code.
import assert from 'node:assert/strict';
import type { Json } from '../../../../../transforms/terminology/knowledge.ts';
import { translateByMap } from '../../../../../transforms/terminology/store/index.ts';
import { codeSystem, conceptMap, type Opened, openStore } from '../../store/opened.ts';

const source = 'urn:test:local';
const grouped = (...group: readonly Json[]): Json => ({ ...conceptMap([]), group });
const ruled = (unmapped: Json, element: readonly Json[] = []): Json =>
  grouped({ source, target: 'urn:test:codes', element, unmapped });
const one = (...target: readonly Json[]): Json => conceptMap([{ code: '1', target }]);
const r4 = (code: string, equivalence: string, more: Json = {}) => ({ code, equivalence, ...more });
const r5 = (code: string, relationship: string) => ({ code, relationship });
const when = (value: string) => ({ dependsOn: [{ property: 'urn:p', value }] });

const codes = codeSystem([
  { code: 'a' },
  { code: 'b' },
  { code: 'dead', property: [{ code: 'inactive', valueBoolean: true }] },
]);

let opened: Opened;
before(async () => {
  opened = openStore();
  await opened.importJson(codes);
});
after(() => opened.close());

const load = (map: Json, dryRun: boolean) =>
  opened.import([opened.write('map.json', JSON.stringify(map))], { dryRun });

const refused: readonly (readonly [what: string, map: Json, code: string])[] = [
  ['a match without a target code', one({ equivalence: 'equivalent' }), 'target-missing'],
  ['a word of R5 as equivalence', one(r4('a', 'related-to')), 'relationship-unknown'],
  ['a word of R4 as relationship', one(r5('a', 'wider')), 'relationship-unknown'],
  [
    'the words of R4 and R5 in contradiction',
    one({ ...r4('a', 'narrower'), relationship: 'source-is-narrower-than-target' }),
    'relationship-contradiction',
  ],
  [
    'noMap beside a target',
    conceptMap([{ code: '1', noMap: true, target: [r5('a', 'equivalent')] }]),
    'target-contradiction',
  ],
  ['two targets that are each the same', one(r4('a', 'equal'), r4('b', 'equal')), 'equal-targets'],
  ['a fixed rule without a code', ruled({ mode: 'fixed' }), 'unmapped-rule-invalid'],
  ['a rule of an unknown mode', ruled({ mode: 'guess' }), 'unmapped-rule-invalid'],
  ['a rule to another map, unnamed', ruled({ mode: 'other-map' }), 'unmapped-rule-invalid'],
  ['a rule to a retired code', ruled({ mode: 'fixed', code: 'dead' }), 'target-retired'],
  ['a version that is no text', { ...one(r4('a', 'equal')), version: 1 }, 'version-invalid'],
  [
    'a version that no pin can name',
    { ...one(r4('a', 'equal')), version: 'a|b' },
    'version-invalid',
  ],
  ['the version latest', { ...one(r4('a', 'equal')), version: 'latest' }, 'version-invalid'],
  ['a group that is no list', { ...conceptMap([]), group: {} }, 'structure-invalid'],
  ['a target that is no object', conceptMap([{ code: '1', target: ['a'] }]), 'structure-invalid'],
  ['a target code that is no text', one({ code: 3, equivalence: 'equal' }), 'structure-invalid'],
];

const translated: readonly (readonly [what: string, map: Json, code: string, answer: string])[] = [
  ['R4 wider', one(r4('a', 'wider')), '1', 'mapped-with-loss a wider'],
  [
    'R5 narrower',
    one(r5('a', 'source-is-narrower-than-target')),
    '1',
    'mapped-with-loss a source-is-narrower-than-target',
  ],
  ['R4 unmatched', one({ equivalence: 'unmatched' }), '1', 'unmatched'],
  ['R5 noMap', conceptMap([{ code: '1', noMap: true }]), '1', 'unmatched'],
  ['a source without a target', conceptMap([{ code: '1' }]), '1', 'unmapped'],
  [
    'a source without a target, and a rule',
    ruled({ mode: 'fixed', code: 'b' }, [{ code: '1' }]),
    '1',
    'mapped-with-loss b inexact',
  ],
  [
    'a declared "no match", and a rule',
    ruled({ mode: 'fixed', code: 'b' }, [{ code: '1', target: [{ equivalence: 'unmatched' }] }]),
    '1',
    'unmatched',
  ],
  [
    'the word that a rule of R5 says',
    ruled({ mode: 'fixed', code: 'b', relationship: 'equivalent' }),
    '9',
    'mapped b equivalent',
  ],
  [
    'the source code under the word of a rule',
    ruled({ mode: 'use-source-code', relationship: 'related-to' }),
    'a',
    'mapped-with-loss a related-to',
  ],
  ['another map is not asked', ruled({ mode: 'other-map', url: 'urn:m' }), '9', 'unmapped'],
  [
    'a target that is a value set',
    one({ valueSet: 'urn:vs', relationship: 'equivalent' }),
    '1',
    'unmapped',
  ],
  ['a target on a condition', one(r4('a', 'equivalent', when('x'))), '1', 'ambiguous a equivalent'],
  [
    'the same target on a condition and without',
    one(r4('a', 'equivalent', when('x')), r4('a', 'equivalent')),
    '1',
    'mapped a equivalent',
  ],
];

describe('a concept map', () => {
  for (const [what, map, code] of refused)
    it(`is refused: ${what}`, async () => {
      const report = await load(map, true);
      const found = report.findings.filter(({ severity }) => severity === 'error');
      assert.deepEqual(
        found.map((each) => each.code),
        [code],
        JSON.stringify(report.findings),
      );
      assert.equal(report.outcome, 'refused');
    });

  for (const [what, map, code, answer] of translated)
    it(`translates: ${what}`, async () => {
      const url = `urn:map:${what}`.replaceAll(' ', '-');
      const { outcome, findings } = await load({ ...map, url }, false);
      assert.equal(outcome, 'imported', JSON.stringify(findings));
      const found = opened.store.knowledge.conceptMap(url, '1')!;
      const { outcome: became, targets } = translateByMap(found, source, code);
      const [target] = targets;
      const text = target === undefined ? [] : [target.code, target.relationship];
      assert.equal([became, ...text].join(' '), answer);
    });
});
