import { decimalFrom, textOf, trim } from './decimal.ts';
import { type Items, isJsonObject, isRawNumber, type PathNode } from './node.ts';
import { equalNodes } from './values.ts';

/**
 * A text that is the same for equal nodes and for no others; undefined where equality cannot be
 * told by a text: dates of different precision are neither, quantities have units.
 */
export function keyOf({ type, value }: PathNode): string | undefined {
  switch (typeof value) {
    case 'string':
      return type.system === 'String' ? `s${value}` : undefined;
    case 'boolean':
      return value ? 't' : 'f';
    case 'number':
      return Number.isInteger(value) && Math.abs(value) < 1e15 ? `n${value}` : numberKey(value);
    default:
      return isRawNumber(value) ? numberKey(value) : undefined;
  }
}

function numberKey(value: unknown): string | undefined {
  const decimal = decimalFrom(value);
  return decimal === undefined ? undefined : `n${textOf(trim(decimal))}`;
}

/** What nodes are in a list, by key where that can be and else one by one. */
type Lookup = { readonly has: (node: PathNode) => boolean; readonly add: (node: PathNode) => void };

export function lookup(items: Items = []): Lookup {
  const keys = new Set<string>();
  const others: PathNode[] = [];
  const add = (node: PathNode): void => {
    const key = keyOf(node);
    if (key === undefined) others.push(node);
    else keys.add(key);
  };
  const has = (node: PathNode): boolean => {
    const key = keyOf(node);
    if (key !== undefined) {
      if (keys.has(key)) return true;
      if (!isJsonObject(node.value) && others.length === 0) return false;
    }
    return others.some((other) => equalNodes(node, other) === true);
  };
  for (const node of items) add(node);
  return { has, add };
}

export function distinct(items: Items): Items {
  if (items.length < 2) return items;
  const seen = lookup();
  return items.filter((node) => {
    if (seen.has(node)) return false;
    seen.add(node);
    return true;
  });
}

export function isDistinct(items: Items): boolean {
  const seen = lookup();
  return items.every((node) => {
    if (seen.has(node)) return false;
    seen.add(node);
    return true;
  });
}

export const union = (a: Items, b: Items): Items =>
  b.length === 0 ? distinct(a) : distinct([...a, ...b]);

export function intersect(a: Items, b: Items): Items {
  const other = lookup(b);
  return distinct(a.filter(other.has));
}

export function exclude(a: Items, b: Items): Items {
  const other = lookup(b);
  return a.filter((node) => !other.has(node));
}

export function isSubset(a: Items, b: Items): boolean {
  const other = lookup(b);
  return a.every(other.has);
}

/** Lists are equal item by item, in order; undefined where one pair cannot be told. */
export function equalLists(a: Items, b: Items): boolean | undefined {
  if (a.length === 0 || b.length === 0) return undefined;
  if (a.length !== b.length) return false;
  let told = true;
  for (let index = 0; index < a.length; index += 1) {
    const equal = equalNodes(a[index]!, b[index]!);
    if (equal === false) return false;
    if (equal === undefined) told = false;
  }
  return told ? true : undefined;
}
