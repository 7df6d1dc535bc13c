import { messageSegment, personSegment, segment, stamp, visitSegment } from './messages.ts';
import { type Person, people, randomOf } from './people/index.ts';

/** Synthetic messages of about 2 kB as hospitals send them, by message type. */
export type Kind = 'ADT^A01' | 'ORU^R01' | 'ORM^O01' | 'RDE^O11' | 'SIU^S12' | 'VXU^V04';

export const kinds: readonly Kind[] = [
  'ADT^A01',
  'ORU^R01',
  'ORM^O01',
  'RDE^O11',
  'SIU^S12',
  'VXU^V04',
];

type Visit = {
  readonly number: number;
  readonly who: Person;
  readonly kin: Person;
  readonly time: string;
  readonly random: () => number;
};

const facility = 'BENCH';

/** `count` messages of one kind; the same seed, the same messages. */
export function messagesOf(kind: Kind, count: number, seed = 4): Buffer[] {
  const { next: random } = randomOf(seed, kinds.indexOf(kind));
  const known = [...people(seed, count + 1)];
  return known.slice(0, count).map((who, number) => {
    const time = stamp(random);
    const visit = { number, who, kin: known[number + 1]!, time, random };
    const id = `${kind.slice(0, 3)}${number}`;
    return message([messageSegment(kind, facility, time, id), ...bodies[kind](visit)]);
  });
}

/** One order with so many results. */
export function largeResult(results: number): Buffer {
  const { next: random } = randomOf(5);
  const [who, kin] = [...people(5, 2)];
  const visit = { number: 1, who: who!, kin: kin!, time: stamp(random), random };
  const rows = Array.from({ length: results }, (_, at) => result(visit, at, `.${at >> 3}`));
  const header = messageSegment('ORU^R01', facility, visit.time, 'LARGE');
  return message([header, ...patient(visit), order(visit, 1), ...rows]);
}

/** One result that holds a document of so many bytes. */
export function attachment(bytes: number): Buffer {
  const { next: random } = randomOf(6);
  const [who, kin] = [...people(6, 2)];
  const visit = { number: 1, who: who!, kin: kin!, time: stamp(random), random };
  const document = Buffer.alloc(bytes, '%PDF-1.7 synthetic ').toString('base64');
  const header = messageSegment('ORU^R01', facility, visit.time, 'DOCUMENT');
  const row = `OBX|1|ED|11488-4^Consult note^LN||^application^pdf^Base64^${document}||||||F`;
  return message([header, ...patient(visit), order(visit, 1), row]);
}

const message = (segments: readonly string[]): Buffer =>
  Buffer.from(`${segments.join('\r')}\r`, 'latin1');

