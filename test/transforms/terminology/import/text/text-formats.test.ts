// Goal: every format of release files comes in as the release that it is.
// Method: small files of each format, invented here, by the layouts that their publishers document;
// what a reader then finds by `Knowledge` is compared with what the file says.
import assert from 'node:assert/strict';
import { type Opened, openStore } from '../../store/opened.ts';

const tsv = (...rows: readonly string[]) => rows.map((row) => row.replaceAll(' | ', '\t')).join('');

const load = async (opened: Opened, files: Record<string, string>, more = {}) => {
  const paths = Object.entries(files).map(([name, text]) => opened.write(name, text));
  const report = await opened.import(paths, more);
  assert.deepEqual(
    report.findings.filter(({ severity }) => severity === 'error'),
    [],
  );
  assert.equal(report.outcome, 'imported');
  return report.releases.map(({ url, version }) => `${url}|${version}`);
};

const header = 'id\teffectiveTime\tactive\tmoduleId\t';
const core = '900000000000207008';
const concepts = ['138875005', '404684003', '64572001', '123037004', '22298006']
  .map((id) => `${id}\t20260101\t1\t${core}\t900000000000074008\r\n`)
  .join('');
const description = (id: number, concept: string, type: string, term: string) =>
  `${id}\t20260101\t1\t${core}\t${concept}\ten\t${type}\t${term}\t900000000000448009\r\n`;
const relation = (id: number, from: string, to: string, type = '116680003') =>
  `${id}\t20260101\t1\t${core}\t${from}\t${to}\t0\t${type}\t900000000000011006\tx\r\n`;

const rf2 = {
  'sct2_Concept_Snapshot_INT_20260101.txt':
    `${header}definitionStatusId\r\n${concepts}` +
    `111\t20260101\t0\t${core}\t900000000000074008\r\n`,
  'sct2_Description_Snapshot-en_INT_20260101.txt':
    `${header}conceptId\tlanguageCode\ttypeId\tterm\tcaseSignificanceId\r\n` +
    description(1, '22298006', '900000000000003001', 'Myocardial thing (disorder)') +
    description(2, '22298006', '900000000000013009', 'Heart thing') +
    description(3, '64572001', '900000000000003001', 'Disease (disorder)'),
  'sct2_Relationship_Snapshot_INT_20260101.txt':
    `${header}sourceId\tdestinationId\trelationshipGroup\ttypeId\t` +
    'characteristicTypeId\tmodifierId\r\n' +
    relation(1, '404684003', '138875005') +
    relation(2, '64572001', '404684003') +
    relation(3, '123037004', '138875005') +
    relation(4, '22298006', '64572001') +
    relation(5, '22298006', '123037004') +
    relation(6, '22298006', '123037004', '363698007'),
};

