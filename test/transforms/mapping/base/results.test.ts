// Goal: a result means what its OBX says, by type, status, unit, range and note, and is the same
// result whenever it is told. Method: tables of an OBX and what FHIR must say of it, of every type
// and status; decimals of any length as a property.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { convertBytes, loadMapping } from '../../../../transforms/mapping/index.ts';
import { bytes } from '../messages.ts';
import { problemsOf } from '../valid.ts';

const base = loadMapping('config', 'base');

const header = (type = 'ORU^R01^ORU_R01', version = '2.5.1') => [
  `MSH|^~\\&|LAB|HOSP|PLEXUS|HUB|20240310150000-0500||${type}|R1|P|${version}`,
  'PID|1||4711^^^HOSP&2.999.1&ISO^MR||Young^Ada||19800229|F',
];
const order = 'OBR|1|P1^EHR|F1^LAB|24323-8^CMP^LN|||20240310143000-0500||||||||||||||||||F';

type Json = Record<string, unknown>;

function converted(segments: readonly string[]) {
  const result = convertBytes(base, bytes(segments));
  const bundle = result.bundle && JSON.parse(JSON.stringify(result.bundle));
  assert.equal(result.outcome, 'converted', JSON.stringify(result.issues));
  assert.deepEqual(problemsOf(bundle), []);
  const resources = (bundle.entry as { resource: Json }[]).map((entry) => entry.resource);
  return {
    text: JSON.stringify(result.bundle),
    codes: result.issues.map((issue) => issue.code),
    contributions: result.conversion?.contributions ?? [],
    of: (type: string) => resources.filter((one) => one.resourceType === type),
  };
}

function observed(obx: string, ...more: string[]) {
  const made = converted([...header(), order, obx, ...more]);
  return { ...made, one: made.of('Observation')[0]! };
}

const obx = (type: string, value: string, unit = '') =>
  `OBX|1|${type}|2345-7^Glucose^LN||${value}|${unit}|||||F`;

const mgdl = { unit: 'mg/dL', system: 'http://unitsofmeasure.org', code: 'mg/dL' };

describe('results by type', () => {
  const table: readonly [string, string, string, unknown, string[]?][] = [
    ['NM', '107', 'valueQuantity', { value: 107, ...mgdl }],
    ['NM', '+5.', 'valueQuantity', { value: 5, ...mgdl }],
    ['NM', '<5.0', 'valueQuantity', { value: 5, comparator: '<', ...mgdl }, ['number-malformed']],
    ['NM', '5,9', 'valueString', '5,9', ['number-invalid']],
    ['NUM', '7', 'valueQuantity', { value: 7, ...mgdl }, ['value-type-repaired']],
    ['TXT', 'clear', 'valueString', 'clear', ['value-type-repaired']],
    ['STRING', 'clear', 'valueString', 'clear', ['value-type-repaired']],
    ['QQ', 'clear', 'valueString', 'clear', ['value-type-unknown']],
    ['', 'clear', 'valueString', 'clear', ['value-type-missing']],
    ['SN', '>^100', 'valueQuantity', { value: 100, comparator: '>', ...mgdl }],
    ['SN', '^1^:^128', 'valueRatio', { numerator: { value: 1 }, denominator: { value: 128 } }],
    ['SN', '^2^-^4', 'valueRange', { low: { value: 2, ...mgdl }, high: { value: 4, ...mgdl } }],
    ['SN', '<>^4', 'valueString', '<> 4 mg/dL'],
    ['SN', '^4^+', 'valueString', '4 + mg/dL'],
    ['NR', '2^4', 'valueRange', { low: { value: 2, ...mgdl }, high: { value: 4, ...mgdl } }],
    ['ST', 'first~second', 'valueString', 'first\nsecond'],
    ['FT', 'a\\.br\\b\\.sp2\\c', 'valueString', 'a\nb\n\nc'],
    ['TX', 'x \\T\\ y', 'valueString', 'x & y'],
    ['DT', '20240310', 'valueDateTime', '2024-03-10'],
    ['TS', '20240310143000-0500', 'valueDateTime', '2024-03-10T14:30:00-05:00'],
    ['TM', '1430', 'valueTime', '14:30:00'],
    ['DR', '20240310^20240312', 'valuePeriod', { start: '2024-03-10', end: '2024-03-12' }],
    ['SI', '3', 'valueInteger', 3],
    ['VR', '3^5', 'valueString', '3-5'],
  ];
  for (const [type, value, name, expected, codes = []] of table)
    it(`${type || 'no type'} ${value}`, () => {
      const made = observed(obx(type, value, 'mg/dL'));
      assert.deepEqual(made.one[name], expected);
      assert.deepEqual(made.codes, codes);
    });

  it('a coded value keeps its codes', () => {
    const { one } = observed(obx('CWE', '112283007^E. coli^SCT'));
    const coding = [{ system: 'http://snomed.info/sct', code: '112283007', display: 'E. coli' }];
    assert.deepEqual(one.valueCodeableConcept, { coding, text: 'E. coli' });
  });

  it('what repeats without a first component is not lost, and has the range', () => {
    const { one } = observed('OBX|1|SN|2345-7^Glucose^LN||^1^:^128~^2^-^3|mg/dL|1-4||||F');
    const [first, second] = one.component as Json[];
    assert.ok(first?.valueRatio);
    assert.deepEqual(second?.valueRange, {
      low: { value: 2, ...mgdl },
      high: { value: 3, ...mgdl },
    });
    for (const part of [first, second])
      assert.equal((part!.referenceRange as Json[])[0]?.text, '1-4');
  });

  it('says where it was made', () => {
    const place = 'PRT||AD||OT^Other^HL70912|||||W1^R1^B1^HOSP';
    const { one } = observed(obx('NM', '107'), place);
    assert.match(JSON.stringify(one.extension), /event-location.*W1.R1.B1.HOSP/);
  });

  it('a value without a first component is a value', () => {
    const { one } = observed(
      'OBX|1|SN|2345-7^Glucose^LN||^1^:^128|||||X||||||||||||||||||||||L^Lost^L',
    );
    assert.ok(one.valueRatio);
    assert.equal(one.dataAbsentReason, undefined);
  });

  it('what repeats is one component each', () => {
    const { one } = observed(obx('NM', '60~120', 'mm[Hg]'));
    assert.equal(one.valueQuantity, undefined);
    const values = (one.component as { valueQuantity: { value: number } }[]).map(
      ({ valueQuantity }) => valueQuantity.value,
    );
    assert.deepEqual(values, [60, 120]);
  });

  it('a decimal keeps its digits, however many', () => {
    const decimal = fc.tuple(
      fc.bigInt({ min: 1n, max: 10n ** 22n }),
      fc.stringMatching(/^\d{0,9}$/),
    );
    fc.assert(
      fc.property(decimal, ([whole, fraction]) => {
        const written = fraction === '' ? `${whole}` : `${whole}.${fraction}`;
        assert.ok(observed(obx('NM', written)).text.includes(`"value":${written}`));
      }),
      { numRuns: 60 },
    );
  });
});

