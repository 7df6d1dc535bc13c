import type { Contribution } from '../../transforms/fhir/index.ts';

/**
 * A resource as the fold knows it: element name to its JSON text, in the order in which the
 * elements came. Texts and not values, so that "has it changed?" is a comparison and a version is
 * a join.
 */
export type Elements = Map<string, string>;

/** A contribution with its values as JSON text; what the fold works on. */
export type Said = {
  readonly set: Elements;
  readonly remove: readonly string[];
  readonly whole: boolean;
  /** For elements that have no value when it is this contribution's turn. */
  readonly initial: Elements;
};

/** A contribution and its place in the order of things. */
export type Placed = Said & {
  readonly message: number;
  readonly generation: number;
  readonly ordinal: number;
  /** A later generation of the message no longer speaks of this resource. */
  readonly retraction: boolean;
};

/** Elements that the spine writes itself. */
const ownElements = new Set(['resourceType', 'id']);

/**
 * The contribution as text. Throws for an element name that no FHIR element has, which is a bug.
 */
export function saidBy(contribution: Contribution): Said {
  return {
    set: toElements(contribution.set),
    remove: contribution.remove.filter((name) => contribution.set[name] === undefined),
    whole: contribution.whole === true,
    initial: contribution.initial === undefined ? nothing : toElements(contribution.initial),
  };
}

const nothing: Elements = new Map();

/** The elements of a resource, or of a contribution's `set`. */
export function toElements(values: Readonly<Record<string, unknown>>): Elements {
  const elements: Elements = new Map();
  for (const name in values) {
    if (ownElements.has(name)) continue;
    const text = JSON.stringify(name === 'meta' ? withoutVersion(values[name]) : values[name]);
    if (text === undefined || (name === 'meta' && text === '{}')) continue;
    prefixOf(name);
    elements.set(name, text);
  }
  return elements;
}

/** `meta.versionId` and `meta.lastUpdated` say which version this is: never a sender's business. */
function withoutVersion(meta: unknown): unknown {
  const { versionId: _version, lastUpdated: _updated, ...rest } = meta as Record<string, unknown>;
  return rest;
}

/** Applies what is newer to what is there; says whether that changed anything. */
export function apply(elements: Elements, said: Said): boolean {
  let changed = false;
  if (said.whole) {
    for (const name of elements.keys()) {
      if (said.set.has(name)) continue;
      elements.delete(name);
      changed = true;
    }
  }
  for (const name of said.remove) changed = elements.delete(name) || changed;
  for (const [name, text] of said.set) {
    if (elements.get(name) === text) continue;
    elements.set(name, text);
    changed = true;
  }
  for (const [name, text] of said.initial) {
    if (elements.has(name)) continue;
    elements.set(name, text);
    changed = true;
  }
  return changed;
}

/**
 * The resource from all that was ever said of it, in the order of the messages; of one message
 * only the latest generation counts. Undefined when nobody says anything of it any more.
 */
export function fold(contributions: readonly Placed[]): Elements | undefined {
  const latest = new Map<number, number>();
  for (const { message, generation } of contributions)
    latest.set(message, Math.max(generation, latest.get(message) ?? 0));
  const counting = contributions
    .filter((one) => one.generation === latest.get(one.message) && !one.retraction)
    .sort((left, right) => left.message - right.message || left.ordinal - right.ordinal);
  if (counting.length === 0) return undefined;
  const elements: Elements = new Map();
  for (const one of counting) apply(elements, one);
  return elements;
}

/** Do both hold the same texts? The order in which they came is no difference in FHIR. */
export function sameElements(left: Elements, right: Elements): boolean {
  if (left.size !== right.size) return false;
  for (const [name, text] of left) if (right.get(name) !== text) return false;
  return true;
}

export type VersionHead = {
  readonly type: string;
  readonly id: string;
  readonly version: number;
  readonly changedMs: number;
};

/** One version of a resource as a line of JSON. */
export function render(head: VersionHead, elements: Elements): string {
  let json =
    `{"resourceType":"${head.type}","id":${JSON.stringify(head.id)},"meta":{` +
    `"versionId":"${head.version}","lastUpdated":"${isoOf(head.changedMs)}"`;
  const meta = elements.get('meta');
  json += meta === undefined ? '}' : `,${meta.slice(1)}`;
  for (const [name, text] of elements) if (name !== 'meta') json += prefixOf(name) + text;
  return `${json}}`;
}

let lastMs = Number.NaN;
let lastIso = '';

/** Messages of one batch share their millisecond, and a Date costs as much as a small resource. */
function isoOf(ms: number): string {
  if (ms !== lastMs) {
    lastIso = new Date(ms).toISOString();
    lastMs = ms;
  }
  return lastIso;
}

const prefixes = new Map<string, string>();

function prefixOf(name: string): string {
  const known = prefixes.get(name);
  if (known !== undefined) return known;
  if (!/^_?[A-Za-z][A-Za-z0-9]*$/.test(name)) throw new Error('not the name of a FHIR element');
  // FHIR has some hundred names; a sender's inventions must not fill the memory.
  if (prefixes.size > 2_000) prefixes.clear();
  const prefix = `,"${name}":`;
  prefixes.set(name, prefix);
  return prefix;
}
