/**
 * A resource as the fold knows it: element name to its JSON text, in the order in which the
 * elements came. Texts and not values, so that "has it changed?" is a comparison and a version is
 * a join. As one text it is a JSON object in which `meta` comes first.
 */
export type Elements = Map<string, string>;

/**
 * The elements of a resource, or of a contribution's `set`, as one text. `resourceType`, `id` and
 * the version in `meta` are left out: the spine writes them itself. Throws for a name that no FHIR
 * element has.
 */
export function textOf(values: Readonly<Record<string, unknown>>): string {
  let plain = true;
  for (const name in values) {
    checkName(name);
    if (name === 'meta' || name === 'id' || name === 'resourceType') plain = false;
  }
  if (plain) return JSON.stringify(values);
  const { resourceType: _type, id: _id, meta, ...others } = values;
  const { versionId: _version, lastUpdated: _updated, ...rest } = (meta ?? {}) as Elementary;
  const text = JSON.stringify({ meta: rest, ...others });
  return text.startsWith(emptyMeta) ? `{${text.slice(emptyMeta.length).replace(/^,/, '')}` : text;
}

type Elementary = Readonly<Record<string, unknown>>;

const emptyMeta = '{"meta":{}';
const metaStart = '{"meta":{';

/** Takes apart what `textOf` or `joinElements` made; that is the only JSON that it understands. */
export function splitElements(text: string): Elements {
  const elements: Elements = new Map();
  for (let at = 1; at < text.length - 1; at += 1) {
    const nameEnd = text.indexOf('"', at + 1);
    const end = valueEnd(text, nameEnd + 2);
    elements.set(text.slice(at + 1, nameEnd), text.slice(nameEnd + 2, end));
    at = end;
  }
  return elements;
}

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;

/** Index of the comma or brace behind the value that begins here. */
function valueEnd(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote) at = stringEnd(text, at);
    else if (code === 0x7b || code === 0x5b) depth += 1;
    else if (code === 0x7d || code === 0x5d) depth -= 1;
    if (depth < 0 || (depth === 0 && code === comma)) return at;
  }
  throw new Error('elements that end in the middle');
}

/** Index of the quote that ends the string which begins here. */
function stringEnd(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let escapes = 0;
    while (text.charCodeAt(end - 1 - escapes) === backslash) escapes += 1;
    if (escapes % 2 === 0) return end;
  }
  throw new Error('a string that does not end');
}

/** The items of a list, each as its text. */
export function splitItems(list: string): string[] {
  const items: string[] = [];
  for (let at = 1; at < list.length - 1; at += 1) {
    const end = valueEnd(list, at);
    items.push(list.slice(at, end));
    at = end;
  }
  return items;
}

const tilde = 0x7e;

/** Name of what the spine keeps beside an element; no reader sees it, and it stands first. */
export const hiddenName = (name: string): string => `~${name}`;
export const isHidden = (name: string): boolean => name.charCodeAt(0) === tilde;

/** The elements as readers may see them. */
function shown(text: string): string {
  if (text.charCodeAt(2) !== tilde) return text;
  let start = 1;
  // What is hidden holds no quotes.
  while (text.charCodeAt(start + 1) === tilde) start = text.indexOf(',"', start) + 1;
  return `{${text.slice(start)}`;
}

/** The inverse of `splitElements`; joined at once, so that no part keeps an older text alive. */
export function joinElements(elements: Elements): string {
  const meta = elements.get('meta');
  const parts = meta === undefined ? [] : [`"meta":${meta}`];
  let hidden = '';
  for (const [name, value] of elements) {
    if (name === 'meta') continue;
    if (isHidden(name)) hidden += `"${name}":${value},`;
    else parts.push(`"${name}":${value}`);
  }
  return `{${hidden}${parts.join()}}`;
}

export type VersionHead = {
  readonly type: string;
  readonly id: string;
  readonly version: number;
  readonly changedMs: number;
};

/** One version of a resource as a line of JSON, from its elements as one text. */
export function render({ type, id, version, changedMs }: VersionHead, stored: string): string {
  const text = shown(stored);
  const head =
    `{"resourceType":"${type}","id":${JSON.stringify(id)},"meta":{` +
    `"versionId":"${version}","lastUpdated":"${isoOf(changedMs)}"`;
  if (text.startsWith(metaStart)) return `${head},${text.slice(metaStart.length)}`;
  return text === '{}' ? `${head}}}` : `${head}},${text.slice(1)}`;
}

/**
 * What a destination is told of a resource that ceased to be: its last version, and the mark by
 * which a reader of a file sees that all lines before it are void.
 */
export const renderDeleted = ({ type, id, version, changedMs }: VersionHead): string =>
  `{"resourceType":"${type}","id":${JSON.stringify(id)},"meta":{` +
  `"versionId":"${version}","lastUpdated":"${isoOf(changedMs)}",` +
  `"tag":[{"system":"urn:plexus:tag","code":"deleted"}]}}`;

let lastSecond = Number.NaN;
let lastIso = '';

/** Messages of one batch share their second, and a Date costs as much as a small resource. */
function isoOf(ms: number): string {
  const second = Math.floor(ms / 1000);
  if (second !== lastSecond) {
    lastIso = new Date(second * 1000).toISOString().slice(0, -4);
    lastSecond = second;
  }
  return `${lastIso}${`${ms - second * 1000}`.padStart(3, '0')}Z`;
}

const names = new Set<string>();

function checkName(name: string): void {
  if (names.has(name)) return;
  if (!/^_?[A-Za-z][A-Za-z0-9]*$/.test(name)) throw new Error('not the name of a FHIR element');
  // FHIR has some hundred names; a sender's inventions must not fill the memory.
  if (names.size > 2_000) names.clear();
  names.add(name);
}