describe('units, ranges and notes of results', () => {
  const units: readonly [string, string | undefined][] = [
    ['mg/dL', 'mg/dL'],
    ['10*3/uL', '10*3/uL'],
    ['K/uL', '10*3/uL'],
    ['k/uL', '10*3/uL'],
    ['G/L', undefined],
    ['m[IU]/L', 'm[IU]/L'],
    ['ng/mL{RBCs}', 'ng/mL{RBCs}'],
    ['mm Hg', 'mm[Hg]'],
    ['zorks', undefined],
    ['Y', undefined],
    ['mm^millimetre^UCUM', 'mm'],
    ['wrong^wrong^UCUM', undefined],
  ];
  for (const [written, code] of units)
    it(`unit ${written}`, () => {
      const { one, codes } = observed(obx('NM', '1', written));
      const quantity = one.valueQuantity as { unit: string; code?: string };
      assert.equal(quantity.code, code);
      assert.equal(quantity.unit, written.split('^')[1] ?? written);
      assert.deepEqual(codes, code === undefined ? ['unit-not-ucum'] : []);
    });

  const ranges: readonly [string, number | undefined, number | undefined][] = [
    ['3.5-5.0', 3.5, 5],
    ['70 - 99', 70, 99],
    ['-2 - 2', -2, 2],
    ['3.5 – 5.0', 3.5, 5],
    ['<5', undefined, 5],
    ['>=10', 10, undefined],
    ['≤ 10', undefined, 10],
    ['(0.1 to 0.4)', 0.1, 0.4],
    ['70-99 mg/dL', 70, 99],
    ['5-3', undefined, undefined],
    ['5,9-6,1', undefined, undefined],
    ['negative', undefined, undefined],
  ];
  for (const [written, low, high] of ranges)
    it(`range ${written}`, () => {
      const { one } = observed(`OBX|1|NM|1-1^A^LN||4|mg/dL|${written}||||F`);
      const [range] = one.referenceRange as Record<string, { value: number }>[];
      assert.deepEqual([range?.low?.value, range?.high?.value], [low, high]);
      assert.equal(range?.text, written);
    });

  it('notes belong to what they follow, in order', () => {
    const made = converted([
      ...header(),
      'NTE|1||of the patient',
      order,
      'NTE|1||of the report',
      obx('NM', '1'),
      'NTE|1||first||2304^Enter^Mary|20240310143000-0500',
      'NTE|2||second',
      'SPM|1|S1||BLD',
      'NTE|1||of the specimen',
    ]);
    const [observation] = made.of('Observation');
    const notes = observation?.note as { text: string; time?: string; authorReference?: Json }[];
    assert.deepEqual(
      notes.map(({ text }) => text),
      ['first', 'second'],
    );
    assert.equal(notes[0]?.time, '2024-03-10T14:30:00-05:00');
    assert.equal(notes[0]?.authorReference?.display, 'Mary Enter');
    assert.match(JSON.stringify(made.of('DiagnosticReport')), /of the report/);
    assert.match(JSON.stringify(made.of('Specimen')), /of the specimen/);
    assert.deepEqual(observation?.specimen, {
      reference: `Specimen/${made.of('Specimen')[0]?.id}`,
    });
  });
});

