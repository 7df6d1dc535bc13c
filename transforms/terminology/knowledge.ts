/**
 * What the operations of terminology ask of whoever stores it. Everything is synchronous, and a
 * code system may hold a million concepts: a reader answers by key or hands out one at a time, and
 * nothing here returns a whole code system.
 */

/** A FHIR resource, or a part of one, as JSON. */
export type Json = Readonly<Record<string, unknown>>;

export const resourceTypes = ['CodeSystem', 'ValueSet', 'ConceptMap'] as const;
export type ResourceType = (typeof resourceTypes)[number];

/** One release: its canonical url, and its version, '' where it says none. */
export type Release = { readonly url: string; readonly version: string };

/** Finds releases. Two releases never share type, url and version. */
export type Knowledge = {
  /**
   * The versions of an url, the newest first (`newestFirst`); none when the url is unknown. Drafts
   * of the store are not among them: nobody gets one who did not ask for that very version.
   */
  versions(type: ResourceType, url: string): readonly string[];
  codeSystem(url: string, version: string): CodeSystem | undefined;
  valueSet(url: string, version: string): ValueSet | undefined;
  conceptMap(url: string, version: string): ConceptMap | undefined;
  /** Supplements of a code system's url, of any version of it (`CodeSystem.supplements`). */
  supplements(url: string): readonly Release[];
  /** The url of a value set that means all of a code system (`CodeSystem.valueSet`). */
  systemOfValueSet(valueSetUrl: string): Release | undefined;
  /** Concept maps that have a group from this system, or to it. */
  mapsFrom(system: string): readonly Release[];
  mapsTo(system: string): readonly Release[];
  /** By the id of the FHIR resource; a draft where nothing else has it. */
  byId(type: ResourceType, id: string): Release | undefined;
  /** One page of the releases that fit, in a stable order; for the search of the FHIR API. */
  search(type: ResourceType, wanted: Wanted): Found;
};

/** A search of the FHIR API: all that is given must hold. */
export type Wanted = {
  readonly id?: string;
  readonly url?: string;
  readonly version?: string;
  readonly status?: string;
  /** Starts with, ignoring case. */
  readonly name?: string;
  readonly title?: string;
  /** CodeSystem.url that the concept map's groups name, or that the value set draws on. */
  readonly system?: string;
  readonly offset: number;
  readonly count: number;
};

export type Found = { readonly total: number; readonly page: readonly Release[] };

/** A value of a concept property, as FHIR writes it: `{code, valueCode}` or the like. */
export type Property = { readonly code: string; readonly [value: string]: unknown };

export type Designation = {
  readonly language?: string;
  readonly use?: Json;
  readonly additionalUse?: readonly Json[];
  readonly value: string;
  readonly extension?: readonly Json[];
};

export type Concept = {
  /** As the code system writes it, whatever the case of the question. */
  readonly code: string;
  readonly display?: string;
  readonly definition?: string;
  readonly designations: readonly Designation[];
  readonly properties: readonly Property[];
  readonly extension?: readonly Json[];
};

/** Which concepts of a code system: some that are named, or those that an index finds. */
export type Choice =
  | { readonly by: 'code'; readonly codes: readonly string[] }
  /** Everything below a code, itself first where `isSelf`. */
  | { readonly by: 'ancestor'; readonly code: string; readonly isSelf: boolean }
  | { readonly by: 'parent'; readonly code: string }
  | { readonly by: 'property'; readonly property: string; readonly value: string };

/** The concepts of a choice; codes that nobody knows are not among them. */
export type Chosen = {
  /** Undefined where they would have to be counted. */
  readonly count: number | undefined;
  /** As the code system writes them. */
  codes(): Iterable<string>;
  concepts(): Iterable<Concept>;
};

/**
 * One release of a code system, or of a supplement (`content: supplement`). Hierarchy is one thing
 * here, whether the resource nested its concepts or named parents by property.
 */
export type CodeSystem = Release & {
  /** The resource without `concept`. */
  readonly resource: Json;
  /** By its code; ignoring case where the code system does (`caseSensitive` is not true). */
  concept(code: string): Concept | undefined;
  /** How many concepts; undefined when they cannot be listed (a grammar, as UCUM is). */
  readonly count: number | undefined;
  /** All concepts in the order of definition, parents first. Throws when `count` is undefined. */
  concepts(): Iterable<Concept>;
  /** Concepts without a parent, in order. */
  roots(): Iterable<string>;
  /** Direct children, in order. */
  children(code: string): Iterable<string>;
  parents(code: string): Iterable<string>;
  /** Everything below a code, itself excluded, each once. */
  descendants(code: string): Iterable<string>;
  /** Whether `descendant` stands below `ancestor`; false for a code and itself. */
  subsumes(ancestor: string, descendant: string): boolean;
  /** Codes whose property has this value, written as text; an index answers where there is one. */
  withProperty(property: string, value: string): Iterable<string>;
  /** Many concepts at once, where the reader has a faster way than one by one (`chosenOf`). */
  choose?(choice: Choice): Chosen;
  /** Codes whose code, display or designation may contain the text; may give too many. */
  mentioning(text: string): Iterable<string>;
};

