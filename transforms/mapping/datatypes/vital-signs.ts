import { isDecimal, isVitalSign, vitalSignProfile } from '../../fhir/index.ts';
import type { Conversion, Environment, Settings } from '../environment.ts';
import { type Cell, cellText, component } from '../reading/index.ts';
import { codeableConcept } from './codes.ts';

const loinc = 'http://loinc.org';

const word = 'vital-signs';
const category: fhir4.Coding = {
  system: 'http://terminology.hl7.org/CodeSystem/observation-category',
  code: word,
  display: 'Vital Signs',
};
const vitalSigns: fhir4.CodeableConcept = { coding: [category] };

export const vitalSignConversion: Conversion = {
  name: 'VitalSignCategory',
  summary: 'CE or CWE to the category vital-signs, where one of its LOINC codes is a vital sign.',
  remembers: { for: 'ever' },
  gives: ['CodeableConcept'],
  convert: (cell, environment, settings) =>
    loincCodes(cell, environment, settings).some(isVitalSign) ? vitalSigns : undefined,
};

/** Why there is no value, as FHIR's own code system has it. */
const reasons: Readonly<Record<string, string>> = {
  unknown: 'Unknown',
  unsupported: 'Unsupported',
};

export const vitalSignAbsenceConversion: Conversion = {
  name: 'VitalSignAbsence',
  summary:
    'CE or CWE to the `reason` why there is no value, where R4 holds its LOINC code to the ' +
    'profile of a vital sign, which wants a value or a reason.',
  remembers: { for: 'ever' },
  gives: ['CodeableConcept'],
  settings: ['reason'],
  words: { reason: Object.keys(reasons) },
  convert(cell, environment, settings) {
    if (!loincCodes(cell, environment, settings).some(vitalSignProfile)) return undefined;
    const code = String(settings.with.reason);
    const system = 'http://terminology.hl7.org/CodeSystem/data-absent-reason';
    return { coding: [{ system, code, display: reasons[code] }] };
  },
};

function loincCodes(cell: Cell, environment: Environment, settings: Settings): string[] {
  const { coding = [] } = codeableConcept(cell, environment, settings) ?? {};
  return coding.flatMap(({ system, code = '' }) => (system === loinc ? [code] : []));
}

/**
 * Is it a number with a unit that the sender calls a code or a text, though R4 takes the vital sign
 * in OBX-3 only as a quantity?
 */
export function isMeasured(cell: Cell, environment: Environment, settings: Settings): boolean {
  if (cell.parts.length !== 1 || !isDecimal(cellText(cell))) return false;
  const unit = settings.sibling(6);
  const named = settings.sibling(3);
  if (unit === undefined || cellText(unit) === '' || named === undefined) return false;
  return [1, 4].some(
    (first) =>
      vitalSignProfile(component(named, first)) !== undefined &&
      environment.codeSystem(component(named, first + 2)) === loinc,
  );
}
