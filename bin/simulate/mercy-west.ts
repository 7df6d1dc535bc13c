import type { Happening } from './happening.ts';
import { escapeText, header, hl7Time, segment } from './hl7-text.ts';

const facility = 'MERCY_WEST';

/**
 * HL7 2.5.1 with laboratory codes of its own (coding system MWLAB), times without an offset, and
 * two Z-segments: ZPD-2 way of contact, ZPD-3 portal user Y/N; ZVN-2 mode of arrival, ZVN-3 triage
 * level.
 */
export function renderMercyWest(happening: Happening): string[] {
  const { trigger, sequence, atMs, person, visit, order } = happening;
  const at = hl7Time(atMs);
  const isResult = trigger === 'R01';
  const segments = [
    header({
      3: isResult ? 'MWLIS' : 'MWHIS',
      4: facility,
      5: 'PLEXUS',
      6: 'NETWORK',
      7: at,
      9: isResult ? 'ORU^R01^ORU_R01' : `ADT^${trigger}`,
      10: `MW${sequence}`,
      11: 'P',
      12: '2.5.1',
    }),
    ...(isResult ? [] : [segment('EVN', { 1: trigger, 2: at })]),
    segment('PID', {
      1: '1',
      3: `${person.mrn}^^^MWH^MR~${person.card}^^^NETCARD^HC`,
      5: `${escapeText(person.family.toUpperCase())}^${person.given.toUpperCase()}`,
      7: person.birthDate,
      8: person.sex,
      11: `${person.street}^^${person.city}^${person.state}^${person.zip}`,
      13: `(${person.phone.slice(0, 3)})${person.phone.slice(3, 6)}-${person.phone.slice(6)}`,
      18: `A${visit.number.slice(1)}`,
    }),
    segment('PV1', {
      1: '1',
      2: visit.patientClass,
      3: `${visit.ward}^${visit.room}^A^${facility}`,
      7: `${visit.doctor.id}^${visit.doctor.family}^${visit.doctor.given}`,
      19: visit.number,
      44: hl7Time(visit.admittedMs),
      ...(trigger === 'A03' ? { 45: at } : {}),
    }),
  ];
  if (!isResult && happening.hasAllergy) {
    segments.push(segment('AL1', { 1: '1', 2: 'DA', 3: 'PEN^PENICILLIN^MWALG', 4: 'SV' }));
  }
  if (!isResult) segments.push(...zSegments(happening));
  if (order !== undefined) segments.push(...resultSegments(happening, at));
  return segments;
}

function zSegments({ person, visit }: Happening): string[] {
  const isPortalUser = Number(person.mrn) % 3 === 0 ? 'N' : 'Y';
  const arrival = visit.patientClass === 'E' ? 'AMB' : 'WALK';
  return [
    segment('ZPD', { 1: '1', 2: isPortalUser === 'Y' ? 'EMAIL' : 'MAIL', 3: isPortalUser }),
    segment('ZVN', { 1: '1', 2: arrival, 3: String((Number(visit.room) % 5) + 1) }),
  ];
}

function resultSegments({ order, visit }: Happening, at: string): string[] {
  if (order === undefined) return [];
  return [
    segment('OBR', {
      1: '1',
      2: order.placer,
      3: order.filler,
      4: `${order.panel.local}^${order.panel.name.toUpperCase()}^MWLAB`,
      7: at,
      16: `${visit.doctor.id}^${visit.doctor.family}^${visit.doctor.given}`,
      22: at,
      25: 'F',
    }),
    ...order.results.map(({ test, value, flag }, index) =>
      segment('OBX', {
        1: String(index + 1),
        2: 'NM',
        3: `${test.local}^${test.name.toUpperCase()}^MWLAB`,
        5: value,
        6: test.unit,
        7: `${test.low} - ${test.high}`,
        8: flag === 'N' ? '' : flag,
        11: 'F',
        14: at,
      }),
    ),
  ];
}
