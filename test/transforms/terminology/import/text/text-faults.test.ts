// Goal: a release file that somebody cut, turned or filled wrong is refused whole, with its line,
// or it is told that nobody can see whether it is whole; what a release has beside is passed over.
// Method: small files of every text format, invented here, cut at every seventh byte: whatever
// comes in has the rows of the whole file, unchanged, or a warning at its last line. Then a table
// of faults in one store, each read in a dry run.
import assert from 'node:assert/strict';
import type { Json } from '../../../../../transforms/terminology/knowledge.ts';
import { codeSystem, type Opened, openStore } from '../../store/opened.ts';

const row = (separator: string) => (text: string) => text.replaceAll(' / ', separator);
const tab = row('\t');
const rf2 = tab('id / effectiveTime / active / moduleId / ');
const core = '900000000000207008';
const concepts =
  `${rf2}definitionStatusId\r\n` +
  ['1', '2'].map((id) => tab(`${id} / 20260101 / 1 / ${core} / 900000000000074008\r\n`)).join('');
const described = tab('conceptId / languageCode / typeId / term / caseSignificanceId');
const describe2 = (language: string, term: string) =>
  tab(`9 / 20260101 / 1 / ${core} / 2 / ${language} / 900000000000013009 / ${term} / 9\r\n`);
const conceptFile = 'sct2_Concept_Snapshot_INT_20260101.txt';
const descriptionFile = 'sct2_Description_Snapshot_INT_20260101.txt';
const order = (code: string, title: string) =>
  `00001 ${code.padEnd(7)} 1 ${title.padEnd(60)} ${title}, in full\r\n`;
const loincColumns = [
  ...['LOINC_NUM', 'COMPONENT', 'PROPERTY', 'TIME_ASPCT', 'SYSTEM', 'SCALE_TYP', 'METHOD_TYP'],
  ...['CLASS', 'STATUS', 'LONG_COMMON_NAME', 'SHORTNAME', 'VersionLastChanged'],
];
const quoted = (cells: readonly string[]) => `${cells.map((cell) => `"${cell}"`).join(',')}\n`;
const loincCells = (code: string) =>
  loincColumns.map((name) => (name === 'LOINC_NUM' ? code : `a ${name}`));
const product =
  tab('PRODUCTNDC / PROPRIETARYNAME / NONPROPRIETARYNAME / DOSAGEFORMNAME / ROUTENAME / ') +
  tab('LABELERNAME / PRODUCTTYPENAME / STARTMARKETINGDATE\n') +
  tab('0002-0800 / Thinner / diluent / INJECTION / ORAL / Somebody / OTC / 19870710\n');
const conso = (code: string, name: string) =>
  `${code}|ENG||||||8|8|${code}||RXNORM|IN|${code}|${name}|0|N|4096|\n`;
const tabular =
  '<ICD10CM.tabular><version>2026</version><chapter><name>1</name><desc>Some</desc>\n' +
  '<section id="A00-A09"><desc>Gut</desc>\n<diag><name>A00</name><desc>Cholera</desc></diag>\n' +
  '</section></chapter></ICD10CM.tabular>\n';
const cvx =
  '08|Hep B|hepatitis B vaccine|-|Active|False|2020/06/22\n03|MMR|measles|-|Active|False|';

/** A whole file of each format, and its name. */
const whole: Readonly<Record<string, readonly [name: string, text: string]>> = {
  LOINC: ['Loinc.csv', [loincColumns, loincCells('1-8'), loincCells('2-6')].map(quoted).join('')],
  'ICD-10-CM': ['icd10cm-order-2026.txt', order('A00', 'Cholera') + order('A000', 'Cholera, one')],
  'ICD-10-CM in XML': ['icd10cm-tabular-2026.xml', tabular],
  CVX: ['cvx.txt', `${cvx}2010/05/28\n`],
  NDC: ['product.txt', product],
  RxNorm: ['RXNCONSO.RRF', conso('161', 'acetaminophen') + conso('5640', 'ibuprofen')],
  JSON: ['x.json', JSON.stringify(codeSystem([{ code: 'a', display: 'A' }, { code: 'b' }]))],
};

let opened: Opened;
before(() => {
  opened = openStore();
});
after(() => opened.close());

const conceptsOf = (url: string) =>
  new Map(
    [...opened.store.knowledge.codeSystem(url, '1')!.concepts()].map((one) => [
      one.code,
      [one.display, one.definition],
    ]),
  );

describe('a file that was cut', () => {
  for (const [format, [name, text]] of Object.entries(whole))
    it(`is refused, or is what it says: ${format}`, async () => {
      const load = (url: string, content: string) =>
        opened.import([opened.write(name, content)], { url, version: '1' });
      const complete = `urn:${format}:whole`;
      assert.equal((await load(complete, text)).outcome, 'imported');
      const known = conceptsOf(complete);
      let refused = 0;
      for (let cut = 1; cut < text.length - 1; cut += 7) {
        const url = `urn:${format}:${cut}`;
        const { outcome, findings } = await load(url, text.slice(0, cut));
        if (outcome === 'refused') refused += 1;
        else if (!findings.some(({ code }) => code === 'file-unended'))
          for (const [code, texts] of conceptsOf(url))
            assert.deepEqual(texts, known.get(code), `${format} cut at ${cut}`);
      }
      assert.ok(refused > 5, `${format}: ${refused} refused`);
    });
});

