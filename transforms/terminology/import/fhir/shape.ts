import type { Json, ResourceType } from '../../knowledge.ts';

/** Tells what in a value is not what FHIR says of it, by its path; undefined when all is well. */
type Shape = (value: unknown, path: string) => string | undefined;

export const listOf = (value: unknown): readonly Json[] =>
  Array.isArray(value) ? (value as readonly Json[]) : [];

export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const text: Shape = (value, path) =>
  value === undefined || typeof value === 'string' ? undefined : `\`${path}\` is no text`;

const needed: Shape = (value, path) =>
  typeof value === 'string' ? undefined : `\`${path}\` is missing, or is no text`;

const object =
  (fields: () => Readonly<Record<string, Shape>>): Shape =>
  (value, path) => {
    if (value === undefined) return undefined;
    if (!isObject(value)) return `\`${path}\` is no object`;
    for (const [name, shape] of Object.entries(fields())) {
      const found = shape(value[name], path === '' ? name : `${path}.${name}`);
      if (found !== undefined) return found;
    }
    return undefined;
  };

const list =
  (of: Shape): Shape =>
  (value, path) => {
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) return `\`${path}\` is no list`;
    for (const one of value) {
      const found = one === undefined ? `\`${path}\` has a gap` : of(one, path);
      if (found !== undefined) return found;
    }
    return undefined;
  };

const any = object(() => ({}));
const property = object(() => ({ code: needed }));
const designation = object(() => ({ language: text, value: needed }));
const concept: Shape = object(() => ({
  ...{ code: text, display: text, definition: text, extension: list(any) },
  ...{ property: list(property), designation: list(designation), concept: list(concept) },
}));

const target = object(() => ({
  ...{ code: text, display: text, equivalence: text, relationship: text, comment: text },
  ...{ valueSet: text, dependsOn: list(any), product: list(any) },
}));
const element = object(() => ({ code: text, display: text, target: list(target) }));
const group = object(() => ({
  ...{ source: text, sourceVersion: text, target: text, targetVersion: text },
  ...{ element: list(element), unmapped: any },
}));

const listed = object(() => ({ code: text, display: text }));
const component = object(() => ({
  ...{ system: text, version: text, concept: list(listed), filter: list(any) },
  valueSet: list(text),
}));
const contains: Shape = object(() => ({
  ...{ system: text, version: text, code: text, display: text, contains: list(contains) },
}));
const compose = object(() => ({ include: list(component), exclude: list(component) }));

const shapes: Readonly<Record<ResourceType, Shape>> = {
  CodeSystem: object(() => ({ concept: list(concept), property: list(any), filter: list(any) })),
  ConceptMap: object(() => ({ group: list(group) })),
  ValueSet: object(() => ({ compose, expansion: object(() => ({ contains: list(contains) })) })),
};

/** What is wrong in the shape of a resource, or of one of its concepts or elements alone. */
export const misshapen = (json: Json, of: ResourceType | 'concept' | 'element') =>
  (of === 'concept' ? concept : of === 'element' ? element : shapes[of])(json, '');
