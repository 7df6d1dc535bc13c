import type { ElementDefinition } from '../../fhir/index.ts';
import { type Check, leaveUnchecked, report, type Walk } from '../plan/index.ts';
import type { ValueSets, Verdict } from '../terms/index.ts';
import { isObject } from '../values/index.ts';

/**
 * Types of elements that may be bound to a value set (https://hl7.org/fhir/R4/terminologies.html).
 */
const codeOf: Readonly<Record<string, (value: unknown) => readonly Coded[] | undefined>> = {
  code: ownCode,
  string: ownCode,
  uri: ownCode,
  Coding: coding,
  Quantity: coding,
  CodeableConcept: (value) => {
    const codings = isObject(value) ? value.coding : undefined;
    return Array.isArray(codings) ? codings.flatMap((one) => coding(one) ?? []) : [];
  },
};

type Coded = { readonly system: string | undefined; readonly code: string };

function ownCode(value: unknown): readonly Coded[] | undefined {
  return typeof value === 'string' ? [{ system: undefined, code: value }] : undefined;
}

function coding(value: unknown): readonly Coded[] | undefined {
  if (!isObject(value)) return undefined;
  const { system, code } = value;
  if (typeof code !== 'string') return [];
  // A Coding without a system means no code of any set.
  return [{ system: typeof system === 'string' ? system : '', code }];
}

/** Required bindings as errors, extensible ones as warnings; the others advise only. */
export function bindingRule(
  { binding }: ElementDefinition,
  type: string,
  valueSets: ValueSets,
): Check[] {
  const url = binding?.valueSet;
  const codes = codeOf[type];
  const isRequired = binding?.strength === 'required';
  if (url === undefined || codes === undefined) return [];
  if (!isRequired && binding?.strength !== 'extensible') return [];
  return [
    (value, walk) => {
      const coded = codes(value);
      if (coded === undefined) return;
      if (coded.length === 0) {
        // A text alone will do where the set may be left; a Quantity may have no unit.
        if (isRequired && type !== 'Quantity') wrong(walk, url, true, 'there must be a code');
        return;
      }
      const verdict = oneOf(coded, url, valueSets);
      if (verdict === 'unknown')
        leaveUnchecked(walk, `whether the code is in ${url} cannot be said here`);
      if (verdict === 'no') wrong(walk, url, isRequired, 'this is no code');
    },
  ];
}

/** Is a value (a code, a Coding, a CodeableConcept) in a value set? */
export function bindingVerdict(value: unknown, url: string, valueSets: ValueSets): Verdict {
  const read = typeof value === 'string' ? ownCode : codeOf.CodeableConcept!;
  const coded = read(value) ?? [];
  const alone = coded.length === 0 ? (coding(value) ?? []) : coded;
  return oneOf(alone, url, valueSets);
}

function oneOf(coded: readonly Coded[], url: string, valueSets: ValueSets): Verdict {
  let verdict: Verdict = 'no';
  for (const { system, code } of coded) {
    const one = valueSets.has(url, system, code);
    if (one === 'yes') return one;
    if (one === 'unknown') verdict = one;
  }
  return verdict;
}

function wrong(walk: Walk, url: string, isRequired: boolean, what: string): void {
  if (isRequired) report(walk, 'error', 'fhir-binding', `${what} of the value set ${url}`);
  else report(walk, 'warning', 'fhir-binding', `${what} of the value set ${url}; one may fit`);
}
