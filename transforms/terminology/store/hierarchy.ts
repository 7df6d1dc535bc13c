import type { Json } from '../knowledge.ts';

const uris = {
  parent: new Set([
    'http://hl7.org/fhir/concept-properties#parent',
    'http://hl7.org/fhir/concept-properties#subsumedBy',
  ]),
  child: new Set(['http://hl7.org/fhir/concept-properties#child']),
} as const;

export type HierarchyProperties = {
  readonly parent: ReadonlySet<string>;
  readonly child: ReadonlySet<string>;
  readonly all: ReadonlySet<string>;
};

/**
 * Which properties of a code system name parents and children: those that it declares by HL7's
 * uri, and the words that everybody uses
 * (https://hl7.org/fhir/R4/codesystem-concept-properties.html).
 */
export function hierarchyProperties(resource: Json): HierarchyProperties {
  const declared = Array.isArray(resource.property) ? (resource.property as readonly Json[]) : [];
  const named = (known: ReadonlySet<string>) =>
    declared.filter(({ uri }) => known.has(String(uri))).map(({ code }) => String(code));
  const parent = new Set(['parent', 'subsumedBy', ...named(uris.parent)]);
  const child = new Set(['child', ...named(uris.child)]);
  return { parent, child, all: new Set([...parent, ...child]) };
}
