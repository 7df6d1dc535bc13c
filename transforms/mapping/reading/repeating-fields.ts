/** Fields that HL7 v2.5.1 lets repeat, of the segments that mappings read most. */
const repeating: Readonly<Record<string, string>> = {
  PID: '3 4 5 6 9 10 11 13 14 21 22 26 39 40',
  PD1: '1 3 4 10 15',
  NK1: '2 4 5 6 13 17 18 26 29 30 31 32 33 35 40 41',
  PV1: '7 8 9 15 17 20 24 25 26 27 52',
  PV2: '7 13',
  AL1: '5',
  IAM: '5',
  DG1: '16',
  PR1: '8 11 12 16',
  GT1: '2 3 4 5 6 7 16 17 18 19',
  IN1: '3 4 5 6 7 9 10 11 16 19 44 49',
  ORC: '10 11 12 14 19 21 22 23 24',
  OBR: '10 16 17 28 31 34 35 38 39 45 46 47',
  OBX: '5 8 10 16 17 18',
  NTE: '3',
  SPM: '5 6 9 10 11 21 23 24',
  TXA: '9 11 22 23',
  SCH: '12 16 20',
  RXA: '10 15 16 17 18 19',
  FT1: '19 20 21 26',
};

/** `PID-11`: may it come several times? */
export const mayRepeat = (segment: string, field: number): boolean =>
  repeating[segment]?.split(' ').includes(String(field)) === true;
