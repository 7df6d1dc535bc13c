import { type FhirPath, valuesAt } from './fhir-path.ts';

/** A resource, as JSON gives it. */
export type Resource = { readonly resourceType: string; readonly id?: string };

/** Facts of the message that is made: they have paths as resources have. */
export type Facts = Readonly<Record<string, string>>;

/** What segments find their resources in: all of them, or those of one group. */
export type Scope = {
  /** The one that a path such as `Patient.name` means; undefined when there is none. */
  one(type: string): unknown;
  /** Those that a segment of its own is made of, in their order. */
  all(type: string): readonly unknown[];
  /** The same with this resource for its type, and of the others those that it refers to. */
  within(resource: unknown): Scope;
};

/**
 * Of several patients it is the one that an encounter or a report is about, of several encounters
 * the one that they name; else the first.
 */
export function scopeOf(resources: readonly Resource[], facts: Facts): Scope {
  const named = new Set(resources.flatMap(referencesOf));
  const byType = Map.groupBy(resources, ({ resourceType }) => resourceType);
  const chosen = (type: string): unknown => {
    const list = byType.get(type) ?? [];
    return list.find((each) => named.has(nameOf(each))) ?? list[0];
  };
  const top: Scope = {
    one: (type) => (type === 'Message' ? facts : chosen(type)),
    all: (type) => (type === 'Message' ? [facts] : (byType.get(type) ?? [])),
    within: (resource) => groupOf(top, resource as Resource),
  };
  return top;
}

function groupOf(top: Scope, owner: Resource): Scope {
  const named = referencesOf(owner);
  const owned = (type: string): readonly unknown[] => {
    const list = top.all(type) as readonly Resource[];
    const mine = named.flatMap((name) => list.filter((each) => nameOf(each) === name));
    return mine.length > 0 ? mine : [];
  };
  const group: Scope = {
    one: (type) => (type === owner.resourceType ? owner : (owned(type)[0] ?? top.one(type))),
    all: (type) => (type === owner.resourceType ? [owner] : owned(type)),
    within: (resource) => groupOf(top, resource as Resource),
  };
  return group;
}

const nameOf = ({ resourceType, id }: Resource): string => `${resourceType}/${id ?? ''}`;

/** `Type/id` of every literal reference, in the order of the resource. */
function referencesOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(referencesOf);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    name === 'reference' && typeof inner === 'string' ? [inner] : referencesOf(inner),
  );
}

/** What a segment stands for, once for each of its occurrences. */
export function instancesOf(each: FhirPath, scope: Scope): readonly unknown[] {
  if (each.steps.length === 0) return scope.all(each.type);
  return valuesAt(scope.one(each.type), each.steps).map(({ value }) => value);
}
