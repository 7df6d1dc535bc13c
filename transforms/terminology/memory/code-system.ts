import type { CodeSystem, Concept, Designation, Json, Property } from '../knowledge.ts';

type Node = {
  readonly concept: Concept;
  readonly children: string[];
  readonly parents: string[];
};

/** A code system from its JSON, held in memory: for overlays, parameters and small local ones. */
export function memoryCodeSystem(json: Json): CodeSystem {
  const { concept: nested, ...resource } = json;
  const isCaseSensitive = resource.caseSensitive === true;
  const keyOf = (code: string) => (isCaseSensitive ? code : code.toLowerCase());
  const nodes = new Map<string, Node>();
  readConcepts(nested, undefined, nodes, keyOf);
  linkByProperty(resource, nodes, keyOf);
  const node = (code: string) => nodes.get(keyOf(code));
  const isAbove = (ancestor: string, descendant: string): boolean => {
    const wanted = node(ancestor)?.concept.code;
    for (const each of climb(descendant, (code) => node(code)?.parents ?? []))
      if (each === wanted) return true;
    return false;
  };
  return {
    url: textOf(json.url) ?? '',
    version: textOf(json.version) ?? '',
    resource,
    count: nodes.size,
    concept: (code) => node(code)?.concept,
    *concepts() {
      for (const { concept } of nodes.values()) yield concept;
    },
    *roots() {
      for (const { concept, parents } of nodes.values())
        if (parents.length === 0) yield concept.code;
    },
    children: (code) => node(code)?.children ?? [],
    parents: (code) => node(code)?.parents ?? [],
    descendants: (code) => climb(code, (each) => node(each)?.children ?? []),
    subsumes: isAbove,
    *withProperty(property, value) {
      for (const { concept } of nodes.values())
        if (concept.properties.some((one) => one.code === property && propertyText(one) === value))
          yield concept.code;
    },
    *mentioning(text) {
      const wanted = text.toLowerCase();
      for (const { concept } of nodes.values())
        if (textsOf(concept).some((one) => one.toLowerCase().includes(wanted))) yield concept.code;
    },
  };
}

/** The value of a property as text, whatever its type; a Coding by its code. */
export function propertyText(property: Property): string {
  for (const [key, value] of Object.entries(property)) {
    if (!key.startsWith('value')) continue;
    if (typeof value === 'object' && value !== null && 'code' in value) return String(value.code);
    return String(value);
  }
  return '';
}

const textsOf = ({ code, display = '', designations }: Concept): readonly string[] => [
  code,
  display,
  ...designations.map(({ value }) => value),
];

/** Depth first, each code once, without the one that it starts from; a cycle ends. */
function* climb(start: string, next: (code: string) => readonly string[]): Iterable<string> {
  const seen = new Set([start]);
  const open = [...next(start)].reverse();
  for (let code = open.pop(); code !== undefined; code = open.pop()) {
    if (seen.has(code)) continue;
    seen.add(code);
    yield code;
    open.push(...[...next(code)].reverse());
  }
}

function readConcepts(
  list: unknown,
  parent: Node | undefined,
  nodes: Map<string, Node>,
  keyOf: (code: string) => string,
): void {
  if (!Array.isArray(list)) return;
  for (const json of list as readonly Json[]) {
    const concept = conceptOf(json);
    const known = nodes.get(keyOf(concept.code));
    const node = known ?? { concept, children: [], parents: [] };
    if (known === undefined) nodes.set(keyOf(concept.code), node);
    if (parent !== undefined) link(parent, node);
    readConcepts(json.concept, node, nodes, keyOf);
  }
}

function link(parent: Node, child: Node): void {
  const { code } = child.concept;
  if (parent.children.includes(code)) return;
  parent.children.push(code);
  child.parents.push(parent.concept.code);
}

function conceptOf(json: Json): Concept {
  const display = textOf(json.display);
  const definition = textOf(json.definition);
  const extension = json.extension as readonly Json[] | undefined;
  return {
    code: textOf(json.code) ?? '',
    ...(display === undefined ? {} : { display }),
    ...(definition === undefined ? {} : { definition }),
    designations: (json.designation as readonly Designation[] | undefined) ?? [],
    properties: (json.property as readonly Property[] | undefined) ?? [],
    ...(extension === undefined ? {} : { extension }),
  };
}

const parentUri = 'http://hl7.org/fhir/concept-properties#parent';
const childUri = 'http://hl7.org/fhir/concept-properties#child';

/** Parents and children named by property count as nesting does. */
function linkByProperty(
  resource: Json,
  nodes: ReadonlyMap<string, Node>,
  keyOf: (code: string) => string,
): void {
  const declared = (resource.property as readonly Json[] | undefined) ?? [];
  const named = (uri: string, word: string) =>
    new Set([word, ...declared.filter((one) => one.uri === uri).map((one) => String(one.code))]);
  const parent = named(parentUri, 'parent');
  const child = named(childUri, 'child');
  for (const node of nodes.values())
    for (const property of node.concept.properties) {
      const other = nodes.get(keyOf(propertyText(property)));
      if (other === undefined) continue;
      if (parent.has(property.code)) link(other, node);
      else if (child.has(property.code)) link(node, other);
    }
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined;