export type ValueSet = Release & {
  /** The whole definition, and its expansion where the release came with one. */
  readonly resource: Json;
  /**
   * The version that it meant, when it was published, by a name without one; undefined where
   * nobody can say. Without it the newest is meant, whenever it is asked.
   */
  readonly asPublished?: (type: 'CodeSystem' | 'ValueSet', url: string) => string | undefined;
};

/** One row of a concept map; the relationship is as in R5. */
export type Mapping = {
  readonly source: { readonly system: string; readonly version?: string };
  readonly target: { readonly system: string; readonly version?: string };
  readonly code: string;
  readonly sourceDisplay?: string;
  /** Undefined: the map declares that there is no target. */
  readonly targetCode?: string;
  readonly targetDisplay?: string;
  readonly relationship: Relationship;
  /** The R4 word, where the map was written in R4. */
  readonly equivalence?: string;
  readonly comment?: string;
  /** The source stands there without a target, and nobody said that there is none. */
  readonly isOpen?: true;
  /** As FHIR writes them (R4 or R5), where the row has any. */
  readonly dependsOn?: readonly Json[];
  readonly product?: readonly Json[];
};

export const mapRelationships = [
  'related-to',
  'equivalent',
  'source-is-narrower-than-target',
  'source-is-broader-than-target',
  'not-related-to',
] as const;
export type Relationship = (typeof mapRelationships)[number];

export type ConceptMap = Release & {
  /** The resource, its groups without `element`; `group.unmapped` is there. */
  readonly resource: Json;
  /** Rows of a source code; the order is the map's. */
  from(system: string, code: string): readonly Mapping[];
  /** Rows that lead to a target code. */
  to(system: string, code: string): readonly Mapping[];
  /** All rows, for export and diff. */
  rows(): Iterable<Mapping>;
};

/** HL7 numbered its vocabularies by days before it gave them versions. */
const datePattern = /^\d{4}-\d{2}-\d{2}$/;

/**
 * Compares versions: numbers as numbers (1.10 is newer than 1.9), else as text; a day is older than
 * a number, and '' is oldest.
 */
export function compareVersions(left: string, right: string): number {
  const dates = Number(datePattern.test(right)) - Number(datePattern.test(left));
  if (dates !== 0 && left !== '' && right !== '') return dates;
  const ours = partsOf(left);
  const theirs = partsOf(right);
  for (let at = 0; at < Math.max(ours.length, theirs.length); at += 1) {
    const [a, b] = [ours[at], theirs[at]];
    if (a === undefined || b === undefined) return a === undefined ? -1 : 1;
    const order = isNumber(a) && isNumber(b) ? Number(a) - Number(b) : a < b ? -1 : a > b ? 1 : 0;
    if (order !== 0) return order;
  }
  return 0;
}

/** RxNorm writes a day as month, day, year. */
const partsOf = (version: string) => {
  const [, month, day, year] = /^(0[1-9]|1[0-2])([0-3]\d)(20\d\d)$/.exec(version) ?? [];
  if (year !== undefined) return [`${year}${month}${day}`];
  return version === '' ? [] : version.split(/[.\-+/]/);
};
const isNumber = (part: string) => /^\d+$/.test(part);

export const newestFirst = (versions: Iterable<string>): readonly string[] =>
  [...versions].sort((left, right) => compareVersions(right, left));

/** Several as one: what the first knows hides the same release of those after it. */
export function layered(...layers: readonly Knowledge[]): Knowledge {
  const first = <T>(ask: (layer: Knowledge) => T | undefined): T | undefined => {
    for (const layer of layers) {
      const found = ask(layer);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const union = (ask: (layer: Knowledge) => readonly Release[]): readonly Release[] => {
    const all = new Map<string, Release>();
    for (const layer of layers)
      for (const one of ask(layer)) {
        const key = `${one.url}|${one.version}`;
        if (!all.has(key)) all.set(key, one);
      }
    return [...all.values()];
  };
  return {
    versions: (type, url) =>
      newestFirst(new Set(layers.flatMap((layer) => layer.versions(type, url)))),
    codeSystem: (url, version) => first((layer) => layer.codeSystem(url, version)),
    valueSet: (url, version) => first((layer) => layer.valueSet(url, version)),
    conceptMap: (url, version) => first((layer) => layer.conceptMap(url, version)),
    supplements: (url) => union((layer) => layer.supplements(url)),
    systemOfValueSet: (url) => first((layer) => layer.systemOfValueSet(url)),
    mapsFrom: (system) => union((layer) => layer.mapsFrom(system)),
    mapsTo: (system) => union((layer) => layer.mapsTo(system)),
    byId: (type, id) => first((layer) => layer.byId(type, id)),
    search(type, wanted) {
      const { offset, count } = wanted;
      const upTo = { ...wanted, offset: 0, count: offset + count };
      const found = layers.map((layer) => layer.search(type, upTo));
      const total = found.reduce((sum, one) => sum + one.total, 0);
      return { total, page: found.flatMap(({ page }) => page).slice(offset, offset + count) };
    },
  };
}
