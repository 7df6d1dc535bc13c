// Goal: an appointment has one id through its life, and each trigger says of it what the standard's
// chapter 10 means. Method: a table of messages of our own with what each must say, then the ids of
// resends and changes.
import assert from 'node:assert/strict';
import { convertBytes, loadMapping } from '../../../../transforms/mapping/index.ts';
import { bytes, withField } from '../messages.ts';
import { idsOf, itMeans } from '../table.ts';

const base = loadMapping('config', 'base');

const booking = [
  'MSH|^~\\&|SCHED|HOSP|PLEXUS|HUB|20240310143000-0500||SIU^S12^SIU_S12|S1|P|2.5.1',
  'SCH|P7^CLINIC|F7^SCHED|||||ROUTINE|Normal|45|min||||||77^Ito^Ken|||||||||Booked|PO1^EHR|FO1^LAB',
  'TQ1|1||||||20240401093000-0400|20240401101500-0400',
  'NTE|1||Bring the old films',
  'PID|1||4711^^^HOSP&2.999.1&ISO^MR||Young^Ada||19800229|F',
  'RGS|1|A',
  'AIS|1|A|24627-2^CT Chest^LN|20240401093000-0400|||45|min||Booked',
  'NTE|1||Fasting',
  'AIG|1|A|CT2^Scanner two^99EQ|EQ^Equipment^99RT||||20240401093000-0400|||45|min',
  'AIL|1|A|RAD^2^^HOSP|C^Clinic^HL70305||20240401093000-0400|||45|min',
  'AIP|1|A|1122^Alaz^Mo~1123^Berg^Li|AT^Attending^99RT||20240401093000-0400|||45|min||Confirmed',
];
const as = (trigger: string, message: readonly string[] = booking) =>
  withField(message, 'MSH', 9, `SIU^${trigger}^SIU_S12`);
const without = (message: readonly string[], ...names: string[]) =>
  message.filter((line) => !names.includes(line.slice(0, 3)));
const timed = (quantity: string) =>
  withField(without(booking, 'TQ1', 'AIS', 'AIG', 'AIL', 'AIP'), 'SCH', 11, quantity);

const untimed = timed('');
const unknown = {
  extension: [
    {
      url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason',
      valueCode: 'unknown',
    },
  ],
};

