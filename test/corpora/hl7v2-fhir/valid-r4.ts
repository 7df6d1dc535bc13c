// Is a resource valid base R4? Structure is judged by Medplum's validator; the codes of required
// bindings, which it does not look at, by the value sets of the definitions.
import {
  indexStructureDefinitionBundle,
  OperationOutcomeError,
  validateResource,
} from '@medplum/core';
import { codesOf, elementOf, structureBundles } from './r4-definitions.ts';

for (const bundle of structureBundles) indexStructureDefinitionBundle(bundle as never);

type Json = Record<string, unknown>;

/** What is wrong with a resource, a sentence each. */
export function problemsOfResource(resource: unknown): string[] {
  const { resourceType } = resource as Json;
  const problems = structureProblems(resource);
  checkCodes(resource as Json, String(resourceType), problems);
  return problems;
}

function structureProblems(resource: unknown): string[] {
  const problem = ({
    expression,
    details,
  }: {
    expression?: string[];
    details?: { text?: string };
  }) => `${expression?.join() ?? ''}: ${details?.text ?? 'invalid'}`;
  try {
    const issues = validateResource(resource as never);
    return issues.filter(({ severity }) => severity === 'error').map(problem);
  } catch (error) {
    if (!(error instanceof OperationOutcomeError)) throw error;
    return (error.outcome.issue ?? []).map(problem);
  }
}

/** Each `Type/id` that a bundle refers to and does not have, or has twice. */
export function danglingIn(bundle: fhir4.Bundle): string[] {
  const known = new Set<string>();
  const problems: string[] = [];
  for (const { resource } of bundle.entry ?? []) {
    const name = `${resource?.resourceType}/${resource?.id}`;
    if (known.has(name)) problems.push(`two entries are ${name}`);
    known.add(name);
  }
  eachReference(bundle, (reference) => {
    if (!known.has(reference)) problems.push(`nothing in the bundle is ${reference}`);
  });
  return problems;
}

function eachReference(value: unknown, found: (reference: string) => void): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value))
    if (key === 'reference' && typeof inner === 'string') found(inner);
    else eachReference(inner, found);
}

function checkCodes(value: Json, path: string, problems: string[]): void {
  for (const [key, inner] of Object.entries(value)) {
    const found = elementAt(path, key);
    if (!found) continue;
    for (const item of [inner].flat()) {
      checkBinding(item, found, problems);
      if (item && typeof item === 'object') checkCodes(item as Json, found.inside, problems);
    }
  }
}

type Found = { readonly path: string; readonly inside: string; readonly valueSet: string };

function elementAt(path: string, key: string): Found | undefined {
  const found = elementOf(path, key);
  if (!found) return undefined;
  const { binding } = found.element;
  const valueSet = binding?.strength === 'required' ? (binding.valueSet ?? '') : '';
  return { path: `${path}.${key}`, inside: found.inside, valueSet };
}

function checkBinding(item: unknown, { path, valueSet }: Found, problems: string[]): void {
  const codes = valueSet === '' ? undefined : codesOf(valueSet);
  if (!codes) return;
  if (typeof item === 'string') {
    if (![...codes].some((code) => code.endsWith(`|${item}`)))
      problems.push(`${path}: the code \`${item}\` is not of ${valueSet}`);
    return;
  }
  const concept = item as fhir4.CodeableConcept & fhir4.Coding;
  const codings = concept.coding ?? (concept.code === undefined ? [] : [concept]);
  if (codings.length === 0) return;
  if (!codings.some(({ system, code }) => codes.has(`${system}|${code}`)))
    problems.push(`${path}: no coding is of ${valueSet}`);
}
