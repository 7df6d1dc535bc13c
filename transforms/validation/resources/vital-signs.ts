import { vitalSignProfile } from '../../fhir/index.ts';
import { type Json, memberOf, type TreeElement } from '../plan/index.ts';
import { isObject } from '../values/index.ts';

const profile = (id: string) => `http://hl7.org/fhir/StructureDefinition/${id}`;

const loinc = 'http://loinc.org';

/** A profile that a code implies, and that code. */
export type Implied = { readonly url: string; readonly code: string };

/** The profile that the code of an Observation implies. */
export function impliedProfile({ resourceType, code }: Json): Implied | undefined {
  if (resourceType !== 'Observation' || !isObject(code) || !Array.isArray(code.coding))
    return undefined;
  for (const coding of code.coding as readonly unknown[]) {
    if (!isObject(coding) || coding.system !== loinc || typeof coding.code !== 'string') continue;
    const name = vitalSignProfile(coding.code);
    if (name !== undefined) return { url: profile(name), code: coding.code };
  }
  return undefined;
}

export const vitalSigns = profile('vitalsigns');

/**
 * Is this a profile of just the vital sign with this code? One of a country that derives from
 * `vitalsigns` stands in for HL7's own: US Core's are looser in places, and that is meant.
 */
export function isAboutCode(profileTree: TreeElement, code: string): boolean {
  const element = profileTree.children.find(({ name }) => name === 'code');
  return element !== undefined && mentions(element, `"${code}"`);
}

function mentions({ definition, children, slices }: TreeElement, text: string): boolean {
  const said = memberOf(definition, 'fixed') ?? memberOf(definition, 'pattern');
  if (said !== undefined && JSON.stringify(said).includes(text)) return true;
  return [...children, ...slices].some((one) => mentions(one, text));
}