describe('the import of', () => {
  let opened: Opened;
  beforeEach(() => {
    opened = openStore();
  });
  afterEach(() => opened.close());
  const system = (release: string) => {
    const cut = release.lastIndexOf('|');
    return opened.store.knowledge.codeSystem(release.slice(0, cut), release.slice(cut + 1))!;
  };

  it('SNOMED CT as RF2', async () => {
    const [release = ''] = await load(opened, rf2);
    assert.equal(release, `http://snomed.info/sct|http://snomed.info/sct/${core}/version/20260101`);
    const read = system(release);
    assert.equal(read.concept('22298006')?.display, 'Heart thing');
    assert.equal(read.concept('64572001')?.display, 'Disease');
    assert.deepEqual([...read.parents('22298006')].toSorted(), ['123037004', '64572001']);
    assert.ok(read.subsumes('138875005', '22298006'));
    assert.ok(!read.subsumes('22298006', '138875005'));
    assert.deepEqual([...read.withProperty('363698007', '123037004')], ['22298006']);
    assert.deepEqual([...read.withProperty('inactive', 'true')], ['111']);
    const text = [...opened.store.export('CodeSystem', read.url, read.version)].join('');
    using copy = openStore();
    const again = await copy.import([copy.write('copy.json', text)]);
    assert.deepEqual(again.findings, []);
    const twin = copy.store.knowledge.codeSystem(read.url, read.version)!;
    assert.ok(twin.subsumes('138875005', '22298006'));
  });

  it('SNOMED CT with the term that a language prefers', async () => {
    const member = (no: number, refset: string, description: number, liking: string) =>
      `u${no}\t20260101\t1\t${core}\t${refset}\t${description}\t${liking}\r\n`;
    const [american, british] = ['900000000000509007', '900000000000508004'];
    const [preferred, acceptable] = ['900000000000548007', '900000000000549004'];
    const synonym = '900000000000013009';
    const [release = ''] = await load(opened, {
      ...rf2,
      'sct2_Description_Snapshot-en_INT_20260101.txt':
        `${header}conceptId\tlanguageCode\ttypeId\tterm\tcaseSignificanceId\r\n` +
        description(1000011, '22298006', '900000000000003001', 'Heart thing (disorder)') +
        description(1000012, '22298006', synonym, 'Ticker thing') +
        description(1000013, '22298006', synonym, 'Heart thing, British') +
        description(1000014, '22298006', synonym, 'Heart thing, American') +
        description(1000015, '64572001', synonym, 'Ailment') +
        description(1000016, '64572001', synonym, 'Disease'),
      'der2_cRefset_LanguageSnapshot-en_INT_20260101.txt':
        `${header}refsetId\treferencedComponentId\tacceptabilityId\r\n` +
        member(1, american, 1000012, acceptable) +
        member(2, british, 1000013, preferred) +
        member(3, american, 1000014, preferred) +
        member(4, american, 1000011, preferred) +
        member(5, british, 1000016, preferred),
    });
    const read = system(release);
    assert.equal(read.concept('22298006')?.display, 'Heart thing, American');
    assert.equal(read.concept('64572001')?.display, 'Disease');
    assert.equal(read.concept('22298006')?.designations.length, 4);
  });

  it('LOINC', async () => {
    const columns =
      'LOINC_NUM,COMPONENT,PROPERTY,TIME_ASPCT,SYSTEM,SCALE_TYP,METHOD_TYP,CLASS,' +
      'VersionLastChanged,STATUS,LONG_COMMON_NAME,SHORTNAME';
    const [release = ''] = await load(opened, {
      'Loinc.csv':
        `"${columns.replaceAll(',', '","')}"\r\n` +
        '"1-8","Lactate, ""x""","SCnc","Pt","Bld","Qn","","CHEM","2.77","ACTIVE",' +
        '"Lactate\nB","L"\r\n' +
        '"2-6","Old","SCnc","Pt","Bld","Qn","","CHEM","2.9","DEPRECATED","Old one","O"\r\n',
    });
    assert.equal(release, 'http://loinc.org|2.77');
    const read = system(release);
    assert.equal(read.concept('1-8')?.display, 'Lactate\nB');
    assert.deepEqual([...read.withProperty('COMPONENT', 'Lactate, "x"')], ['1-8']);
    assert.deepEqual([...read.withProperty('inactive', 'true')], ['2-6']);
    assert.match(
      opened.store.find('CodeSystem', 'http://loinc.org', '2.77')?.licence ?? '',
      /LOINC/,
    );
  });

  it('RxNorm', async () => {
    const name = (cui: string, kind: string, text: string, flag = 'N') =>
      `${cui}|ENG||||||1||${cui}||RXNORM|${kind}|${cui}|${text}||${flag}|4096|\n`;
    const [release = ''] = await load(
      opened,
      {
        'RXNCONSO.RRF':
          name('1', 'SY', 'tab of a') +
          name('1', 'SCD', 'a 5 MG Tablet') +
          name('2', 'IN', 'a') +
          name('3', 'BN', 'gone', 'O'),
        'RXNREL.RRF':
          '2||CUI|RO|1||CUI|has_ingredient|1||RXNORM|RXNORM||||4096|\n' +
          '2||CUI|RB|1||CUI|isa|2||RXNORM|RXNORM||||4096|\n',
        'RXNSAT.RRF': '1||||CUI|1|AT1||NDC|RXNORM|00001000101|N|4096|\n',
      },
      { version: '07062026' },
    );
    const read = system(release);
    assert.equal(read.concept('1')?.display, 'a 5 MG Tablet');
    assert.deepEqual([...read.withProperty('has_ingredient', '2')], ['1']);
    assert.deepEqual([...read.withProperty('NDC', '00001000101')], ['1']);
    assert.deepEqual([...read.withProperty('TTY', 'SCD')], ['1']);
    assert.ok(read.subsumes('2', '1'));
  });

  it('ICD-10-CM as order file and tabular list', async () => {
    const line = (no: number, code: string, flag: number, text: string) =>
      `${String(no).padStart(5, '0')} ${code.padEnd(7)} ${flag} ${text.padEnd(60)} ${text}\r\n`;
    const [release = ''] = await load(opened, {
      'icd10cm-order-2026.txt':
        line(1, 'A00', 0, 'Cholera') +
        line(2, 'A000', 1, 'Cholera due to one kind') +
        line(3, 'S00', 0, 'Injury') +
        line(4, 'S00XXA', 1, 'Injury, first time'),
      'icd10cm-tabular-2026.xml': `<?xml version="1.0" encoding="utf-8"?>
<ICD10CM.tabular><version>2026</version><chapter><name>1</name><desc>Infections</desc>
<section id="A00-A09"><desc>Gut</desc><diag><name>A00</name><desc>Cholera &amp; co</desc>
<includes><note>classical</note></includes><diag><name>A00.0</name><desc>One kind</desc></diag>
</diag></section></chapter></ICD10CM.tabular>`,
    });
    assert.equal(release, 'http://hl7.org/fhir/sid/icd-10-cm|2026');
    const read = system(release);
    assert.equal(read.concept('a00.0')?.display, 'Cholera due to one kind');
    assert.deepEqual([...read.parents('S00.XXA')], ['S00']);
    assert.ok(read.subsumes('chapter-1', 'A00.0'));
    assert.equal(read.concept('A00-A09')?.display, 'Gut');
    assert.deepEqual([...read.withProperty('includes', 'classical')], ['A00']);
  });

  it('CVX and NDC', async () => {
    const [cvx = ''] = await load(opened, {
      'cvx.txt':
        '03|MMR|measles, mumps and rubella|note|Active|False|2020/06/02|\n' +
        '04|M/R|measles and rubella||Inactive|False|2010/09/30|\n',
    });
    assert.equal(cvx, 'http://hl7.org/fhir/sid/cvx|2020-06-02');
    assert.deepEqual([...system(cvx).withProperty('inactive', 'true')], ['04']);
    const products =
      'PRODUCTID | PRODUCTNDC | PRODUCTTYPENAME | PROPRIETARYNAME | NONPROPRIETARYNAME' +
      ' | DOSAGEFORMNAME | ROUTENAME | LABELERNAME\n';
    const [ndc = ''] = await load(
      opened,
      {
        'product.txt': tsv(
          products,
          'a | 0002-1 | HUMAN | Aaa | aaa | TABLET | ORAL | Maker\n',
          'b | 0002-1 | HUMAN | Bbb | aaa | TABLET | ORAL | Maker\n',
        ),
        'package.txt': tsv(
          'PRODUCTID | PRODUCTNDC | NDCPACKAGECODE | PACKAGEDESCRIPTION\n',
          'a | 0002-1 | 0002-1-01 | 1 BOTTLE\n',
        ),
      },
      { version: '20260101' },
    );
    assert.ok(system(ndc).subsumes('0002-1', '0002-1-01'));
    assert.equal(system(ndc).concept('0002-1')?.display, 'Aaa');
  });

  it('GEM, a v2 table and a map of the configuration', async () => {
    const releases = await load(opened, {
      '2018_I9gem.txt': '0010  A000    00000\n0011  NoDx    11000\n8080  S000    10111\n'.concat(
        '8080  S001    10112\n',
      ),
      'HL7 Concept Map_ Sex[X] - Sheet1.csv':
        'HL7 v2,,,Condition (IF True),,,HL7 FHIR,,,,,Comments\r\n' +
        'Code,Text,Code System,Computable ANTLR,Computable FHIRPath,Narrative,Code,,Display,' +
        'Code System,,\r\nF,Female,HL70001,,,,female,,Female,urn:g,,\r\n' +
        'N,"Two\nlines",HL70001,,,,,,,,,\r\n,,,,,,none,,None,urn:g,,\r\n',
    });
    const [gem = '', table = ''] = releases;
    const map = (release: string) => {
      const [url = '', version = ''] = release.split('|');
      return opened.store.knowledge.conceptMap(url, version)!;
    };
    const nine = 'http://hl7.org/fhir/sid/icd-9-cm';
    assert.equal(map(gem).from(nine, '001.0')[0]?.targetCode, 'A00.0');
    assert.equal(map(gem).from(nine, '001.1')[0]?.equivalence, 'unmatched');
    assert.equal(map(gem).from(nine, '808.0').length, 2);
    const v2 = 'http://terminology.hl7.org/CodeSystem/v2-0001';
    assert.equal(map(table).from(v2, 'F')[0]?.targetCode, 'female');
    const [url = '', version = ''] = table.split('|');
    assert.deepEqual(
      [...opened.store.openSources(url, version)],
      [{ system: v2, code: 'N', display: 'Two\nlines' }],
    );
  });
});
