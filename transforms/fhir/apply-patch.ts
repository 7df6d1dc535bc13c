import { isTooDeep } from '../../engine/index.ts';
import { isRawNumber, parseFaithfully } from './json.ts';
import type { JsonPatch, PatchOperation, Pointer } from './patch.ts';

type Json = Record<string, unknown>;

/** What one patch may copy: a few copies of a whole into itself would double it past all memory. */
const copiedCharactersMax = 4 * 1024 * 1024;

/** The resource as it grows, and what may still be copied in it. */
type Root = { readonly resource: Json; copyable: number };

/**
 * The resource after the patch, in which the given one may live on; undefined when an operation
 * does not fit it, or the outcome would be deeper than any resource or copied together beyond 4 MB:
 * all or none (RFC 6902, section 5).
 */
export function applyPatch(resource: Json, patch: JsonPatch): Json | undefined {
  const root = { resource: structured(resource) as Json, copyable: copiedCharactersMax };
  for (const one of patch) if (!applied(root, one)) return undefined;
  return isTooDeep(root.resource) ? undefined : root.resource;
}

function applied(root: Root, operation: PatchOperation): boolean {
  switch (operation.op) {
    case 'add':
    case 'replace':
      return put(root.resource, operation.path, structured(operation.value), operation.op);
    case 'remove':
      return take(root.resource, operation.path) !== undefined;
    case 'test':
      return sameJson(find(root.resource, operation.path), operation.value);
    case 'copy': {
      const value = find(root.resource, operation.from);
      if (value === undefined) return false;
      const text = JSON.stringify(value);
      root.copyable -= text.length;
      return root.copyable >= 0 && put(root.resource, operation.path, parseFaithfully(text), 'add');
    }
    case 'move': {
      const { from, path } = operation;
      if (path.length > from.length && from.every((name, n) => name === path[n])) return false;
      const value = take(root.resource, from);
      return value !== undefined && put(root.resource, path, value, 'add');
    }
    default:
      throw new Error(`no way to apply ${operation satisfies never}`);
  }
}

type Holder = Json | unknown[];

function holderOf(root: Json, path: Pointer): Holder | undefined {
  const holder = path.length === 0 ? undefined : find(root, path.slice(0, -1));
  return typeof holder === 'object' && holder !== null && !isRawNumber(holder)
    ? (holder as Holder)
    : undefined;
}

function find(root: unknown, path: Pointer): unknown {
  let value: unknown = root;
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name))
      return undefined;
    if (Array.isArray(value) && !/^(?:0|[1-9]\d*)$/.test(name)) return undefined;
    value = (value as Json)[name];
  }
  return value;
}

function put(root: Json, path: Pointer, value: unknown, op: 'add' | 'replace'): boolean {
  const holder = holderOf(root, path);
  const name = path.at(-1)!;
  if (holder === undefined) return false;
  if (!Array.isArray(holder)) {
    if (op === 'replace' && !Object.hasOwn(holder, name)) return false;
    holder[name] = value;
    return true;
  }
  const index = name === '-' && op === 'add' ? holder.length : indexOf(name);
  if (index === undefined || index > holder.length - (op === 'add' ? 0 : 1)) return false;
  holder.splice(index, op === 'add' ? 0 : 1, value);
  return true;
}

/** Takes a value out; undefined when there was none. */
function take(root: Json, path: Pointer): unknown {
  const holder = holderOf(root, path);
  const name = path.at(-1)!;
  if (holder === undefined || !Object.hasOwn(holder, name)) return undefined;
  if (Array.isArray(holder)) {
    const index = indexOf(name);
    return index === undefined ? undefined : holder.splice(index, 1)[0];
  }
  const value = holder[name];
  delete holder[name];
  return value;
}

const indexOf = (name: string): number | undefined =>
  /^(?:0|[1-9]\d{0,6})$/.test(name) ? Number(name) : undefined;

const structured = (value: unknown): unknown => parseFaithfully(JSON.stringify(value));

/** Numbers are equal by what they say, `5.10` and `5.1` alike (RFC 6902, section 4.6). */
function sameJson(left: unknown, right: unknown): boolean {
  if (left === undefined) return false;
  if (isNumber(left) || isNumber(right))
    return isNumber(left) && isNumber(right) && Number(textOf(left)) === Number(textOf(right));
  if (typeof left !== 'object' || left === null || typeof right !== 'object' || right === null)
    return left === right;
  const names = Object.keys(left);
  return (
    Array.isArray(left) === Array.isArray(right) &&
    names.length === Object.keys(right).length &&
    names.every((name) => sameJson((left as Json)[name], (right as Json)[name]))
  );
}

const isNumber = (value: unknown): boolean => typeof value === 'number' || isRawNumber(value);
const textOf = (value: unknown): string => JSON.stringify(value);
