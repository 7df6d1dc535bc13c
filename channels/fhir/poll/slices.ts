/** Where a value stands in the bytes of a JSON text, from its first byte to behind its last. */
export type Slice = { readonly from: number; readonly to: number };

const [quote, backslash, comma, colon] = [0x22, 0x5c, 0x2c, 0x3a];
const opening: ReadonlySet<number | undefined> = new Set([0x7b, 0x5b]);
const closing: ReadonlySet<number | undefined> = new Set([0x7d, 0x5d]);
const blank: ReadonlySet<number | undefined> = new Set([0x20, 0x09, 0x0a, 0x0d]);

/**
 * The members of the object that begins at `from`, as they are written: a decimal keeps its zeros
 * and a resource its bytes. Of a name that occurs twice the last counts, as for JSON.parse. The
 * text MUST be JSON that was parsed before; what is no object has no members.
 */
export function membersOf(json: Buffer, from: number): Map<string, Slice> {
  const members = new Map<string, Slice>();
  if (json[from] !== 0x7b) return members;
  let at = skipBlank(json, from + 1);
  while (json[at] === quote) {
    const nameEnd = stringEnd(json, at);
    const name = JSON.parse(json.toString('utf8', at, nameEnd)) as string;
    const colonAt = skipBlank(json, nameEnd);
    const valueAt = skipBlank(json, json[colonAt] === colon ? colonAt + 1 : colonAt);
    const to = valueEnd(json, valueAt);
    members.set(name, { from: valueAt, to });
    at = skipBlank(json, to);
    if (json[at] === comma) at = skipBlank(json, at + 1);
  }
  return members;
}

/** The items of the array that begins at `from`; none where something else begins. */
export function itemsOf(json: Buffer, from: number): Slice[] {
  const items: Slice[] = [];
  if (json[from] !== 0x5b) return items;
  let at = skipBlank(json, from + 1);
  while (at < json.length && !closing.has(json[at])) {
    const to = valueEnd(json, at);
    items.push({ from: at, to });
    at = skipBlank(json, to);
    if (json[at] === comma) at = skipBlank(json, at + 1);
  }
  return items;
}

function skipBlank(json: Buffer, from: number): number {
  let at = from;
  while (blank.has(json[at])) at += 1;
  return at;
}

function stringEnd(json: Buffer, from: number): number {
  let at = from + 1;
  while (at < json.length && json[at] !== quote) at += json[at] === backslash ? 2 : 1;
  return at + 1;
}

function valueEnd(json: Buffer, from: number): number {
  if (json[from] === quote) return stringEnd(json, from);
  let at = from;
  if (!opening.has(json[from])) {
    const isEnd = (byte: number | undefined) =>
      byte === comma || closing.has(byte) || blank.has(byte);
    while (at < json.length && !isEnd(json[at])) at += 1;
    return at;
  }
  let depth = 0;
  while (at < json.length) {
    const byte = json[at];
    if (byte === quote) {
      at = stringEnd(json, at);
      continue;
    }
    at += 1;
    if (opening.has(byte)) depth += 1;
    if (closing.has(byte)) depth -= 1;
    if (depth === 0) return at;
  }
  return at;
}
