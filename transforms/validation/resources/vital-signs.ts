import type { Json } from '../plan/index.ts';
import { isObject } from '../values/index.ts';

const profile = (id: string) => `http://hl7.org/fhir/StructureDefinition/${id}`;

/**
 * An Observation with one of these LOINC codes must fit the profile, whether it says so or not
 * (https://hl7.org/fhir/R4/observation-vitalsigns.html).
 */
const profileByCode: Readonly<Record<string, string>> = {
  '85353-1': profile('vitalspanel'),
  '9279-1': profile('resprate'),
  '8867-4': profile('heartrate'),
  '2708-6': profile('oxygensat'),
  '8310-5': profile('bodytemp'),
  '8302-2': profile('bodyheight'),
  '9843-4': profile('headcircum'),
  '29463-7': profile('bodyweight'),
  '39156-5': profile('bmi'),
  '85354-9': profile('bp'),
};

const loinc = 'http://loinc.org';

/** The profile that the code of an Observation implies. */
export function impliedProfile({ resourceType, code }: Json): string | undefined {
  if (resourceType !== 'Observation' || !isObject(code) || !Array.isArray(code.coding))
    return undefined;
  for (const coding of code.coding as readonly unknown[]) {
    if (!isObject(coding) || coding.system !== loinc || typeof coding.code !== 'string') continue;
    if (Object.hasOwn(profileByCode, coding.code)) return profileByCode[coding.code];
  }
  return undefined;
}
