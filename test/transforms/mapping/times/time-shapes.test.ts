// Goal: every shape of timestamp that senders are known to write is read for what it says, or said
// to be unreadable; nothing that is uncertain is guessed, no output is more precise than the input
// (but for the seconds that FHIR wants), and the process's own time zone never matters.
// Method: a table of shapes; properties over dates, times, offsets and formats; children of this
// process in other time zones.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import fc from 'fast-check';
import {
  compileDateFormat,
  type DateFormat,
} from '../../../../transforms/mapping/times/date-formats.ts';
import {
  type TimeRules,
  type TimeValue,
  toDate,
  toDateTime,
  toInstant,
} from '../../../../transforms/mapping/times/datetime.ts';
import { formatOffset, zoneOf } from '../../../../transforms/mapping/times/zones.ts';

function format(text: string): DateFormat {
  const compiled = compileDateFormat(text);
  assert.ok(compiled, text);
  return compiled;
}
const chicago: TimeRules = {
  formats: [],
  zone: zoneOf('America/Chicago'),
  messageOffset: undefined,
  messageYear: 2024,
};
const declared = (...texts: string[]): TimeRules => ({ ...chicago, formats: texts.map(format) });

type Row = readonly [written: string, value: string | undefined, code?: string];

/** HL7`s own form and what is found in its place, read in Chicago, as a dateTime. */
const undeclared: readonly Row[] = [
  ['2024', '2024'],
  ['202407', '2024-07'],
  ['20240710', '2024-07-10'],
  ['2024071014', '2024-07-10', 'time-precision-lost'],
  ['202407101430', '2024-07-10T14:30:00-05:00'],
  ['202401101430', '2024-01-10T14:30:00-06:00'],
  ['20240710143012', '2024-07-10T14:30:12-05:00'],
  ['20240710143012.1', '2024-07-10T14:30:12.1-05:00'],
  ['20240710143012.12', '2024-07-10T14:30:12.12-05:00'],
  ['20240710143012.123', '2024-07-10T14:30:12.123-05:00'],
  ['20240710143012.1234', '2024-07-10T14:30:12.1234-05:00'],
  ['20240710143012,125', '2024-07-10T14:30:12.125-05:00'],
  ['202407101430-0500', '2024-07-10T14:30:00-05:00'],
  ['20240710143012-0500', '2024-07-10T14:30:12-05:00'],
  ['20240710143012.1234-0500', '2024-07-10T14:30:12.1234-05:00'],
  ['20240710143012-05:00', '2024-07-10T14:30:12-05:00'],
  ['20240710143012-05', '2024-07-10T14:30:12-05:00'],
  ['20240710143012+0545', '2024-07-10T14:30:12+05:45', 'offset-disagrees'],
  ['20240110143012-0500', '2024-01-10T14:30:12-05:00', 'offset-disagrees'],
  ['20240710193012Z', '2024-07-10T19:30:12+00:00', 'offset-disagrees'],
  ['20240710143012-050', '2024-07-10T14:30:12-05:00', 'offset-invalid'],
  ['20240710143012-0560', '2024-07-10T14:30:12-05:00', 'offset-invalid'],
  ['20240710143012+1500', '2024-07-10T14:30:12-05:00', 'offset-invalid'],
  ['202407101430121', '2024-07-10T14:30:12-05:00', 'timestamp-malformed'],
  ['20240710143012123', '2024-07-10T14:30:12-05:00', 'timestamp-malformed'],
  ['20240710240000', '2024-07-11T00:00:00-05:00', 'time-end-of-day'],
  ['202412312400', '2025-01-01T00:00:00-06:00', 'time-end-of-day'],
  ['202407102401', undefined, 'timestamp-unparsable'],
  ['20161231175960', '2016-12-31T18:00:00-06:00', 'time-leap-second'],
  ['20240710143060', undefined, 'timestamp-unparsable'],
  ['19800000', '1980', 'timestamp-partial'],
  ['19800200', '1980-02', 'timestamp-partial'],
  ['19800015', undefined, 'timestamp-unparsable'],
  ['2024-07', '2024', 'timestamp-ambiguous'],
  ['2024-07-10', '2024-07-10'],
  ['2024-07-10T14:30:12', '2024-07-10T14:30:12-05:00'],
  ['2024-07-10 14:30', '2024-07-10T14:30:00-05:00'],
  ['2024-07-10T14:30:12.123456-05:00', '2024-07-10T14:30:12.123456-05:00'],
  ['2024-07-10T19:30:12Z', '2024-07-10T19:30:12+00:00', 'offset-disagrees'],
  ['20240710T143012', '2024-07-10T14:30:12-05:00'],
  ['20240310023000', '2024-03-10T02:30:00-06:00', 'time-in-dst-gap'],
  ['20241103013000', '2024-11-03T01:30:00-05:00', 'time-in-dst-overlap'],
  ['20241103013000-0600', '2024-11-03T01:30:00-06:00'],
  ['20230229', undefined, 'timestamp-unparsable'],
  ['20241310', undefined, 'timestamp-unparsable'],
  ['2024071', undefined, 'timestamp-unparsable'],
  ['07/10/2024', undefined, 'timestamp-unparsable'],
  ['10-JUL-2024', undefined, 'timestamp-unparsable'],
  ['240710', '2407-10'],
  ['1720621812', undefined, 'timestamp-unparsable'],
  ['1720621812000', undefined, 'timestamp-unparsable'],
  ['202407101430123456789012', undefined, 'timestamp-unparsable'],
  ['today', undefined, 'timestamp-unparsable'],
];

