// Messages of our own that the probe fills: by structure, in the order of HL7's grammar.
const segments: Readonly<Record<string, string>> = {
  SFT: 'SFT|Maker^L|2.1|Product|B7',
  EVN: 'EVN|A01|20240310143000-0500',
  PID:
    'PID|1||4711^^^HOSP&2.999.1&ISO^MR||Young^Ada||19800229|F||||||||||A1^^^HOSP&2.999.1&ISO' +
    `${'|'.repeat(16)}WEST`,
  'PID.bare': 'PID|1||4711^^^HOSP&2.999.1&ISO^MR||Young^Ada||19800229|F',
  PD1: 'PD1|||||||Y',
  MRG: 'MRG|4712^^^HOSP&2.999.1&ISO^MR||A1^^^HOSP&2.999.1&ISO||V2^^^HOSP&2.999.1&ISO',
  NK1: 'NK1|1|Young^Bob|SPO',
  PV1: `PV1|1|I${'|'.repeat(17)}V1^^^HOSP&2.999.1&ISO${'|'.repeat(35)}EP1^^^HOSP&2.999.1&ISO`,
  PV2: 'PV2|',
  ROL: 'ROL|1|AD|PP^Primary care^HL70443|77^Role^Player||||||||^^^^1^518^5550100',
  'PRT.PP': 'PRT||AD||PP^Primary care^HL70912|77^Role^Player||||||||||^^^^1^518^5550100',
  'PRT.bare': 'PRT||AD||PP^Primary care^HL70912|77^Role^Player',
  PRT: 'PRT||AD||AT^Attending^HL70912|77^Role^Player|||||D1^LAB|||||^^^^1^518^5550100',
  AL1: 'AL1|1|DA|7980^Penicillin^RXNORM',
  IAM: 'IAM|1||7980^Penicillin^RXNORM|||A|I1^LAB',
  DG1: 'DG1|1||A41.9^Sepsis^I10|||A',
  PR1: 'PR1|1||P1^Procedure^L||20240310143000-0500',
  GT1: 'GT1|1|4799^^^HOSP&2.999.1&ISO|Young^Bob',
  IN1: 'IN1|1|P1^Plan|C1|Payer|||||||||||||||||||||||||||||||||POL9',
  IN2: 'IN2|',
  IN3: 'IN3|1',
  ACC: 'ACC|20240309',
  DB1: 'DB1|1|PT',
  ORC: 'ORC|NW|P1^EHR|F1^LAB|||||||66^Clerk^Ann',
  OBR: 'OBR|1|P1^EHR|F1^LAB|24323-8^CMP^LN|||20240310143000-0500||||||||||||||||||F',
  // The specimen in OBR-15, as before there was an SPM.
  OBR15: 'OBR|1|P1^EHR|F1^LAB|24323-8^CMP^LN|||||||||||BLD^Blood^L||||||||||F',
  OBX: 'OBX|1|NM|2345-7^Glucose^LN||107|mg/dL^mg/dL^UCUM|||||F||||||||||||Lab^L^22',
  SPM: 'SPM|1|S1&EHR^S1&LAB||SER^Serum^HL70487',
  TQ1: 'TQ1|1||||||20240310|20240311',
  NTE: 'NTE|1||A remark',
  TXA: 'TXA|1|DS^Summary^L|TX|20240310143000-0500||||||||D1^LAB|||||AU||AV',
  RXO: 'RXO|R1^Drug^L|5|5000|mg^milligram^UCUM|||||||9|||||||9|||||||9',
  // Of an order whose dose TQ1-2 says.
  'ORC.timed': 'ORC|NW|P2^EHR|F2^LAB',
  'RXO.timed': 'RXO|R2^Drug^L',
  RXE: 'RXE|^^^20240310|R1^Drug^L|5||mg^milligram^UCUM',
  RXD: 'RXD|1|R1^Drug^L|20240310143000-0500|5|mg^milligram^UCUM||RX1',
  RXA: 'RXA|0|1|20240310143000-0500||08^Hep B^CVX|1|mL^milliliter^UCUM||||||||||||||A',
  RXR: 'RXR|IM^Intramuscular^HL70162',
  RXC: 'RXC|B|R2^Base^L|1|mL^milliliter^UCUM',
  SCH:
    'SCH|A1^EHR|A2^HIS||||R1^Routine^L|||30|min|^^30^20240310143000-0500^20240310150000-0500' +
    '||||77^Role^Player||||77^Role^Player|||||Booked',
  RGS: 'RGS|1|A',
  AIS: 'AIS|1|A|S1^Service^L|20240310143000-0500',
  AIG: 'AIG|1|A|G1^Room^L|',
  AIL: 'AIL|1|A|W1^R1^B1^HOSP|',
  AIP: 'AIP|1|A|77^Role^Player|',
  FT1: 'FT1|1|T1||20240310143000-0500||CG|F1^Fee^L',
  MSA: 'MSA|AA|1',
  PRB: 'PRB|AD|20240310143000-0500|A41.9^Sepsis^I10|I1^LAB',
  RF1: 'RF1|A|R|||| R9^HIS',
  PRD: 'PRD|RP|Player^Role',
};

