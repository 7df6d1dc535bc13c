import { type Person, people, randomOf } from './people/index.ts';

/** Synthetic HL7 v2 messages for load: ADT^A01, ADT^A08 and ORU^R01 with a mean near 650 bytes. */
export type MessageMaker = (controlId: string) => Buffer;

const tests = [
  ['2345-7', 'Glucose', 'mg/dL', 70, 110],
  ['2951-2', 'Sodium', 'mmol/L', 135, 145],
  ['2823-3', 'Potassium', 'mmol/L', 3, 5],
  ['718-7', 'Hemoglobin', 'g/dL', 12, 17],
] as const;

/** Makes messages of one facility about `patients` different people; the same seed, the same. */
export function messageMaker(seed: number, patients = 5_000, facility = 'BENCH'): MessageMaker {
  const random = randomOf(seed).next;
  const known = [...people(seed, patients)];
  // A visit has one admission, whatever is sent about it later.
  const admitted = known.map(() => stamp(random));
  return (controlId) => {
    const patient = Math.floor(random() * patients);
    const kind = random();
    const type =
      kind < 0.4 ? 'ADT^A01^ADT_A01' : kind < 0.7 ? 'ADT^A08^ADT_A01' : 'ORU^R01^ORU_R01';
    const time = stamp(random);
    const header = messageSegment(type, facility, time, controlId);
    const who = known[patient]!;
    const person = [
      personSegment(patient, who, facility),
      visitSegment(patient, facility, admitted[patient]!),
    ];
    const segments = type.startsWith('ORU')
      ? [header, ...person, ...resultSegments(controlId, time, random)]
      : [
          header,
          `EVN|${type.slice(4, 7)}|${time}`,
          ...person,
          ...admissionSegments(known[patient ^ 1] ?? who),
        ];
    return Buffer.from(`${segments.join('\r')}\r`, 'latin1');
  };
}

/** A frame whose control id can be written over, so that a sender spends its time on sending. */
export type Stamp = {
  readonly frame: Buffer;
  readonly bytes: number;
  readonly offsets: readonly number[];
};

/**
 * Frames made beforehand, each with `controlIdBytes` of room for the control id wherever it stands.
 */
export function stampPool(make: MessageMaker, size: number, controlIdBytes: number): Stamp[] {
  const placeholder = '#'.repeat(controlIdBytes);
  return Array.from({ length: size }, () => {
    const message = make(placeholder);
    const frame = Buffer.concat([Buffer.of(0x0b), message, Buffer.of(0x1c, 0x0d)]);
    const offsets: number[] = [];
    for (let at = frame.indexOf(placeholder); at >= 0; at = frame.indexOf(placeholder, at + 1)) {
      offsets.push(at);
    }
    return { frame, bytes: message.length, offsets };
  });
}

/** Fields by their number; MSH counts one less, since its first field is the separator. */
export function segment(name: string, fields: Readonly<Record<number, string>>): string {
  let text = name;
  let last = 0;
  for (const [key, value] of Object.entries(fields)) {
    const number = Number(key);
    text += '|'.repeat(number - last) + value;
    last = number;
  }
  return text;
}

export function messageSegment(type: string, facility: string, time: string, id: string): string {
  return segment('MSH', {
    1: '^~\\&',
    2: 'LOAD',
    3: facility,
    4: 'PLEXUS',
    5: 'NET',
    6: time,
    8: type,
    9: id,
    10: 'P',
    11: '2.5.1',
  });
}

/** A patient is the same person in every message. */
export function personSegment(patient: number, person: Person, facility: string): string {
  const { given, middle, family, birthDate, sex, home, phone } = person;
  return segment('PID', {
    1: '1',
    3: `P${100000 + patient}^^^${facility}^MR`,
    5: `${family}^${given}^${middle.slice(0, 1)}`,
    7: birthDate.replaceAll('-', ''),
    8: sex === 'female' ? 'F' : 'M',
    11: `${home.line}^^${home.city}^${home.state}^${home.postalCode}^USA`,
    13: `^PRN^PH^^1^${phone.slice(0, 3)}^${phone.slice(3)}`,
    16: 'M',
  });
}

export function visitSegment(patient: number, facility: string, time: string): string {
  return segment('PV1', {
    1: '1',
    2: 'I',
    3: `4E^${100 + (patient % 80)}^1^${facility}`,
    7: '1042^Proofman^Ada^^^Dr',
    10: 'MED',
    14: '7',
    19: `V${patient}^^^${facility}^VN`,
    44: time,
  });
}

const kinAddress = '2 Fixture Street^^Sampleton^CA^91000';

function admissionSegments({ family, given }: Person): string[] {
  return [
    `NK1|1|${family}^${given}|SPO^Spouse^HL70063|${kinAddress}|555-0100`,
    'AL1|1|DA|70618^Penicillin^RxNorm|MO|Hives',
    'DG1|1||I10^Essential hypertension^I10|||A',
    'IN1|1|PLAN^Sample plan|4711|Sample insurer|1 Placeholder Lane^^Sampleton^CA^91000',
  ];
}

function resultSegments(controlId: string, time: string, random: () => number): string[] {
  const request = segment('OBR', {
    1: '1',
    2: `O${controlId}`,
    3: `F${controlId}`,
    4: '24323-8^Metabolic panel^LN',
    7: time,
    16: '1042^Proofman^Ada',
    20: 'chemistry analyser 3',
    22: time,
    24: 'LAB',
    25: 'F',
  });
  const results = tests.map(([code, name, unit, low, high], index) =>
    segment('OBX', {
      1: String(index + 1),
      2: 'NM',
      3: `${code}^${name}^LN`,
      5: (low + random() * (high - low)).toFixed(1),
      6: unit,
      7: `${low}-${high}`,
      8: 'N',
      11: 'F',
      14: time,
    }),
  );
  return [request, ...results];
}

export function stamp(random: () => number): string {
  const two = (below: number, from = 0) =>
    `${from + Math.floor(random() * below)}`.padStart(2, '0');
  return `2025${two(12, 1)}${two(28, 1)}${two(24)}${two(60)}${two(60)}`;
}