describe('results by status', () => {
  const statuses: readonly [string, string][] = [
    ['P', 'preliminary'],
    ['F', 'final'],
    ['C', 'corrected'],
    ['D', 'entered-in-error'],
    ['W', 'entered-in-error'],
    ['X', 'cancelled'],
    ['I', 'registered'],
    ['', 'unknown'],
  ];
  for (const [code, status] of statuses)
    it(`${code || 'none'} is ${status}`, () => {
      const made = observed(`OBX|1|NM|2345-7^Glucose^LN||5|mg/dL||H|||${code}`);
      assert.equal(made.one.status, status);
      const said = made.contributions.find(({ type }) => type === 'Observation');
      assert.equal(said?.corrects !== undefined, ['C', 'D', 'W', 'X'].includes(code));
      assert.equal(said?.corrects?.mayBeFirst, code === 'X' ? true : undefined);
    });

  it('a cancelled one keeps the code that was sent, until another status comes', () => {
    const { one } = observed('OBX|1|NM|2345-7^Glucose^LN|||mg/dL|||||X');
    assert.match(JSON.stringify(one._status), /alternate-codes.*v2-0085.*"X"/);
    const { contributions } = observed(obx('NM', '107'));
    const later = contributions.find(({ type }) => type === 'Observation');
    assert.ok(later?.remove.includes('_status'));
  });

  it('a cancelled one without a value says why, and withdraws what was told', () => {
    const { one, contributions } = observed('OBX|1|NM|2345-7^Glucose^LN|||mg/dL|||||X');
    assert.ok(one.dataAbsentReason);
    const said = contributions.find(({ type }) => type === 'Observation');
    assert.ok(said?.remove.includes('valueQuantity'));
  });

  it('a value takes away the reason of its absence, and the reading of an earlier one', () => {
    const { contributions } = observed(obx('NM', '5'));
    const said = contributions.find(({ type }) => type === 'Observation');
    assert.ok(said?.remove.includes('dataAbsentReason') && said.remove.includes('interpretation'));
    const read = observed('OBX|1|NM|1-1^A^LN||5|||H|||F').contributions.at(-1);
    assert.ok(!read?.remove.includes('interpretation'));
  });
});

describe('attachments of results', () => {
  const pdf = Buffer.from('%PDF-1.4 synthetic').toString('base64');
  const attachment = (value: string, type = 'ED') => {
    const made = observed(obx(type, value));
    const [report] = made.of('DiagnosticReport');
    return { codes: made.codes, form: (report?.presentedForm as Json[] | undefined)?.[0] };
  };
  const table: readonly [string, string | undefined, string[]?][] = [
    [`LAB^AP^PDF^Base64^${pdf}`, 'application/pdf'],
    [`LAB^AP^^Base64^${pdf}`, 'application/pdf'],
    [`LAB^application^octet-stream^Base64^${pdf}`, 'application/pdf'],
    ['^IM^JPEG^Base64^VGhpcyBpcyBh', 'image/jpeg'],
    ['^TEXT^plain^A^just text', 'text/plain'],
    ['^AP^^Hex^255044462D', 'application/pdf'],
    ['^AP^PDF^Base64^!!!!', undefined, ['base64-invalid']],
    ['^AP^PDF^Hex^2', undefined, ['hex-invalid']],
    ['^AP^PDF^UU^xxxx', undefined, ['encoding-unknown']],
  ];
  for (const [value, contentType, codes = []] of table)
    it(value.slice(0, 40), () => {
      const made = attachment(value);
      assert.equal(made.form?.contentType, contentType);
      assert.deepEqual(made.codes, codes);
    });

  it('a pointer is a url', () => {
    const { form } = attachment('https://pacs.example/1^PACS^IM^JPEG', 'RP');
    assert.deepEqual([form?.url, form?.contentType], ['https://pacs.example/1', 'image/jpeg']);
  });

  it('stands with the observation where there is no report', () => {
    const made = converted([
      ...header('OML^O21^OML_O21'),
      'ORC|NW|P1^EHR',
      'OBR|1|P1^EHR||24323-8^CMP^LN',
      obx('ED', `LAB^AP^PDF^Base64^${pdf}`),
    ]);
    assert.match(JSON.stringify(made.of('Observation')[0]?.extension), /valueAttachment/);
    assert.equal(made.of('DiagnosticReport').length, 0);
  });

  it('eight megabytes pass whole', () => {
    const data = Buffer.alloc(6 * 1024 * 1024, '%PDF-1.4 ').toString('base64');
    assert.equal(attachment(`LAB^AP^^Base64^${data}`).form?.data, data);
  });
});
