import type { Property } from '../knowledge.ts';

export type PropertyParts = {
  /** What follows `value` in the name of its element: `Code`, `String`, `Coding`.. */
  readonly type: string;
  /** The value as text; a Coding by its code. */
  readonly value: string;
  /** The whole property as JSON where text alone does not say it. */
  readonly detail: string | null;
};

const plainTypes: ReadonlySet<string> = new Set(['Code', 'String', 'DateTime', 'Uri']);

/** Takes a FHIR property apart (CodeSystem.concept.property). */
export function propertyParts(property: Property): PropertyParts {
  const { code: _, ...rest } = property;
  const keys = Object.keys(rest);
  const key = keys.find((each) => each.startsWith('value'));
  if (key === undefined) return { type: '', value: '', detail: JSON.stringify(property) };
  const value = rest[key];
  const type = key.slice('value'.length);
  const isPlain = keys.length === 1 && plainTypes.has(type) && typeof value === 'string';
  const isFlag = keys.length === 1 && type === 'Boolean' && typeof value === 'boolean';
  const detail = isPlain || isFlag ? null : JSON.stringify(property);
  return { type, value: textOf(value), detail };
}

function textOf(value: unknown): string {
  if (typeof value === 'object' && value !== null && 'code' in value) return String(value.code);
  return String(value);
}

/** Puts a property together again. */
export function propertyOf(code: string, parts: PropertyParts): Property {
  if (parts.detail !== null) return JSON.parse(parts.detail);
  const value = parts.type === 'Boolean' ? parts.value === 'true' : parts.value;
  return { code, [`value${parts.type}`]: value };
}

const retiredWords: ReadonlySet<string> = new Set(['retired', 'inactive', 'withdrawn']);

/**
 * Whether a concept is out of use by its properties
 * (https://hl7.org/fhir/R4/codesystem-concept-properties.html): `inactive`, or a `status` that says
 * so. A deprecated one still means something and counts as in use.
 */
export function isRetired(properties: readonly Property[]): boolean {
  return properties.some((property) => {
    if (property.code === 'inactive')
      return property.valueBoolean === true || property.valueString === 'true';
    if (property.code !== 'status') return false;
    const { value } = propertyParts(property);
    return retiredWords.has(value.toLowerCase());
  });
}
