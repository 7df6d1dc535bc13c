import { type Check, fail, type Walk } from '../plan/index.ts';
import { isNoCodeOf, type Measured, measures } from '../terms/index.ts';
import { isObject, isUri, startsBeforeEnd } from '../values/index.ts';
import { checkReference } from './resolve.ts';

/** What holds of a type whatever a profile says, beyond its members and its invariants. */
export function typeRules(type: string | undefined): Check[] {
  return Object.hasOwn(rulesOf, type ?? '') ? rulesOf[type as keyof typeof rulesOf] : [];
}

const rulesOf = {
  Extension: [checkExtensionContent],
  Reference: [checkReference],
  Coding: [checkSystem],
  Quantity: [checkSystem],
  Identifier: [checkSystem, checkIdentifier],
  Period: [checkPeriod],
  SampledData: [checkSamples],
  Count: [checkSystem],
  Age: [checkSystem, unitRule('time', 'age-1')],
  Duration: [checkSystem, unitRule('time', 'drt-1')],
  Distance: [checkSystem, unitRule('length', 'dis-1')],
} satisfies Record<string, Check[]>;

/**
 * What is meant by a code or an identifier is said by an absolute URI (datatypes.html#Coding); of
 * code systems that are a grammar, the code is one.
 */
function checkSystem(value: unknown, walk: Walk): void {
  if (!isObject(value)) return;
  const { system, code } = value;
  if (typeof system !== 'string' || system.trim() === '') return;
  if (!system.includes(':')) {
    const expected = 'expected an absolute URI, as http://loinc.org or urn:oid:1.2.3';
    fail(walk, 'fhir-value-invalid', expected, 'system');
  } else if (typeof code === 'string' && isNoCodeOf(system, code))
    fail(walk, 'fhir-binding', 'its code system has no such code', 'code');
}

/** This system says that the value is a URI, and so a whole one (datatypes.html#Identifier). */
function checkIdentifier(value: unknown, walk: Walk): void {
  if (!isObject(value) || value.system !== 'urn:ietf:rfc:3986') return;
  const { value: text } = value;
  if (typeof text !== 'string' || text.trim() === '') return;
  if (/^[a-z][a-z0-9+.-]*:./i.test(text) && isUri(text)) return;
  fail(walk, 'fhir-value-invalid', 'by its system this is an absolute URI', 'value');
}

/** The invariants say the unit's kind in words only (`age-1`: an expression of time). */
function unitRule(wanted: Measured, key: string): Check {
  return (value, walk) => {
    if (!isObject(value) || value.system !== 'http://unitsofmeasure.org') return;
    const { code } = value;
    if (typeof code !== 'string' || measures(code, wanted) !== false) return;
    fail(walk, 'fhir-invariant', `${key}: the unit is none of ${wanted}`, 'code');
  };
}

/**
 * per-1, to the precision that both sides have: an end without a time means the whole of its day
 * (datatypes.html#Period), which R4's own expression cannot say.
 */
function checkPeriod(value: unknown, walk: Walk): void {
  if (!isObject(value)) return;
  const { start, end } = value;
  if (typeof start !== 'string' || typeof end !== 'string' || startsBeforeEnd(start, end)) return;
  fail(walk, 'fhir-invariant', 'per-1: If present, start SHALL have a lower value than end');
}

const sample = /^(?:[EUL]|[+-]?(?:\d{1,40}(?:\.\d{1,40})?|\.\d{1,40})(?:[eE][+-]?\d{1,4})?)$/;

/** Numbers, or E, U, L, with one space between them (datatypes.html#SampledData). */
function checkSamples(value: unknown, walk: Walk): void {
  const data = isObject(value) ? value.data : undefined;
  if (typeof data !== 'string' || data.trim() === '') return;
  if (data.split(' ').every((one) => sample.test(one))) return;
  fail(walk, 'fhir-value-invalid', 'expected numbers, E, U or L with one space between', 'data');
}

/** ext-1: extensions inside or a value, not both and not neither. */
function checkExtensionContent(value: unknown, walk: Walk): void {
  if (!isObject(value)) return;
  let hasValue = false;
  for (const key in value) if (key.startsWith('value') || key.startsWith('_value')) hasValue = true;
  if (hasValue === 'extension' in value)
    fail(walk, 'fhir-invariant', 'ext-1: Must have either extensions or value[x], not both');
}
