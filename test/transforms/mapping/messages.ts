/** Messages of our own for the mapping tests; a line a segment. */
export const admission = [
  'MSH|^~\\&|ADT|HOSP|PLEXUS|HUB|20240310143000-0500||ADT^A01^ADT_A01|M1|P|2.5.1',
  'EVN|A01|20240310143000-0500',
  'PID|1||4711^^^HOSP&2.999.1&ISO^MR||Young&van^Ada^B^III^Dr.||19800229|F|||' +
    '1 Elm St^Apt 4^Troy^NY^12180^USA^H||^PRN^PH^^1^518^5550100||en|M',
  'NK1|1|Young^Bob|SPO|||||20200101',
  'PV1|1|I|4W^401^1^HOSP||||1122^Alaz^Mo||||||||||||V1^^^HOSP&2.999.1&ISO||||||||' +
    '|||||||||||||||||20240310140000-0500',
  'AL1|1|DA|7980^Penicillin^RXNORM|SV|Hives',
  'DG1|1||A41.9^Sepsis^I10|||A',
  'IN1|1|P1^Plan|C1|Payer|||||||||20240101||||Young^Ada|SEL|||||||||||||||||||POL9',
];

export const result = [
  'MSH|^~\\&|LAB|HOSP|PLEXUS|HUB|20240310150000-0500||ORU^R01^ORU_R01|M2|P|2.5.1',
  'PID|1||4711^^^HOSP&2.999.1&ISO^MR||Young^Ada||19800229|F',
  'PV1|1|I|||||||||||||||||V1^^^HOSP&2.999.1&ISO',
  'ORC|RE|P1^EHR|F1^LAB',
  'OBR|1|P1^EHR|F1^LAB|24323-8^CMP^LN|||20240310143000-0500|' +
    '||||||||1122^Alaz^Mo||||||20240310150000-0500||CH|F',
  'OBX|1|NM|2345-7^Glucose^LN||107|mg/dL^mg/dL^UCUM|70-99|H|||F',
  'NTE|1||first line~second line',
  'OBX|2|SN|1-1^Titre^LN||^1^:^128||||||C',
  'OBX|3|ST|2-2^Remark^LN||a \\T\\ b||||||F',
  'OBX|4|CWE|3-3^Organism^LN||112283007^E. coli^SCT||||||F',
];

export const text = (segments: readonly string[]): string => `${segments.join('\r')}\r`;
export const bytes = (segments: readonly string[]): Buffer => Buffer.from(text(segments));

/** Replaces one field of the first segment of that name. */
export function withField(
  segments: readonly string[],
  segment: string,
  field: number,
  value: string,
): string[] {
  return segments.map((line) => {
    if (!line.startsWith(`${segment}|`)) return line;
    const fields = line.split('|');
    const index = segment === 'MSH' ? field - 1 : field;
    while (fields.length <= index) fields.push('');
    fields[index] = value;
    return fields.join('|');
  });
}
