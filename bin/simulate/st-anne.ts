import type { Happening } from './happening.ts';
import { escapeText, header, segment, wallTime } from './hl7-text.ts';

/**
 * The ugly one: HL7 2.3, five characters in MSH-2, MM/DD/YYYY and birth years of two digits, `""`
 * for what is not known, identifiers without an authority, codes of its own. Bytes are
 * windows-1252, and now and then the CR before PV1 is lost.
 */
export function renderStAnne(happening: Happening): string[] {
  const { trigger, sequence, atMs, person, visit, order } = happening;
  const at = slashTime(atMs);
  const isResult = trigger === 'R01';
  const pid = segment('PID', {
    1: '1',
    2: `${person.card}^^^NETCARD`,
    3: person.mrn,
    5: `${escapeText(person.family)}^${person.given}^""`,
    7: slashBirthDate(person.birthDate, sequence),
    8: person.sex,
    9: '""',
    11: `${person.street}^""^${person.city}^${person.state}^${person.zip}`,
    13: `(${person.phone.slice(0, 3)}) ${person.phone.slice(3, 6)}-${person.phone.slice(6)}`,
    14: '""',
    15: 'FR',
    16: '""',
  });
  const pv1 = segment('PV1', {
    1: '1',
    2: visit.patientClass,
    3: `${wards[visit.ward] ?? visit.ward}^${visit.room}^1`,
    7: `${visit.doctor.id}^${visit.doctor.family}^${visit.doctor.given}`,
    18: '""',
    19: visit.number,
    44: slashTime(visit.admittedMs),
    45: trigger === 'A03' ? at : '""',
  });
  const isGlued = sequence % 11 === 0;
  const segments = [
    header({
      2: '^~\\&#',
      3: isResult ? 'STALAB' : 'STAHIS',
      4: 'STE-ANNE',
      5: 'PLEXUS',
      6: 'RESEAU',
      7: at,
      9: isResult ? 'ORU^R01' : `ADT^${trigger}`,
      10: `SA${sequence}`,
      11: 'P',
      12: '2.3',
    }),
    ...(isResult ? [] : [segment('EVN', { 1: trigger, 2: at })]),
    ...(isGlued ? [pid + pv1] : [pid, pv1]),
  ];
  if (!isResult && happening.hasAllergy) {
    segments.push(segment('AL1', { 1: '1', 2: 'DA', 3: '^Pénicilline', 4: 'MO' }));
  }
  if (order !== undefined) segments.push(...resultSegments(happening, at));
  return segments;
}

const wards: Readonly<Record<string, string>> = { '4W': 'MÉD', '5E': 'CHIR', ICU: 'SI', ED: 'URG' };

function slashTime(ms: number): string {
  const { year, month, day, hour, minute } = wallTime(ms);
  return `${month}/${day}/${year} ${hour}:${minute}`;
}

/** Every other clerk writes the year with two digits. */
function slashBirthDate(birthDate: string, sequence: number): string {
  const year = birthDate.slice(sequence % 2 === 0 ? 2 : 0, 4);
  return `${birthDate.slice(4, 6)}/${birthDate.slice(6, 8)}/${year}`;
}

function resultSegments({ order }: Happening, at: string): string[] {
  if (order === undefined) return [];
  return [
    segment('OBR', {
      1: '1',
      2: order.placer,
      3: order.filler,
      4: `${order.panel.french}^${escapeText(order.panel.frenchName)}^L`,
      7: at,
      22: at,
      25: 'F',
    }),
    ...order.results.map(({ test, value, flag }, index) =>
      segment('OBX', {
        1: String(index + 1),
        2: 'NM',
        3: `${test.french}^${escapeText(test.frenchName)}^L`,
        5: value,
        6: test.unit,
        7: `${test.low}-${test.high}`,
        8: flag === 'N' ? '""' : flag,
        11: 'F',
        14: at,
      }),
    ),
  ];
}
