/**
 * Segments that come as lists of a patient or a visit (HL7 v2.5.1, section 2.10.4): whoever maps
 * them says what a list means for those that it leaves out.
 */
const listed = new Set(['AL1', 'DG1', 'GT1', 'IAM', 'IN1', 'NK1', 'PR1', 'PRB', 'ROL']);

export const isListed = (segment: string): boolean => listed.has(segment);

/** The field of a segment that says what becomes of it (HL7 tables 0206, 0287 and 0323). */
export const actionFields: ReadonlyMap<string, string> = new Map([
  ['DG1', 'DG1-21'],
  ['GOL', 'GOL-1'],
  ['IAM', 'IAM-6'],
  ['IN1', 'IN1-55'],
  ['PR1', 'PR1-20'],
  ['PRB', 'PRB-1'],
  ['PTH', 'PTH-1'],
  ['ROL', 'ROL-2'],
]);