const person = 'PID PD1 NK1 PV1 PV2';
const stay =
  'EVN PID PD1 ROL PRT.PP NK1 PV1 PV2 ROL PRT DB1 OBX AL1 DG1 PR1 ROL GT1 IN1 IN2 IN3 ACC';
const result = 'ORC OBR NTE PRT TQ1 OBX PRT NTE SPM OBX';

/** Message type to its segments; `PRT.PP` is another PRT. */
export const structures: Readonly<Record<string, string>> = {
  'ADT^A01': stay,
  'ADT^A03': stay,
  'ADT^A05': stay,
  'ADT^A08': stay,
  'ADT^A11': stay,
  'ADT^A13': stay,
  'ADT^A28': stay,
  'ADT^A31': stay,
  'ADT^A40': 'EVN PID PD1 MRG PV1',
  'ADT^A41': 'EVN PID PD1 MRG PV1',
  'ADT^A44': 'EVN PID PD1 MRG',
  'ADT^A45': 'EVN PID PD1 MRG PV1',
  'ADT^A49': 'EVN PID.bare PD1 MRG',
  'ADT^A60': 'EVN PID PV1 PV2 IAM NTE IAM',
  'ORU^R01': `SFT ${person.replace('PID', 'PID PRT PRT.PP')} ${result}`,
  'ORU^R30': 'PID PRT.bare OBX ORC OBR NTE PRT OBX NTE',
  'ORU^R32': `PID PV1 ORC OBR15 NTE OBX`,
  'ORM^O01': `NTE ${person.replace('PD1', 'PD1 NTE')} IN1 GT1 AL1 ORC OBR NTE DG1 OBX NTE`,
  'OML^O21': `SFT NTE PID PD1 NTE NK1 PV1 PV2 IN1 GT1 AL1 ORC TQ1 OBR NTE PRT DG1 OBX NTE SPM OBX`,
  'OML^O33': `PID PV1 SPM OBX ORC TQ1 OBR NTE DG1 OBX NTE`,
  'OMG^O19': `PID PD1 NK1 PV1 PV2 IN1 GT1 AL1 ORC TQ1 OBR NTE PRT DG1 OBX NTE SPM OBX`,
  'OUL^R22': 'PID PV1 SPM OBX OBR ORC NTE TQ1 OBX NTE',
  'OMP^O09':
    'NTE PID PD1 NTE PV1 PV2 IN1 GT1 AL1 ORC TQ1 RXO NTE RXR RXC OBX NTE ' +
    'ORC.timed TQ1 RXO.timed',
  'RDE^O11': `NTE PID PD1 NTE PV1 PV2 IN1 GT1 AL1 ORC TQ1 RXE NTE TQ1 RXR RXC OBX NTE`,
  'RDS^O13': `PID PV1 AL1 ORC TQ1 RXE TQ1 RXR RXC RXD RXR RXC OBX`,
  'RAS^O17': `PID PV1 AL1 ORC TQ1 RXE TQ1 RXR RXC RXA RXR OBX`,
  'VXU^V04': `PID PD1 NK1 PV1 PV2 GT1 IN1 IN2 ORC TQ1 RXA RXR OBX NTE`,
  'SIU^S12': `SCH TQ1 NTE PID PD1 PV1 PV2 OBX DG1 RGS AIS NTE AIG NTE AIL NTE AIP NTE`,
  'SIU^S15': `SCH TQ1 NTE PID PD1 PV1 PV2 OBX DG1 RGS AIS NTE AIG NTE AIL NTE AIP NTE`,
  'MDM^T01': `EVN PID PV1 ORC TQ1 OBR NTE TXA`,
  'MDM^T02': `EVN PID PV1 ORC TQ1 OBR NTE TXA OBX NTE`,
  'DFT^P03': `EVN PID PD1 ROL PV1 PV2 DB1 OBX FT1 NTE PR1 DG1 GT1 IN1 IN2 ACC`,
  'BAR^P01': `EVN PID PD1 ROL PV1 PV2 DB1 OBX AL1 DG1 PR1 GT1 NK1 IN1 IN2 IN3 ACC`,
  'PPR^PC1': `PID PV1 PRB NTE OBX`,
  'REF^I12': `RF1 PRD PID NK1 GT1 IN1 IN2 ACC DG1 AL1 PR1 OBR NTE OBX NTE PV1 PV2 NTE`,
};

/** The segments of a message of that type. */
export function skeleton(type: string): string[] {
  const version = type.startsWith('ORM') ? '2.4' : '2.5.1';
  const header = `MSH|^~\\&|EHR|HOSP|HIS|HUB|20240310150000-0500||${type}|M1|P|${version}`;
  const names = (structures[type] ?? '').split(' ').filter((name) => name !== '');
  return [header, ...names.map((name) => segments[name] ?? name)];
}