const bodies: Readonly<Record<Kind, (visit: Visit) => string[]>> = {
  'ADT^A01': (visit) => [
    `EVN|A01|${visit.time}|||1042^Proofman^Ada`,
    ...patient(visit),
    `PV2||PRIV^Private^HL70024|^Chest pain|||||${visit.time.slice(0, 8)}|20251224`,
    kin(visit, 1, 'SPO^Spouse^HL70063'),
    kin(visit, 2, 'EMC^Emergency contact^HL70063'),
    'AL1|1|DA|70618^Penicillin^RxNorm|MO|Hives|20190401',
    'AL1|2|FA|256349002^Peanut^SCT|SV|Anaphylaxis~Swelling of the face',
    `DG1|1||I10^Essential hypertension^I10||${visit.time}|A|||||||||1|1042^Proofman^Ada`,
    `DG1|2||R07.9^Chest pain, unspecified^I10||${visit.time}|A|||||||||2|1042^Proofman^Ada`,
    insurance(visit, 1),
    insurance(visit, 2),
    'OBX|1|NM|8302-2^Body height^LN||172|cm|||||F',
    'OBX|2|NM|29463-7^Body weight^LN||71.5|kg|||||F',
  ],
  'ORU^R01': (visit) => [
    ...patient(visit),
    `ORC|RE|P${visit.number}^EHR|F${visit.number}^LAB||CM||||${visit.time}|||1042^Proofman^Ada`,
    order(visit, 1),
    'NTE|1|L|The sample was slightly haemolysed, which may raise the potassium.',
    ...Array.from({ length: 14 }, (_, at) => result(visit, at, '')),
    'NTE|1|L|Checked twice.',
  ],
  'ORM^O01': (visit) => [
    ...patient(visit),
    insurance(visit, 1),
    'AL1|1|DA|70618^Penicillin^RxNorm|MO|Hives|20190401',
    ...[1, 2, 3].flatMap((at) => requested(visit, at)),
  ],
  'RDE^O11': (visit) => [
    ...patient(visit),
    'AL1|1|DA|70618^Penicillin^RxNorm|MO|Hives|20190401',
    ...[1, 2, 3].flatMap((at) => prescribed(visit, at)),
  ],
  'SIU^S12': (visit) => [
    `SCH|P${visit.number}^EHR|F${visit.number}^SCHED|||||FOLLOWUP^Follow-up^HL70276|` +
      `CHECKUP^A routine check-up|NORMAL^Normal^HL70277|30|min|^^30^${visit.time}|` +
      '1042^Proofman^Ada^^^Dr|^WPN^PH^^1^555^5550140|4 Fixture Street^^Sampleton^CA^91000|||' +
      '1043^Clerk^Bea||||BOOKED',
    `TQ1|1||||||${visit.time}`,
    'NTE|1||Please come fasting, and bring the list of what you take.',
    ...patient(visit),
    `DG1|1||I10^Essential hypertension^I10||${visit.time}|A`,
    'RGS|1|A',
    `AIS|1|A|CHK^Check-up^LOCAL|${visit.time}|||30|min||CONFIRMED`,
    'NTE|1||The room has a step.',
    `AIG|1|A|ECG4^ECG device^LOCAL|D^Device||||${visit.time}|||30|min||CONFIRMED`,
    `AIL|1|A|CLINIC^12^^${facility}|C^Clinic||${visit.time}|||30|min||CONFIRMED`,
    `AIP|1|A|1042^Proofman^Ada^^^Dr|ATT^Attending||${visit.time}|||30|min||CONFIRMED`,
    `AIP|2|A|1044^Sample^Cleo^^^Dr|RES^Resident||${visit.time}|||30|min||PENDING`,
    'RGS|2|A',
    `AIS|1|A|ECG^Electrocardiogram^LOCAL|${visit.time}|||15|min||CONFIRMED`,
    `AIL|1|A|CLINIC^14^^${facility}|C^Clinic||${visit.time}|||15|min||CONFIRMED`,
    `AIP|1|A|1045^Trial^Dora^^^Dr|TEC^Technician||${visit.time}|||15|min||CONFIRMED`,
    'NTE|1||Speaks Spanish as well, so that no interpreter is needed for this one.',
  ],
  'VXU^V04': (visit) => [
    ...patient(visit),
    'PD1|||Sample Practice^^1042|1042^Proofman^Ada||||||||02^Reminder^HL70215|N|20250101',
    kin(visit, 1, 'MTH^Mother^HL70063'),
    ...[1, 2].flatMap((at) => given(visit, at)),
  ],
};

function patient({ number, who, time }: Visit): string[] {
  return [personSegment(number, who, facility), visitSegment(number, facility, time)];
}

function kin({ kin: { family, given: first, home } }: Visit, set: number, role: string): string {
  const address = `${home.line}^^${home.city}^${home.state}^${home.postalCode}`;
  return `NK1|${set}|${family}^${first}|${role}|${address}|^PRN^PH^^1^555^5550100`;
}

function insurance({ number, who, time }: Visit, set: number): string {
  return segment('IN1', {
    1: `${set}`,
    2: `PLAN${set}^Sample plan`,
    3: `471${set}`,
    4: 'Sample insurer',
    5: '1 Placeholder Lane^^Sampleton^CA^91000',
    8: `GRP${number % 50}`,
    12: time.slice(0, 8),
    16: `${who.family}^${who.given}`,
    17: 'SEL^Self^HL70063',
    36: `M${100000 + number}`,
  });
}

const tests = [
  ['2345-7', 'Glucose', 'mg/dL', 70, 110],
  ['2951-2', 'Sodium', 'mmol/L', 135, 145],
  ['2823-3', 'Potassium', 'mmol/L', 3, 5],
  ['718-7', 'Hemoglobin', 'g/dL', 12, 17],
  ['2160-0', 'Creatinine', 'mg/dL', 0, 2],
  ['17861-6', 'Calcium', 'mg/dL', 8, 11],
  ['1920-8', 'AST', 'U/L', 5, 40],
] as const;

