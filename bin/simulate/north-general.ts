import type { Happening } from './happening.ts';
import { escapeText, header, hl7Time, segment } from './hl7-text.ts';

const authority = 'NGH&2.999.10.1&ISO';
const network = 'NETCARD&2.999.10.9&ISO';
const clock = new Intl.DateTimeFormat('en-US', {
  timeZone: 'America/New_York',
  timeZoneName: 'longOffset',
});

/** A wall clock's time there, with the offset that it has then. */
function stamp(wallMs: number): string {
  const [, hours = '', minutes = ''] =
    /GMT([+-]\d{2}):(\d{2})/.exec(clock.format(wallMs + 5 * 3_600_000)) ?? [];
  return hl7Time(wallMs) + hours + minutes;
}

/** The modern one: HL7 2.5.1 in UTF-8, LOINC codes, UCUM units, times with their offset. */
export function renderNorthGeneral(happening: Happening): string[] {
  const { trigger, sequence, atMs, person, visit, order } = happening;
  const at = stamp(atMs);
  const isResult = trigger === 'R01';
  const type = isResult ? 'ORU^R01^ORU_R01' : `ADT^${trigger}^${structures[trigger]}`;
  const segments = [
    header({
      3: isResult ? 'NGH_LAB' : 'NGH_ADT',
      4: 'NORTH_GENERAL',
      5: 'PLEXUS',
      6: 'NETWORK',
      7: at,
      9: type,
      10: `NG${String(sequence).padStart(8, '0')}`,
      11: 'P',
      12: '2.5.1',
      18: 'UNICODE UTF-8',
    }),
    ...(isResult ? [] : [segment('EVN', { 2: at })]),
    segment('PID', {
      1: '1',
      3: `${person.mrn}^^^${authority}^MR~${person.card}^^^${network}^HC`,
      5: `${escapeText(person.family)}^${person.given}^${person.middle}^^^^L`,
      7: person.birthDate,
      8: person.sex,
      11: `${person.street}^^${person.city}^${person.state}^${person.zip}^USA^H`,
      13: `^PRN^PH^^1^${person.phone.slice(0, 3)}^${person.phone.slice(3)}`,
    }),
    segment('PV1', {
      1: '1',
      2: visit.patientClass,
      3: `${visit.ward}^${visit.room}^1^NGH`,
      7: `${visit.doctor.id}^${visit.doctor.family}^${visit.doctor.given}^^^Dr^^^NGH`,
      19: `${visit.number}^^^${authority}^VN`,
      44: stamp(visit.admittedMs),
      ...(trigger === 'A03' ? { 45: at } : {}),
    }),
  ];
  if (!isResult && happening.hasAllergy) {
    segments.push(segment('AL1', { 1: '1', 2: 'DA', 3: '7980^Penicillin G^RXNORM', 4: 'MO' }));
  }
  if (trigger === 'A01') {
    segments.push(segment('DG1', { 1: '1', 3: 'A41.9^Sepsis, unspecified organism^I10', 6: 'A' }));
  }
  if (order !== undefined) segments.push(...resultSegments(happening, at));
  return segments;
}

const structures = { A01: 'ADT_A01', A04: 'ADT_A01', A08: 'ADT_A01', A03: 'ADT_A03' } as const;

function resultSegments({ order, visit }: Happening, at: string): string[] {
  if (order === undefined) return [];
  const service = `${order.panel.loinc}^${order.panel.name}^LN`;
  return [
    segment('ORC', { 1: 'RE', 2: `${order.placer}^NGH`, 3: `${order.filler}^NGHLAB` }),
    segment('OBR', {
      1: '1',
      2: `${order.placer}^NGH`,
      3: `${order.filler}^NGHLAB`,
      4: service,
      7: at,
      16: `${visit.doctor.id}^${visit.doctor.family}^${visit.doctor.given}`,
      22: at,
      24: 'LAB',
      25: 'F',
    }),
    ...order.results.map(({ test, value, flag }, index) =>
      segment('OBX', {
        1: String(index + 1),
        2: 'NM',
        3: `${test.loinc}^${test.name}^LN`,
        5: value,
        6: `${test.unit}^^UCUM`,
        7: `${test.low}-${test.high}`,
        8: flag,
        11: 'F',
        14: at,
      }),
    ),
  ];
}