type Files = Readonly<Record<string, string | Buffer>>;
const header = 'source_code,target_system,target_code,relationship\n';
const system = (more: Json): string =>
  JSON.stringify({ ...codeSystem([]), url: 'urn:test:shape', ...more }, null, 1);
const faults: readonly (readonly [what: string, files: Files, code: string, line: number])[] = [
  ['an empty file', { 'x.json': '' }, 'file-empty', 0],
  ['a zip', { 'loinc.zip': 'PK\u0003\u0004..' }, 'file-archive', 0],
  ['UTF-16 without a mark', { 'm@1.csv': Buffer.from(header, 'utf16le') }, 'encoding-invalid', 1],
  [
    'a NUL',
    { 'f/m@1.csv': `${header}A,urn:x,a,wider\nB\0,urn:x,a,wider\n` },
    'encoding-invalid',
    3,
  ],
  ['a map without rows', { 'f/m@1.csv': header }, 'release-empty', 1],
  ['half a target', { 'f/m@1.csv': `${header}A,urn:x,,wider\n` }, 'target-missing', 2],
  ['spaces around a code', { 'f/m@1.csv': `${header}A ,urn:x,a,wider\n` }, 'row-invalid', 2],
  [
    'a column twice',
    { 'f/m@1.csv': `source_code,${header}A,B,urn:x,a,wider\n` },
    'column-duplicate',
    1,
  ],
  ['a column too few', { 'f/m@1.csv': header.replace('target_system,', '') }, 'column-missing', 1],
  [
    'a code twice in the tabular list',
    { 'icd10cm-tabular-2026.xml': tabular.replace('</section>', '<diag><name>A00</name></diag>') },
    'code-duplicate',
    4,
  ],
  ['full files alone', { 'sct2_Concept_Full_INT_20260101.txt': concepts }, 'format-unknown', 0],
  ['nothing of terminology', { 'x.json': '{"resourceType":"Bundle"}' }, 'not-terminology', 0],
  ['concepts that are no list', { 'x.json': system({ concept: {} }) }, 'structure-invalid', 1],
  [
    'a property without a name',
    { 'x.json': system({ concept: [{ code: 'a', property: [{ valueCode: 'x' }] }] }) },
    'structure-invalid',
    9,
  ],
  [
    'an include that is null',
    {
      'x.json': JSON.stringify({
        ...{ resourceType: 'ValueSet', url: 'urn:v', version: '1', status: 'active' },
        compose: { include: [null] },
      }),
    },
    'structure-invalid',
    1,
  ],
  [
    'concepts nested without end',
    { 'x.json': `{"resourceType":"CodeSystem",${'"concept":[{'.repeat(9_000)}` },
    'json-too-deep',
    1,
  ],
];

describe('a file that is not what it should be', () => {
  for (const [what, files, code, line] of faults)
    it(`is refused: ${what}`, async () => {
      const paths = Object.entries(files).map(([name, text]) => opened.write(name, text));
      const { outcome, findings } = await opened.import(paths, { dryRun: true });
      assert.equal(outcome, 'refused');
      assert.deepEqual([findings[0]?.code, findings[0]?.line], [code, line]);
    });

  it('is told by the line of the code that a published release says otherwise', async () => {
    const text = (display: string) =>
      JSON.stringify(
        codeSystem([{ code: 'a' }, { code: 'b', display }], { url: 'urn:test:line' }),
        null,
        1,
      );
    await opened.import([opened.write('x.json', text('B'))]);
    const { findings } = await opened.import([opened.write('x.json', text('C'))]);
    assert.deepEqual([findings[0]?.code, findings[0]?.line], ['release-published', 13]);
  });
});

describe('the files of a whole release', () => {
  it('are read as far as they hold codes, and the others are told', async () => {
    const other = tab('refsetId / referencedComponentId / owlExpression');
    const files: Files = {
      [conceptFile]: concepts,
      [descriptionFile]: [
        `${rf2}${described}\r\n`,
        ...[describe2('es', 'Cosa'), describe2('en', 'Thing')],
      ].join(''),
      'sct2_Concept_Full_INT_20260101.txt': concepts,
      'sct2_sRefset_OWLExpressionSnapshot_INT_20260101.txt': `${rf2}${other}\r\n`,
    };
    const paths = Object.entries(files).map(([name, text]) => opened.write(name, text));
    const { outcome, findings, releases } = await opened.import(paths);
    assert.equal(outcome, 'imported', JSON.stringify(findings));
    const told = findings.filter(({ code }) => code === 'file-passed-over');
    assert.equal(told.length, 2);
    const { url, version } = releases[0]!;
    const read = opened.store.knowledge.codeSystem(url, version);
    assert.equal(read?.concept('2')?.display, 'Thing');
  });
});