describe('appointments', () => {
  describe('a trigger', () => {
    const rows: readonly (readonly [string, string, string])[] = [
      ['S12', 'Booked', 'booked'],
      ['S12', 'Pending', 'pending'],
      ['S12', '', 'booked'],
      ['S13', 'Booked', 'booked'],
      ['S14', 'Complete', 'fulfilled'],
      ['S14', 'arrived', 'arrived'],
      ['S15', 'Booked', 'cancelled'],
      ['S16', 'Dc', 'cancelled'],
      ['S17', 'Deleted', 'entered-in-error'],
      ['S17', '', 'entered-in-error'],
      ['S26', '', 'noshow'],
      ['S14', 'Checked In', 'checked-in'],
      // What comes to an appointment, or off it, does not end it.
      ['S18', '', 'booked'],
      ['S19', 'Pending', 'pending'],
      ['S20', '', 'booked'],
      ['S21', 'Booked', 'booked'],
      ['S22', '', 'booked'],
    ];
    itMeans(
      base,
      rows.map(([trigger, filler, status]) => ({
        name: `${trigger} with filler status "${filler}" is ${status}`,
        message: as(trigger, without(withField(booking, 'SCH', 25, filler), 'AIS')),
        expect: { 'Appointment.status': status },
      })),
    );
  });

  itMeans(base, [
    {
      name: 'says who, what, when, where and why',
      message: booking,
      expect: {
        'Appointment.identifier[0].value': 'P7',
        'Appointment.identifier[1].value': 'F7',
        'Appointment.start': '2024-04-01T09:30:00-04:00',
        'Appointment.end': '2024-04-01T10:15:00-04:00',
        'Appointment._start': undefined,
        'Appointment.minutesDuration': 45,
        'Appointment.serviceType[0].coding[0].code': '24627-2',
        'Appointment.reasonCode[0].coding[0].code': 'ROUTINE',
        'Appointment.appointmentType.coding[0].code': 'Normal',
        'Appointment.comment': 'Bring the old films\nFasting',
        'Appointment.basedOn[0].identifier.value': 'PO1',
        'Appointment.basedOn[1].identifier.value': 'FO1',
        'Appointment.participant[1].actor.identifier.value': 'CT2',
        'Appointment.participant[2].actor.identifier.value': 'RAD/2/HOSP',
        'Appointment.participant[2].period.end': '2024-04-01T10:15:00-04:00',
        'Appointment.participant[3].actor.display': 'Mo Alaz',
        'Appointment.participant[3].status': 'accepted',
        'Appointment.participant[4].actor.identifier.value': '1123',
        'Appointment.participant[5].type[0].text': 'filler contact',
        'Appointment.participant[6]': undefined,
      },
    },
    ...['S12', 'S14', 'S17', 'S26'].map((trigger) => ({
      name: `${trigger} without a time says that the times are not known`,
      message: as(trigger, untimed),
      expect: { 'Appointment._start': unknown, 'Appointment._end': unknown },
    })),
    {
      name: 'one that is cancelled needs no times, and one that has them says them alone',
      message: as('S15', untimed),
      expect: { 'Appointment.status': 'cancelled', 'Appointment._start': undefined },
    },
    {
      name: 'a note keeps who wrote it, and when',
      message: booking.map((line) =>
        line.includes('old films') ? 'NTE|1||Old films||1122^Alaz^Mo|20240310120000-0500' : line,
      ),
      expect: {
        'Appointment.comment': 'Old films\nFasting',
        'Appointment.extension[0].valueAnnotation': {
          authorString: 'Mo Alaz',
          time: '2024-03-10T12:00:00-05:00',
          text: 'Old films',
        },
        'Appointment.extension[1]': undefined,
      },
    },
    {
      name: 'a cancelled one says why, and who does not come any more',
      message: as('S15', withField(booking, 'SCH', 6, 'WX^Weather^99CR')),
      expect: {
        'Appointment.cancelationReason.text': 'Weather',
        'Appointment.participant[0].status': 'accepted',
        'Appointment.participant[1].status': 'declined',
      },
    },
    ...['S20', 'S21', 'S22'].map((trigger) => ({
      name: `what ${trigger} names is taken off, but not what it says is added`,
      message: as(
        trigger,
        withField(withField(withField(booking, 'AIG', 2, ''), 'AIL', 2, ''), 'AIS', 2, ''),
      ),
      expect: {
        'Appointment.serviceType': undefined,
        'Appointment.participant[1].actor.display': 'Mo Alaz',
        'Appointment.participant[4]': undefined,
      },
    })),
    {
      name: 'a resource that is taken off (AIP-2 = D) takes part no more',
      message: as('S14', withField(booking, 'AIP', 2, 'D')),
      expect: {
        'Appointment.participant[2].actor.type': 'Location',
        'Appointment.participant[3].type[0].text': 'filler contact',
      },
    },
    {
      name: 'an AIG that names nothing is nobody who takes part (app-1)',
      message: [...booking, 'AIG|9|A|'],
      expect: { 'Appointment.participant[6]': undefined },
    },
    {
      name: 'the end of SCH-11 (TQ.5) is taken where TQ1 is not there',
      message: timed('^^^20240401093000-0400^20240401094500-0400'),
      expect: { 'Appointment.end': '2024-04-01T09:45:00-04:00' },
    },
    {
      name: 'an end follows from the duration in SCH-9, in the unit of SCH-10',
      message: withField(timed('^^^20240401233000-0400'), 'SCH', 9, '1.5')
        .join('\r')
        .replace('|1.5|min|', '|1.5|h|')
        .split('\r'),
      expect: {
        'Appointment.start': '2024-04-01T23:30:00-04:00',
        'Appointment.end': '2024-04-02T01:00:00-04:00',
        'Appointment.minutesDuration': 90,
      },
    },
    {
      name: 'a duration without a unit is told and not counted with: nobody knows what it means',
      message: withField(withField(booking, 'SCH', 9, '600'), 'SCH', 10, ''),
      expect: { 'Appointment.minutesDuration': undefined },
      issues: ['duration-unit-missing'],
    },
    {
      name: 'the duration of TQ.3 counts where no other is said',
      message: withField(timed('^^M20^20240401093000-0400'), 'SCH', 9, ''),
      expect: { 'Appointment.end': '2024-04-01T09:50:00-04:00' },
    },
    {
      name: 'start and end come from AIS-4 and AIS-7 where the header has neither',
      message: withField(without(booking, 'TQ1'), 'SCH', 9, ''),
      expect: {
        'Appointment.start': '2024-04-01T09:30:00-04:00',
        'Appointment.end': '2024-04-01T10:15:00-04:00',
        'Appointment.minutesDuration': 45,
      },
    },
    {
      name: 'an offset (AIP-7) counts from the start of the appointment',
      message: booking.map((line) =>
        line.startsWith('AIP') ? 'AIP|1|A|1122^Alaz^Mo||||15|min|10|min' : line,
      ),
      expect: {
        'Appointment.participant[3].period': {
          start: '2024-04-01T09:45:00-04:00',
          end: '2024-04-01T09:55:00-04:00',
        },
      },
    },
    {
      name: 'one that is booked without an end or a duration waits',
      message: withField(timed('^^^20240401093000-0400'), 'SCH', 9, ''),
      outcome: 'quarantined',
      issues: ['appointment-end-missing'],
    },
    {
      name: 'one without a number waits',
      message: withField(withField(booking, 'SCH', 1, ''), 'SCH', 2, ''),
      outcome: 'quarantined',
      issues: ['appointment-number-missing'],
    },
    {
      name: 'a duration in an unknown unit is told, not guessed',
      message: withField(booking, 'SCH', 10, 'fortnight'),
      expect: { 'Appointment.minutesDuration': undefined },
      issues: ['duration-invalid'],
    },
    {
      name: 'a status that nobody knows is told; the booking stands',
      message: withField(booking, 'SCH', 25, 'Quux'),
      expect: { 'Appointment.status': 'booked' },
      issues: ['code-not-in-table'],
    },
    {
      name: 'other schedule messages wait, by their name',
      message: withField(booking, 'MSH', 9, 'SRM^S01^SRM_S01'),
      outcome: 'quarantined',
      issues: ['message-type-unsupported'],
    },
  ]);

  it('keeps its id from booking to deletion, and is another with another number', () => {
    const [id] = idsOf(base, booking, 'Appointment');
    assert.ok(id);
    for (const trigger of ['S13', 'S14', 'S15', 'S16', 'S17', 'S19', 'S26'])
      assert.deepEqual(idsOf(base, as(trigger), 'Appointment'), [id]);
    assert.deepEqual(idsOf(base, withField(booking, 'SCH', 1, ''), 'Appointment'), [id]);
    const others = [
      withField(booking, 'SCH', 2, 'F8^SCHED'),
      withField(booking, 'SCH', 2, 'F7^OTHER'),
      withField(booking, 'SCH', 2, ''),
      withField(booking, 'SCH', 3, '2'),
      withField(withField(booking, 'SCH', 2, ''), 'SCH', 1, 'F7^SCHED'),
    ].flatMap((message) => idsOf(base, message, 'Appointment'));
    assert.equal(new Set([id, ...others]).size, 6);
  });
});

describe('lists in messages that are not about the whole', () => {
  const diagnosis = 'DG1|1||K63.3^Ulcer^I10|||A';
  const wholeOf = (message: readonly string[]) =>
    convertBytes(base, bytes(message)).conversion?.lists?.map(({ whole }) => whole);

  it('a diagnosis of an appointment ends none that it does not name; one of a visit may', () => {
    assert.deepEqual(wholeOf([...booking.slice(0, 5), diagnosis, ...booking.slice(5)]), [false]);
    const visit = booking.slice(4, 5);
    const update = [booking[0]!.replace('SIU^S12^SIU_S12', 'ADT^A08'), ...visit, diagnosis];
    assert.deepEqual(wholeOf([...update, 'PV1|1|I|||||||||||||||||V1']), [true]);
  });
});
