import { type Elements, hiddenName } from './elements.ts';
import { takeBack } from './origins.ts';

/** Element to what its items must have in them to be taken out. */
export type Patterns = Readonly<Record<string, readonly unknown[]>>;

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null;

/**
 * A newer value of an element joined to the one that is there, both as JSON. Of two lists the newer
 * one comes first, and then what it does not name again: an identifier is known by its system and
 * value, anything else by all of it. Of two objects the newer members win.
 */
export function joinTexts(before: string, newer: string): string {
  const [left, right] = [JSON.parse(before) as unknown, JSON.parse(newer) as unknown];
  if (Array.isArray(left) && Array.isArray(right)) {
    const named = new Set(right.map(nameOf));
    const kept = left.filter((item) => !named.has(nameOf(item)));
    return kept.length === 0 ? newer : JSON.stringify([...right, ...kept]);
  }
  const isPair = isObject(left) && isObject(right) && !Array.isArray(left) && !Array.isArray(right);
  return isPair ? JSON.stringify({ ...left, ...right }) : newer;
}

function nameOf(item: unknown): string {
  if (!isObject(item) || typeof item.value !== 'string') return JSON.stringify(item);
  return `${typeof item.system === 'string' ? item.system : ''}|${item.value}`;
}

/**
 * Takes out the items of a list, or the one value of another element, that one of the patterns
 * describes; says whether any went.
 */
export function takeOut(elements: Elements, name: string, patterns: readonly unknown[]): boolean {
  const text = elements.get(name);
  if (text === undefined) return false;
  const items = JSON.parse(text) as unknown;
  if (!Array.isArray(items)) {
    if (!patterns.some((pattern) => describes(pattern, items))) return false;
    elements.delete(name);
    return true;
  }
  const kept = items.filter((item) => !patterns.some((pattern) => describes(pattern, item)));
  if (kept.length === items.length) return false;
  elements.delete(hiddenName(name));
  if (kept.length === 0) elements.delete(name);
  else elements.set(name, JSON.stringify(kept));
  return true;
}

/** Has the value all that the pattern has? An identifier has its system and value, or none. */
function describes(pattern: unknown, value: unknown): boolean {
  if (isObject(pattern) && typeof pattern.value === 'string' && pattern.system === undefined)
    return isObject(value) && nameOf(value) === nameOf(pattern) && hasAll(pattern, value);
  return hasAll(pattern, value);
}

function hasAll(pattern: unknown, value: unknown): boolean {
  if (!isObject(pattern)) return pattern === value;
  if (!isObject(value)) return false;
  if (Array.isArray(pattern))
    return pattern.every((inner) => Object.values(value).some((item) => hasAll(inner, item)));
  return Object.entries(pattern).every(([key, inner]) => hasAll(inner, value[key]));
}

/**
 * Removes an element, the member of one that `period.end` names, or what one field gave to it
 * (`telecom:PID-14`); says whether it was there.
 */
export function dropMember(elements: Elements, path: string): boolean {
  const [list = '', origin] = path.split(':');
  if (origin !== undefined) return takeBack(elements, list, origin);
  const [name = '', ...members] = path.split('.');
  if (members.length === 0) {
    elements.delete(hiddenName(name));
    return elements.delete(name);
  }
  const text = elements.get(name);
  if (text === undefined) return false;
  const before = JSON.parse(text) as unknown;
  const after = dropped(before, members);
  if (after === before) return false;
  if (after === undefined) elements.delete(name);
  else elements.set(name, JSON.stringify(after));
  return true;
}

/** Without the member at the path; undefined when nothing is left, itself when it was not there. */
function dropped(value: unknown, [name = '', ...deeper]: readonly string[]): unknown {
  if (!isObject(value) || Array.isArray(value) || value[name] === undefined) return value;
  const { [name]: member, ...rest } = value;
  const left = deeper.length === 0 ? undefined : dropped(member, deeper);
  if (left === member) return value;
  if (left !== undefined) return { ...value, [name]: left };
  return Object.keys(rest).length === 0 ? undefined : rest;
}
