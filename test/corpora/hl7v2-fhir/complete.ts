// The unit-grain messages of ReportStream each show one data type and leave out what every hospital
// sends: whose message it is, which order. This adds those fields, so that the rest is converted.

/** Field to what it is filled with where it is empty. */
const needed: readonly (readonly [segment: string, field: number, value: string])[] = [
  ['MSH', 4, 'HOSP'],
  ['PID', 3, '1^^^HOSP^MR'],
  ['OBR', 3, 'F1^LAB'],
  ['OBR', 4, 'T1^Test^L'],
  ['PV1', 19, 'V1^^^HOSP^VN'],
  ['NK1', 3, 'SPO^Spouse^HL70063'],
];

export function complete(bytes: Buffer): Buffer {
  const lines = bytes
    .toString('utf8')
    .split(/[\r\n]+/)
    .filter((line) => line !== '');
  if (!lines.some((line) => line.startsWith('PID'))) lines.splice(1, 0, 'PID|1');
  if (!lines.some((line) => line.startsWith('OBR'))) lines.push('OBR|1');
  const whole = lines.map((line) => {
    const fields = line.split('|');
    for (const [segment, field, value] of needed) {
      if (fields[0] !== segment) continue;
      const at = segment === 'MSH' ? field - 1 : field;
      while (fields.length <= at) fields.push('');
      if (fields[at] === '') fields[at] = value;
    }
    return fields.join('|');
  });
  return Buffer.from(`${whole.join('\r')}\r`);
}
