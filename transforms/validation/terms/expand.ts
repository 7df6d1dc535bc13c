/**
 * A value set as a list of codes, as far as definitions at hand reach. Big code systems (SNOMED CT,
 * LOINC, UCUM) are not at hand: what a set holds of those stays open, and is the terminology
 * service's to say.
 */
export type Expansion = {
  readonly codes: ReadonlyMap<string, ReadonlySet<string>>;
  /** Code systems of which the set may hold more; `*` when it is not known which. */
  readonly open: ReadonlySet<string>;
};

type Concept = { readonly code: string; readonly concept?: readonly Concept[] };
export type CodeSystem = {
  readonly url?: string;
  readonly content?: string;
  readonly concept?: readonly Concept[];
};
type Filter = { readonly property: string; readonly op: string; readonly value: string };
type Include = {
  readonly system?: string;
  readonly concept?: readonly Concept[];
  readonly filter?: readonly Filter[];
  readonly valueSet?: readonly string[];
};
type Contained = {
  readonly system?: string;
  readonly code?: string;
  readonly abstract?: boolean;
  readonly contains?: readonly Contained[];
};
export type ValueSet = {
  readonly url?: string;
  readonly compose?: {
    readonly include: readonly Include[];
    readonly exclude?: readonly Include[];
  };
  readonly expansion?: { readonly contains?: readonly Contained[]; readonly total?: number };
};

/** What is at hand. */
export type Terms = {
  codeSystem(url: string): CodeSystem | undefined;
  valueSet(url: string): ValueSet | undefined;
};

type Codes = Map<string, Set<string>>;
type Growing = { readonly codes: Codes; readonly open: Set<string> };

/** Value sets that name each other in a circle end here. */
const nestingMax = 20;

export function expand(set: ValueSet, terms: Terms, nesting = 0): Expansion {
  const result: Growing = { codes: new Map(), open: new Set() };
  if (set.compose === undefined) {
    const { contains } = set.expansion ?? {};
    if (contains === undefined) result.open.add('*');
    for (const one of contains ?? []) addContained(one, result.codes);
    return result;
  }
  for (const include of set.compose.include) merge(result, expandPart(include, terms, nesting));
  for (const exclude of set.compose.exclude ?? [])
    subtract(result, expandPart(exclude, terms, nesting));
  return result;
}

function addContained({ system, code, abstract, contains }: Contained, codes: Codes): void {
  if (system !== undefined && code !== undefined && abstract !== true) add(codes, system, code);
  for (const inner of contains ?? []) addContained(inner, codes);
}

function add(codes: Codes, system: string, code: string): void {
  const known = codes.get(system);
  if (known === undefined) codes.set(system, new Set([code]));
  else known.add(code);
}

function merge(into: Growing, from: Expansion): void {
  for (const [system, codes] of from.codes) for (const code of codes) add(into.codes, system, code);
  for (const system of from.open) into.open.add(system);
}

/** A code that is excluded may be one of an open system; then the set stays open there. */
function subtract(from: Growing, what: Expansion): void {
  for (const [system, codes] of what.codes)
    for (const code of codes) from.codes.get(system)?.delete(code);
  for (const system of what.open) from.open.add(system);
}

/** Systems and value sets of one part narrow each other (ValueSet.compose.include). */
function expandPart(part: Include, terms: Terms, nesting: number): Expansion {
  const sides = (part.valueSet ?? []).map((url) => {
    const inner = terms.valueSet(url.split('|')[0]!);
    if (inner === undefined || nesting > nestingMax) return anything;
    return expand(inner, terms, nesting + 1);
  });
  if (part.system !== undefined) sides.push(expandSystem(part.system, part, terms));
  return sides.length === 0 ? anything : sides.reduce(intersect);
}

const anything: Expansion = { codes: new Map(), open: new Set(['*']) };

function intersect(a: Expansion, b: Expansion): Expansion {
  const result: Growing = { codes: new Map(), open: new Set() };
  const isOpen = (one: Expansion, system: string) => one.open.has(system) || one.open.has('*');
  for (const [one, other] of [
    [a, b],
    [b, a],
  ] as const)
    for (const [system, codes] of one.codes)
      for (const code of codes)
        if (other.codes.get(system)?.has(code)) add(result.codes, system, code);
        else if (isOpen(other, system)) result.open.add(system);
  for (const system of [...a.open, ...b.open])
    if (isOpen(a, system) && isOpen(b, system)) result.open.add(system);
  return result;
}

function expandSystem(system: string, part: Include, terms: Terms): Expansion {
  const codes: Codes = new Map();
  const open = new Set<string>();
  if (part.concept !== undefined) {
    for (const { code } of part.concept) add(codes, system, code);
    return { codes, open };
  }
  const known = terms.codeSystem(system);
  if (known?.content !== 'complete') return { codes, open: open.add(system) };
  let kept: ReadonlySet<string> = new Set(allCodes(known.concept));
  for (const filter of part.filter ?? []) {
    const of = filtered(known, filter);
    if (of === undefined) return { codes, open: open.add(system) };
    kept = new Set([...kept].filter((code) => of.has(code)));
  }
  for (const code of kept) add(codes, system, code);
  return { codes, open };
}

function allCodes(concepts: readonly Concept[] = []): string[] {
  return concepts.flatMap(({ code, concept }) => [code, ...allCodes(concept)]);
}

/** The filters on the hierarchy; undefined for those on properties. */
function filtered(system: CodeSystem, { property, op, value }: Filter): Set<string> | undefined {
  if (property !== 'concept' && property !== 'code') return undefined;
  const below = allCodes(find(system.concept, value)?.concept);
  if (op === 'is-a') return new Set([value, ...below]);
  if (op === 'descendent-of') return new Set(below);
  if (op === '=') return new Set([value]);
  if (op === 'in') return new Set(value.split(','));
  if (op !== 'is-not-a') return undefined;
  const without = new Set([value, ...below]);
  return new Set(allCodes(system.concept).filter((code) => !without.has(code)));
}

function find(concepts: readonly Concept[] = [], code: string): Concept | undefined {
  for (const one of concepts) {
    const found = one.code === code ? one : find(one.concept, code);
    if (found !== undefined) return found;
  }
  return undefined;
}
