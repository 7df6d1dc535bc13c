import type { DialectRow } from '../language.ts';

/** The field that a field of MRG replaces: their numbers must give the same key. */
export const replacedBy: ReadonlyMap<string, string> = new Map([
  ['MRG-1', 'PID-3'],
  ['MRG-2', 'PID-4'],
  ['MRG-3', 'PID-18'],
  ['MRG-4', 'PID-2'],
  ['MRG-5', 'PV1-19'],
  ['MRG-6', 'PV1-50'],
]);

export const priorOf = (field: string): string =>
  [...replacedBy].find(([, current]) => current === field)?.[0] ?? field;

/** Fields that a visit may be numbered by, and those in which MRG names the earlier number. */
const visitFields = ['PV1-19', 'PV1-50', 'PID-18', 'MRG-5', 'MRG-6', 'MRG-3'];

export const isVisitField = (field: string): boolean => visitFields.includes(field);

export const visitNumberOf = ({ visit_number: fields }: DialectRow): readonly string[] =>
  fields ?? ['PV1-19'];

/**
 * What must hold for a visit to be numbered by that field, as clauses; undefined where the dialect
 * (`visit_number`) never does so.
 */
export function numberedBy(
  field: string,
  visitNumber: readonly string[],
): Readonly<Record<string, string>> | undefined {
  const fields = field.startsWith('MRG') ? visitNumber.map(priorOf) : visitNumber;
  const at = fields.indexOf(field);
  if (at < 0) return undefined;
  const before = fields.slice(0, at).map((other) => [other, 'absent'] as const);
  return Object.fromEntries([...before, [field, 'present'] as const]);
}
