// Goal: timestamps keep what was written and nothing is invented. Method: a property against Intl
// as oracle (an instant written as local time in a zone reads back as that instant, or is flagged),
// and a table of shapes seen in the wild.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compileDateFormat } from '../../../../transforms/mapping/times/date-formats.ts';
import {
  type TimeRules,
  toDate,
  toDateTime,
  toInstant,
  toTime,
} from '../../../../transforms/mapping/times/datetime.ts';
import { zoneOf } from '../../../../transforms/mapping/times/zones.ts';

const bare: TimeRules = {
  formats: [],
  zone: undefined,
  messageOffset: undefined,
  messageYear: 2024,
};

function localDigits(ms: number, zone: string): string {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).formatToParts(ms);
  const of = (type: string) => parts.find((part) => part.type === type)?.value ?? '';
  return ['year', 'month', 'day', 'hour', 'minute', 'second'].map(of).join('');
}

const zones = ['America/New_York', 'Europe/Berlin', 'Australia/Lord_Howe', 'Asia/Kolkata', 'UTC'];

describe('timestamps', () => {
  it('a local time in a zone is the instant that Intl says, or is flagged as ambiguous', () => {
    const seconds = fc.integer({ min: 0, max: 2_000_000_000 });
    fc.assert(
      fc.property(seconds, fc.constantFrom(...zones), (second, zone) => {
        const written = localDigits(second * 1000, zone);
        const found = toDateTime(written, { ...bare, zone: zoneOf(zone) });
        if (found.code === 'time-in-dst-overlap') return;
        assert.equal(found.code, undefined);
        assert.equal(Date.parse(found.value ?? ''), second * 1000);
      }),
      { numRuns: 400 },
    );
  });

  it('flags the hour that was skipped and the hour that came twice', () => {
    const rules = { ...bare, zone: zoneOf('America/New_York') };
    assert.equal(toDateTime('20240310023000', rules).code, 'time-in-dst-gap');
    const twice = toDateTime('20241103013000', rules);
    assert.deepEqual(twice, { value: '2024-11-03T01:30:00-04:00', code: 'time-in-dst-overlap' });
    const told = toDateTime('20241103013000', { ...rules, messageOffset: -300 });
    assert.equal(told.value, '2024-11-03T01:30:00-05:00');
  });

  it('takes the offset from the value, then the zone, then the message, then none', () => {
    const zone = zoneOf('Europe/Berlin');
    const all = { ...bare, zone, messageOffset: -300 };
    assert.equal(toDateTime('202407101430+0900', all).value, '2024-07-10T14:30:00+09:00');
    assert.equal(toDateTime('202407101430', all).value, '2024-07-10T14:30:00+02:00');
    const message = { ...bare, messageOffset: -300 };
    assert.equal(toDateTime('202407101430', message).value, '2024-07-10T14:30:00-05:00');
    const none = toDateTime('202407101430', bare);
    assert.deepEqual(none, { value: '2024-07-10', code: 'timezone-unknown' });
  });

  it('keeps the precision, and loses an hour without minutes visibly', () => {
    assert.equal(toDateTime('2024', bare).value, '2024');
    assert.equal(toDateTime('202407', bare).value, '2024-07');
    assert.equal(toDate('20240710233000-0800', bare).value, '2024-07-10');
    assert.deepEqual(toDateTime('2024071014+0000', bare), {
      value: '2024-07-10',
      code: 'time-precision-lost',
    });
    assert.equal(
      toDateTime('20240710143012.125+0000', bare).value,
      '2024-07-10T14:30:12.125+00:00',
    );
    assert.equal(toInstant('20240710', bare).value, undefined);
  });

  it('flags what is malformed and refuses what is no date', () => {
    assert.equal(toDateTime('202407101430120+0000', bare).code, 'timestamp-malformed');
    assert.equal(
      toDateTime('20240710143000-050', { ...bare, messageOffset: 0 }).code,
      'offset-invalid',
    );
    for (const wrong of ['20240230', '20241301', '2024071', '31/31/', 'today', '20240710250000'])
      assert.equal(toDateTime(wrong, bare).code, 'timestamp-unparsable', wrong);
  });

  it('reads the dialect`s formats, and two digits as the latest such year that has begun', () => {
    const formats = ['MM/DD/YYYY HH:mm', 'MM/DD/YY', 'DD-MON-YYYY'].map((text) => {
      const format = compileDateFormat(text);
      assert.ok(format);
      return format;
    });
    const rules = { ...bare, formats };
    assert.equal(toDate('02/29/80', rules).value, '1980-02-29');
    assert.equal(toDate('01/02/24', rules).value, '2024-01-02');
    assert.equal(toDate('01/02/25', rules).value, '1925-01-02');
    assert.equal(toDate('07-Mar-2020', rules).value, '2020-03-07');
    assert.equal(toDate('02/30/80', rules).code, 'timestamp-unparsable');
    const undated = toDate('02/28/80', { ...rules, messageYear: undefined });
    assert.equal(undated.code, 'timestamp-unparsable');
    const timed = toDateTime('03/10/2024 14:30', { ...rules, messageOffset: 60 });
    assert.equal(timed.value, '2024-03-10T14:30:00+01:00');
  });

  it('reads a format back for every date that is written in it', () => {
    const format = compileDateFormat('DD.MM.YYYY');
    const day = fc.date({
      min: new Date('1900-01-01'),
      max: new Date('2099-12-31'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(day, (date) => {
        const iso = date.toISOString().slice(0, 10);
        const [year, month, number] = iso.split('-');
        assert.equal(
          toDate(`${number}.${month}.${year}`, { ...bare, formats: [format!] }).value,
          iso,
        );
      }),
      { numRuns: 200 },
    );
  });

  it('refuses formats that name no year, or one part twice', () => {
    for (const wrong of ['MM/DD', 'YYYY-MM-MM', 'nonsense'])
      assert.equal(compileDateFormat(wrong), undefined, wrong);
  });

  it('reads times of day', () => {
    assert.equal(toTime('1430'), '14:30:00');
    assert.equal(toTime('14:30:15'), '14:30:15');
    assert.equal(toTime('2500'), undefined);
  });
});
