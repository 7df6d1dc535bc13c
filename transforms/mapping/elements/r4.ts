import { type Element, parseElements } from './elements.ts';
import packed from './r4-constraints.json' with { type: 'json' };

/** Codes by system. */
export type Codes = ReadonlyMap<string, ReadonlySet<string>>;

const { bound, sets, targets, types } = packed as {
  readonly bound: Readonly<Record<string, string>>;
  readonly sets: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly targets: Readonly<Record<string, string>>;
  readonly types: Readonly<Record<string, string>>;
};

/** Codes of the binding of required strength (FHIR R4) at a path such as `Patient.gender`. */
export function requiredCodes(path: string): Codes | undefined {
  const set = bound[path] === undefined ? undefined : sets[bound[path]];
  if (set === undefined) return undefined;
  return new Map(Object.entries(set).map(([system, of]) => [system, new Set(of.split(' '))]));
}

/** Resource types that the element at a path may refer to; undefined for any. */
export const referenceTargets = (path: string): readonly string[] | undefined =>
  targets[path]?.split(' ');

/** Members of a data type; undefined for a primitive one. */
export function membersOfType(type: string): ReadonlyMap<string, Element> | undefined {
  return types[type] === undefined ? undefined : parseElements(types[type]);
}