/** What a dialect may declare: the format, the pivot, then a row. */
const dialects: readonly (readonly [format: string, pivot: TimeRules['yearPivot'], row: Row])[] = [
  ['MM/DD/YYYY', undefined, ['07/10/2024', '2024-07-10']],
  ['M/D/YYYY', undefined, ['7/9/2024', '2024-07-09']],
  ['MM/DD/YYYY HH:mm:ss', undefined, ['07/10/2024 14:30:12', '2024-07-10T14:30:12-05:00']],
  ['MM/DD/YYYY hh:mm A', undefined, ['07/10/2024 02:30 PM', '2024-07-10T14:30:00-05:00']],
  ['MM/DD/YYYY hh:mm A', undefined, ['07/10/2024 12:05 am', '2024-07-10T00:05:00-05:00']],
  ['MM/DD/YYYY hh:mm A', undefined, ['07/10/2024 14:30 PM', undefined, 'timestamp-unparsable']],
  ['DD/MM/YYYY', undefined, ['07/10/2024', '2024-10-07']],
  ['DD-MON-YYYY', undefined, ['10-Jul-2024', '2024-07-10']],
  ['DD-MON-YYYY', undefined, ['10-JUX-2024', undefined, 'timestamp-unparsable']],
  ['DD.MM.YYYY HH:mm', undefined, ['10.07.2024 14:30', '2024-07-10T14:30:00-05:00']],
  [
    'DD.MM.YYYY HH:mm',
    undefined,
    ['10.07.2024 24:00', '2024-07-11T00:00:00-05:00', 'time-end-of-day'],
  ],
  ['YYYY/MM/DD', undefined, ['2024/07/10', '2024-07-10']],
  ['YYYY-DD-MM', undefined, ['2024-10-07', '2024-07-10']],
  ['DDMMYYYY', undefined, ['10072024', '2024-07-10']],
  ['MM/DD/YY', 30, ['07/10/24', '2024-07-10']],
  ['MM/DD/YY', 30, ['07/10/31', '1931-07-10']],
  ['MM/DD/YY', 'message', ['07/10/25', '1925-07-10']],
  ['MM/DD/YY', undefined, ['07/10/80', '1980-07-10', 'year-assumed']],
  ['YYMMDD', 30, ['801231', '1980-12-31']],
  ['YYMMDD', 30, ['190710', undefined, 'timestamp-ambiguous']],
  [
    'YYYY-MM-DDTHH:mm:ss.SSSZ',
    undefined,
    ['2024-07-10T14:30:12.5-05:00', '2024-07-10T14:30:12.5-05:00'],
  ],
  ['X', undefined, ['1720621812', '2024-07-10T14:30:12+00:00']],
  ['X', undefined, ['20240710', '2024-07-10']],
  ['X', undefined, ['1902010112', undefined, 'timestamp-ambiguous']],
  ['x', undefined, ['1720621812345', '2024-07-10T14:30:12.345+00:00']],
];

