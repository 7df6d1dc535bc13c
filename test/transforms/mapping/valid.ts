import { elementsOf } from '../../../transforms/mapping/elements/elements.ts';
import { choiceNames } from '../../../transforms/mapping/elements/target.ts';

type Json = Record<string, unknown>;

/**
 * What is wrong with a bundle: a required element that is missing, an empty value, a code with a
 * blank at its end, or a reference to nothing in it.
 */
export function problemsOf(bundle: fhir4.Bundle | undefined): string[] {
  const problems: string[] = [];
  const resources = (bundle?.entry ?? []).map((entry) => entry.resource as unknown as Json);
  const known = new Set(resources.map(({ resourceType, id }) => `${resourceType}/${id}`));
  if (known.size !== resources.length) problems.push('two entries are one resource');
  for (const resource of resources) {
    checkRequired(resource, String(resource.resourceType), problems);
    checkValues(resource, String(resource.resourceType), known, problems);
  }
  return problems;
}

function checkRequired(value: Json, path: string, problems: string[]): void {
  const elements = elementsOf(path);
  if (!elements) return;
  for (const element of elements.values()) {
    const names = element.name.endsWith('[x]') ? choiceNames(element) : [element.name];
    const found = names.map((name) => value[name]).find((one) => one !== undefined);
    if (element.required && found === undefined)
      problems.push(`${path}.${element.name} is missing`);
    for (const item of Array.isArray(found) ? found : [found])
      if (item && typeof item === 'object')
        checkRequired(item as Json, `${path}.${element.name}`, problems);
    if (found !== undefined && Array.isArray(found) !== element.repeats)
      problems.push(`${path}.${element.name} has the wrong cardinality`);
  }
}

function checkValues(value: unknown, path: string, known: Set<string>, problems: string[]): void {
  if (value === null || value === undefined || value === '') problems.push(`${path} is empty`);
  if (typeof value === 'number' && !Number.isFinite(value)) problems.push(`${path} is no number`);
  if (typeof value !== 'object' || value === null) return;
  const entries = Object.entries(value);
  if (entries.length === 0) problems.push(`${path} is empty`);
  for (const [key, item] of entries) {
    if (key === 'reference' && !known.has(String(item))) problems.push(`${path} dangles: ${item}`);
    const isCode = key === 'code' || key === 'status';
    if (isCode && typeof item === 'string' && item !== item.trim()) problems.push(`${path}: blank`);
    checkValues(item, `${path}.${key}`, known, problems);
  }
}
