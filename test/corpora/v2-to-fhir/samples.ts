// Values that a sender could write, by HL7 data type; two each, so that a required field too can
// be seen to change.
const byType: Readonly<Record<string, readonly string[]>> = {
  ST: ['Sample one', 'Sample two'],
  NM: ['7', '9'],
  SI: ['3', '4'],
  DT: ['20230405', '20220304'],
  TM: ['1015', '1130'],
  DTM: ['20230405101500+0100', '20220304091400+0100'],
  CWE: ['C1^First^L^B1^Second^L^1^2^Words', 'C2^Other^L^B2^Others^L^1^2^Text'],
  CX: ['12345^4^M10^NS&2.999.7&ISO^MR^^20200101^20210101', '67890^^^NS&2.999.7&ISO^PI'],
  EI: ['E1^NS^2.999.7^ISO', 'E2^NS^2.999.7^ISO'],
  EIP: ['P1&NS&2.999.7&ISO^F1&NS&2.999.7&ISO', 'P2&NS&2.999.7&ISO^F2&NS&2.999.7&ISO'],
  XPN: ['Hill^Gwen^May^Jr^Dr^MD^L', 'Dale^Owen^Roy^Sr^Mr^PhD^M'],
  XCN: ['99^Hill^Gwen^May^Jr^Dr^MD^^NS&2.999.7&ISO^L^^^NPI', '88^Dale^Owen^^^Mr^^^NS&2.999.7&ISO'],
  XAD: ['1 Elm St^Apt 4^Troy^NY^12180^USA^H^^Kent', '2 Oak St^^Ripon^VT^05111^USA^B'],
  XTN: ['^PRN^PH^^1^518^5550100', '^WPN^PH^^1^518^5550111', '^NET^Internet^a@b.example'],
  XON: ['Org one^L^11^^^NS&2.999.7&ISO^XX^^^O1', 'Org two^L^22^^^NS&2.999.7&ISO^XX^^^O2'],
  PL: ['W1^R1^B1^FAC^^N^BLD^FL1', 'W2^R2^B2^FAC^^N^BLD^FL2'],
  HD: ['NS1^2.999.71^ISO', 'NS2^2.999.72^ISO'],
  CQ: ['5^mL&milliliter&UCUM', '6^g&gram&UCUM', '8^h&hour&UCUM'],
  NDL: ['99&Hill&Gwen^20230405^20230406^W1^R1^B1^FAC', '88&Dale&Owen^20220304^20220305^W2^R2'],
  DR: ['20230405^20230406', '20220304^20220305', '20230405'],
  DLN: ['D1^CA^20300101', 'D2^NY^20310101'],
  DLD: ['L1^20230405', 'L2^20220304'],
  PLN: ['L1^NPI^NY^20300101', 'L2^NPI^VT^20310101'],
  TQ: ['^Q8H^^20230405^20230406^S', '^BID^^20220304^20220305^R'],
  RPT: ['BID^^^^^8^h', 'TID^^^^^6^h'],
  SPS: ['BLD&Blood&L^^^LA&Left arm&L', 'UR&Urine&L'],
  FC: ['F1^20230405', 'F2^20220304'],
  OG: ['1', '2'],
  PT: ['P', 'T'],
  MSG: ['ADT^A01', 'ADT^A03'],
};

const alias: Readonly<Record<string, string>> = {
  TX: 'ST',
  FT: 'ST',
  IS: 'ID',
  CE: 'CWE',
  CNE: 'CWE',
  CF: 'CWE',
  TS: 'DTM',
  '': 'ST',
};

/** Codes common in HL7's tables, tried where a coded field names no code map. */
const codes = ['Y', 'N', 'A', 'C', 'F', 'R', 'L', 'H', 'D', 'U', '1', 'S', 'M', 'I'];

/** Codes that are in a field`s own table, where HL7's mapping tables name none. */
const byField: Readonly<Record<string, readonly string[]>> = {
  'AIP-12': ['Booked', 'Cancelled'],
  'TXA-3': ['TX', 'FT'],
  'TXA-17': ['AU', 'IP'],
};

/** Values to try in a field. `listed`: codes of its code map. */
export function samplesOf(
  dataType: string,
  listed: readonly string[],
  field = '',
): readonly string[] {
  const own = byField[field];
  if (own) return own;
  const type = dataType.split(/[ (]/)[0] ?? '';
  const known = alias[type] ?? type;
  if (known === 'ID') return [...listed.slice(0, 8), ...codes];
  const plain = byType[known] ?? byType.ST!;
  if (known !== 'CWE') return plain;
  return [...plain, ...listed.slice(0, 8), ...codes];
}

/** A value for OBX-5 by OBX-2. */
export const observed: Readonly<Record<string, readonly string[]>> = {
  NM: ['107', '108'],
  SN: ['^1^:^128', '^2^-^3', '>^5', '^7'],
  ED: ['LAB^IM^PDF^Base64^JVBERi0=', 'LAB^IM^PDF^Base64^JVBERi1='],
  RP: ['http://a.example/1.pdf^LAB^IM^PDF', 'http://a.example/2.pdf^LAB^IM^PDF'],
  NR: ['2^3', '4^5'],
  NA: ['1^2^3', '4^5^6'],
  TM: ['1015', '1130'],
  VR: ['2^3', '4^5'],
};

export const observedSamples = (type: string): readonly string[] =>
  observed[type] ?? samplesOf(type, []);
