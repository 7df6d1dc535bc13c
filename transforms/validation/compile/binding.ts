import type { ElementDefinition } from '../../fhir/index.ts';
import { type Check, leaveUnchecked, report, type Walk } from '../plan/index.ts';
import type { ValueSets, Verdict } from '../terms/index.ts';
import { isObject } from '../values/index.ts';

/** `none` where there is no code at all; undefined for what has another shape. */
type Said = Verdict | 'none' | undefined;
type Read = (value: unknown, url: string, valueSets: ValueSets) => Said;

/**
 * Types of elements that may be bound to a value set (https://hl7.org/fhir/R4/terminologies.html).
 */
const readOf: Readonly<Record<string, Read>> = {
  code: ofCode,
  string: ofCode,
  uri: ofCode,
  Coding: ofCoding,
  Quantity: ofCoding,
  CodeableConcept: ofConcept,
};

function ofCode(value: unknown, url: string, valueSets: ValueSets): Said {
  return typeof value === 'string' ? valueSets.has(url, undefined, value) : undefined;
}

function ofCoding(value: unknown, url: string, valueSets: ValueSets): Said {
  if (!isObject(value)) return undefined;
  const { system, code } = value;
  if (typeof code !== 'string') return 'none';
  // A Coding without a system means no code of any set.
  return valueSets.has(url, typeof system === 'string' ? system : '', code);
}

/** The best that is said of one of its codings. */
function ofConcept(value: unknown, url: string, valueSets: ValueSets): Said {
  const codings = isObject(value) ? value.coding : undefined;
  let said: Said = 'none';
  if (!Array.isArray(codings)) return said;
  for (const coding of codings as readonly unknown[]) {
    const one = ofCoding(coding, url, valueSets);
    if (one === 'yes') return one;
    if (one === 'unknown' || (one === 'no' && said === 'none')) said = one;
  }
  return said;
}

const maxValueSet = 'http://hl7.org/fhir/StructureDefinition/elementdefinition-maxValueSet';

/**
 * Required bindings as errors, extensible ones as warnings; the others advise only. Beyond the
 * largest set of a binding (elementdefinition-maxValueSet) no code may go, whatever its strength.
 */
export function bindingRule(
  { binding }: ElementDefinition,
  type: string,
  valueSets: ValueSets,
): Check[] {
  const read = Object.hasOwn(readOf, type) ? readOf[type] : undefined;
  const largest = binding?.extension?.find(({ url }) => url === maxValueSet)?.valueCanonical;
  const rules = boundRule(binding, type, read, valueSets);
  if (largest === undefined || read === undefined) return rules;
  return [
    ...rules,
    (value, walk) => {
      const said = read(value, largest, valueSets);
      // Hospitals have codes of their own for languages: of a concept that is said, not refused.
      if (said === 'no') wrong(walk, largest, type === 'code', 'this is no code');
      if (said === 'unknown') leaveUnchecked(walk, openBinding(largest));
    },
  ];
}

function boundRule(
  binding: ElementDefinition['binding'],
  type: string,
  read: Read | undefined,
  valueSets: ValueSets,
): Check[] {
  const url = binding?.valueSet;
  const isRequired = binding?.strength === 'required';
  if (url === undefined || read === undefined) return [];
  if (!isRequired && binding?.strength !== 'extensible') return [];
  const open = openBinding(url);
  return [
    (value, walk) => {
      const said = read(value, url, valueSets);
      if (said === 'yes' || said === undefined) return;
      if (said === 'unknown') leaveUnchecked(walk, open);
      else if (said === 'no') wrong(walk, url, isRequired, 'this is no code');
      // A text alone will do where the set may be left; a Quantity may have no unit.
      else if (isRequired && type !== 'Quantity') wrong(walk, url, true, 'there must be a code');
    },
  ];
}

const openBinding = (url: string): string => `whether the code is in ${url} cannot be said here`;

/** Is a value (a code, a Coding, a CodeableConcept) in a value set? */
export function bindingVerdict(value: unknown, url: string, valueSets: ValueSets): Verdict {
  const read = typeof value === 'string' ? ofCode : ofConcept;
  const said = read(value, url, valueSets);
  const alone = said === 'none' ? ofCoding(value, url, valueSets) : said;
  return alone === undefined || alone === 'none' ? 'no' : alone;
}

function wrong(walk: Walk, url: string, isRequired: boolean, what: string): void {
  if (isRequired) report(walk, 'error', 'fhir-binding', `${what} of the value set ${url}`);
  else report(walk, 'warning', 'fhir-binding', `${what} of the value set ${url}; one may fit`);
}