const found = (value: string | undefined, code?: string): TimeValue =>
  ({
    ...(value === undefined ? {} : { value }),
    ...(code === undefined ? {} : { code }),
  }) as TimeValue;

describe('shapes of timestamps', () => {
  for (const [written, value, code] of undeclared)
    it(`${written} without a declaration`, () =>
      assert.deepEqual(toDateTime(written, chicago), found(value, code)));

  for (const [text, yearPivot, [written, value, code]] of dialects)
    it(`${written} declared as ${text}, pivot ${yearPivot}`, () =>
      assert.deepEqual(toDateTime(written, { ...declared(text), yearPivot }), found(value, code)));

  it('two declared formats that disagree give neither', () => {
    const rules = declared('MM/DD/YYYY', 'DD/MM/YYYY');
    assert.deepEqual(toDate('03/04/2024', rules), { code: 'timestamp-ambiguous' });
    assert.deepEqual(toDate('03/14/2024', rules), { value: '2024-03-14' });
    assert.deepEqual(toDate('03/03/2024', rules), { value: '2024-03-03' });
  });

  it('a date that was counted is one only at a midnight, and a written one never moves', () => {
    const rules = declared('X');
    assert.deepEqual(toDate('1720569600', rules), { value: '2024-07-10' });
    assert.deepEqual(toDate(String(1720569600 + 5 * 3600), rules), { value: '2024-07-10' });
    assert.deepEqual(toDate('1720621812', rules), { code: 'date-from-instant' });
    for (const offset of ['+1400', '-1200', 'Z', ''])
      assert.equal(toDate(`19800229000000${offset}`, chicago).value, '1980-02-29');
    assert.deepEqual(toDate('19800229240000', chicago), { value: '1980-02-29' });
    assert.deepEqual(toDate('198002291430121', chicago).code, 'timestamp-malformed');
  });

  it('an instant has a time of day, and says so when it had no seconds', () => {
    const written = '202407101430';
    const value = '2024-07-10T14:30:00-05:00';
    assert.deepEqual(toInstant(written, chicago), { value, code: 'seconds-assumed' });
    assert.deepEqual(toInstant(`${written}00`, chicago), { value });
    assert.deepEqual(toInstant('20240710', chicago), { code: 'time-precision-lost' });
    assert.deepEqual(toInstant('2024071014', chicago), { code: 'time-precision-lost' });
    const nowhere = { ...chicago, zone: undefined };
    assert.deepEqual(toInstant(`${written}00`, nowhere), { code: 'timezone-unknown' });
  });

  it('refuses formats that leave a part out', () => {
    const wrong = [
      'YYYY DD',
      'MM/DD',
      'YYYY-MM-DD mm',
      'YYYY-MM-DD hh:mm',
      'YYYY YY',
      'YYYYMMDD A',
    ];
    for (const text of wrong) assert.equal(compileDateFormat(text), undefined, text);
  });
});