function order({ number, time }: Visit, set: number): string {
  return segment('OBR', {
    1: `${set}`,
    2: `P${number}-${set}^EHR`,
    3: `F${number}-${set}^LAB`,
    4: '24323-8^Comprehensive metabolic panel^LN',
    7: time,
    16: '1042^Proofman^Ada^^^Dr',
    22: time,
    24: 'LAB',
    25: 'F',
  });
}

/** `sub`: what tells results of one code apart. */
function result({ time, random }: Visit, at: number, sub: string): string {
  const [code, name, unit, low, high] = tests[at % tests.length]!;
  return segment('OBX', {
    1: `${at + 1}`,
    2: 'NM',
    3: `${code}^${name}^LN`,
    4: sub === '' && at < tests.length ? '' : `${at}${sub}`,
    5: (low + random() * (high - low)).toFixed(1),
    6: unit,
    7: `${low}-${high}`,
    8: random() < 0.9 ? 'N' : 'H',
    11: 'F',
    14: time,
    15: 'LAB1^Main laboratory',
  });
}

function requested({ number, time }: Visit, at: number): string[] {
  return [
    `ORC|NW|P${number}-${at}^EHR|||IP||^^^${time}^^R||${time}|1043^Clerk^Bea||1042^Proofman^Ada`,
    segment('OBR', {
      1: `${at}`,
      2: `P${number}-${at}^EHR`,
      4: '24323-8^Comprehensive metabolic panel^LN',
      7: time,
      13: 'Known high blood pressure',
      16: '1042^Proofman^Ada^^^Dr',
      24: 'LAB',
      31: 'I10^Essential hypertension^I10',
    }),
    'NTE|1||Please call the ward when the potassium is above five.',
    `DG1|1||I10^Essential hypertension^I10||${time}|A`,
    'OBX|1|NM|29463-7^Body weight^LN||71.5|kg|||||F',
  ];
}

function prescribed({ number, time }: Visit, at: number): string[] {
  return [
    `ORC|NW|P${number}-${at}^EHR|F${number}-${at}^PHARM||IP||||${time}|1043^Clerk^Bea||` +
      '1042^Proofman^Ada^^^Dr',
    `RXE|^^^${time}|197361^Amlodipine 5 MG Oral Tablet^RxNorm|5||mg|TAB^Tablet^HL70292|` +
      'TAKE^Take one tablet each morning||N|30|TAB|3|1042^Proofman^Ada||' +
      `RX${number}-${at}||||||||||5|mg`,
    'NTE|1||Stop and call if your ankles swell.',
    `TQ1|1|1^TAB|QAM^Every morning^HL70335|||30^d|${time}||R|||Take in the morning`,
    'RXR|PO^Oral^HL70162|MTH^Mouth^HL70163',
    'OBX|1|NM|29463-7^Body weight^LN||71.5|kg|||||F',
  ];
}

function given({ number, time }: Visit, at: number): string[] {
  const day = time.slice(0, 8);
  return [
    `ORC|RE|P${number}-${at}^EHR|F${number}-${at}^REG|||||||1043^Clerk^Bea||1042^Proofman^Ada`,
    `RXA|0|${at}|${day}|${day}|08^Hepatitis B, adolescent or pediatric^CVX|0.5|mL^mL^UCUM||` +
      '00^New immunization record^NIP001|1044^Sample^Cleo|^^^SAMPLE CLINIC||||' +
      `LOT${number}|20271231|MSD^Merck and Co^MVX|||CP|A`,
    'RXR|IM^Intramuscular^HL70162|LD^Left deltoid^HL70163',
    'OBX|1|CE|64994-7^Vaccine funding program eligibility category^LN|1|V01^Not eligible^HL70064' +
      '||||||F',
    `OBX|2|CE|30956-7^Vaccine type^LN|2|45^Hepatitis B^CVX||||||F`,
    `OBX|3|TS|29768-9^Date published^LN|2|20240101||||||F`,
    `OBX|4|TS|29769-7^Date presented^LN|2|${day}||||||F`,
    'OBX|5|NM|30973-2^Dose number in series^LN|3|2||||||F',
  ];
}
