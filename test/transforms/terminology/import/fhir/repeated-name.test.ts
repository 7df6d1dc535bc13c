// Goal: a file in which one of two values of a name would be dropped in silence is refused, and no
// other file is. Method: any JSON, as it is (fast-check) and with a member of an object doubled;
// documents that an import takes apart, with a name twice in each of their parts.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { repeatedName } from '../../../../../transforms/terminology/import/fhir/repeated-name.ts';
import { openStore } from '../../store/opened.ts';

const names = fc.constantFrom('code', 'a', '', '"', '\\', '}', 'a"b', '__proto__', 'é');
const json = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    names,
    fc.integer(),
    fc.constant(null),
    tie('list'),
    tie('object'),
  ),
  list: fc.array(tie('any'), { maxLength: 4 }),
  object: fc.dictionary(names, tie('any'), { maxKeys: 4 }),
})).object as fc.Arbitrary<Record<string, unknown>>;

describe('a name that stands twice', () => {
  it('is found wherever it stands, and nowhere else', () =>
    fc.assert(
      fc.property(json, names, fc.boolean(), (value, name, isSpelled) => {
        const text = JSON.stringify(value, null, 1);
        assert.equal(repeatedName(text), undefined);
        const other = JSON.stringify(name).replace(/[a-z]/, (letter) => {
          const hex = letter.charCodeAt(0).toString(16).padStart(4, '0');
          return isSpelled ? `\\u${hex}` : letter;
        });
        const doubled = `{${JSON.stringify(name)}: ${text}, "other": [{}], ${other}: 1}`;
        assert.equal(repeatedName(`[${text}, {"x": ${doubled}}]`), JSON.parse(other));
      }),
      { numRuns: 300 },
    ));

  const heading = '"resourceType":"CodeSystem","url":"urn:t","version":"1","status":"active"';
  const concepts = '"concept":[{"code":"a"}]';
  const whole = `{${heading},"content":"complete",${concepts}}`;
  const bundle = (entry: string) =>
    `{"resourceType":"Bundle","type":"collection","entry":[{"resource":${entry}}]}`;
  const cases: readonly [what: string, text: string][] = [
    ['its url', whole.replace('"url"', '"url":"urn:o","url"')],
    ['its list of concepts', whole.replace(concepts, `${concepts},${concepts}`)],
    ['a code', whole.replace('"a"', '"a","code":"b"')],
    ['a code in a Bundle', bundle(whole.replace('"a"', '"a","code":"b"'))],
  ];
  for (const [what, text] of cases)
    it(`is told of ${what}, and nothing is imported`, async () => {
      using opened = openStore();
      assert.equal((await opened.import([opened.write('good.json', whole)])).outcome, 'imported');
      const next = text.replace('"version":"1"', '"version":"2"');
      const { outcome, findings } = await opened.import([opened.write('x.json', next)]);
      assert.equal(outcome, 'refused');
      assert.ok(
        findings.some(({ code }) => code === 'json-name-twice'),
        JSON.stringify(findings),
      );
      assert.equal(opened.store.list().length, 1);
    });
});