const pad = (value: number, width = 2) => String(value).padStart(width, '0');
const written = fc.record({
  day: fc.date({ min: new Date('1850-01-01'), max: new Date('2199-12-30'), noInvalidDate: true }),
  /** Characters of the digits that are written. */
  length: fc.constantFrom(4, 6, 8, 10, 12, 14),
  fraction: fc.option(fc.integer({ min: 0, max: 9999 }).map((value) => pad(value, 4))),
  offset: fc.option(fc.integer({ min: -12 * 4, max: 14 * 4 }).map((quarters) => quarters * 15)),
});
const zones = ['America/New_York', 'Europe/Berlin', 'Australia/Lord_Howe', 'Asia/Kolkata', 'UTC'];

describe('timestamps, whatever they are', () => {
  it('gain no precision, and mean the instant that was written', () => {
    fc.assert(
      fc.property(written, fc.constantFrom(...zones), ({ day, length, fraction, offset }, zone) => {
        const digits = day.toISOString().replaceAll(/\D/g, '').slice(0, length);
        const more = length === 14 && fraction !== null ? `.${fraction}` : '';
        const end = offset === null || length < 12 ? '' : formatOffset(offset).replace(':', '');
        const rules = { ...chicago, zone: zoneOf(zone) };
        const { value = '' } = toDateTime(digits + more + end, rules);
        const wanted = { 4: 4, 6: 7, 8: 10, 10: 10, 12: 25, 14: 25 + more.length }[length];
        assert.equal(value.length, wanted);
        if (length === 12) assert.match(value, /T\d\d:\d\d:00[+-]/);
        if (end === '') return;
        const local = Date.parse(`${value.slice(0, 19)}Z`);
        assert.equal(Math.floor(Date.parse(value) / 1000), local / 1000 - (offset ?? 0) * 60);
        assert.equal(value.slice(0, 19).replaceAll(/\D/g, '').slice(0, length), digits);
      }),
      { numRuns: 600 },
    );
  });

  it('never throw, and have a value or a code', () => {
    const rules = declared('MM/DD/YY', 'X', 'x', 'DD-MON-YYYY hh:mm A', 'YYMMDD');
    const pieces = fc.constantFrom(
      '2024',
      '07',
      '00',
      '60',
      '24',
      '99',
      '-05',
      '.',
      '/',
      'Z',
      'T',
      ' ',
    );
    const texts = fc.oneof(
      fc.string(),
      fc.array(pieces, { maxLength: 9 }).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        for (const read of [toDate, toDateTime, toInstant]) {
          const { value, code } = read(text, rules);
          assert.ok(value !== undefined || code !== undefined);
          if (value?.includes('T')) assert.ok(!Number.isNaN(Date.parse(value)), value);
        }
      }),
      { numRuns: 600 },
    );
  });

  it('are the same in whatever time zone the process runs', () => {
    const texts = undeclared.map(([text]) => text);
    const module = join(import.meta.dirname, '../../../../transforms/mapping/times');
    const script = `
      import { toDate, toDateTime, toInstant } from '${module}/datetime.ts';
      import { compileDateFormat } from '${module}/date-formats.ts';
      import { zoneOf } from '${module}/zones.ts';
      const formats = ['MM/DD/YYYY HH:mm', 'X'].map((text) => compileDateFormat(text));
      const rules = { formats, zone: zoneOf('America/Chicago'), messageYear: 2024 };
      const texts = ${JSON.stringify([...texts, '03/10/2024 02:30', '1720621812'])};
      const read = [toDate, toDateTime, toInstant];
      console.log(JSON.stringify(texts.map((text) => read.map((each) => each(text, rules)))));`;
    const outputs = ['UTC', 'Pacific/Kiritimati', 'America/St_Johns'].map((TZ) => {
      const args = ['--input-type=module-typescript', '-e', script];
      const child = spawnSync(process.execPath, args, { env: { ...process.env, TZ } });
      assert.equal(child.status, 0, String(child.stderr));
      return String(child.stdout);
    });
    assert.equal(new Set(outputs).size, 1);
    assert.ok(outputs[0]!.length > 1000);
  });
});
