import { type Model, type PathType, type Slot, systemTypes, unknownType } from './model.ts';

/** A value with its type, as expressions take and give it. */
export type PathNode = {
  readonly type: PathType;
  /**
   * As JSON has it: an object, a string, a boolean, a number (or what JSON.rawJSON made, where a
   * decimal is kept as written). Undefined for a primitive that has only extensions.
   */
  readonly value: unknown;
  /** The sibling `_name` of a primitive: its id and extensions. */
  readonly extra: unknown;
};

export type Items = readonly PathNode[];

export const nothing: Items = [];

export const makeNode = (type: PathType, value: unknown, extra?: unknown): PathNode => ({
  type,
  value,
  extra,
});

const trueNode = makeNode(systemTypes.Boolean, true);
const falseNode = makeNode(systemTypes.Boolean, false);

export const booleanNode = (value: boolean): PathNode => (value ? trueNode : falseNode);
export const integerNode = (value: number): PathNode => makeNode(systemTypes.Integer, value);
export const stringNode = (value: string): PathNode => makeNode(systemTypes.String, value);

type Json = Readonly<Record<string, unknown>>;

export const isJsonObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A node of an element's value; what an element of type Resource holds says itself what it is. */
export function childNode(model: Model, type: PathType, value: unknown, extra: unknown): PathNode {
  if (type.isResource || type === unknownType) return inferredNode(model, type, value, extra);
  return { type, value, extra };
}

function inferredNode(model: Model, type: PathType, value: unknown, extra: unknown): PathNode {
  const known = inferType(model, value) ?? type;
  return { type: known, value, extra };
}

function inferType(model: Model, value: unknown): PathType | undefined {
  if (typeof value === 'boolean') return model.type('boolean');
  if (typeof value === 'string') return model.type('string');
  if (isNumber(value)) return model.type(Number.isInteger(value) ? 'integer' : 'decimal');
  const named = isJsonObject(value) ? value.resourceType : undefined;
  return typeof named === 'string' ? model.type(named) : undefined;
}

/** A number of JSON, also one that is kept as it was written. */
export const isNumber = (value: unknown): value is number =>
  typeof value === 'number' || isRawNumber(value);

const json = JSON as typeof JSON & { isRawJSON(value: unknown): boolean };

export const isRawNumber = (value: unknown): value is { readonly rawJSON: string } =>
  typeof value === 'object' && json.isRawJSON(value);

/** The node of a whole resource, typed by its `resourceType`. */
export function resourceNode(model: Model, value: unknown): PathNode {
  return inferredNode(model, unknownType, value, undefined);
}

/** Calls for each value of an element that an object of JSON has; true where a call ended it. */
export function eachOfSlot(
  model: Model,
  owner: Json,
  { key, companion, type }: Slot,
  visit: (node: PathNode) => boolean,
): boolean {
  const value = owner[key];
  const extra = companion === undefined ? undefined : owner[companion];
  if (!Array.isArray(value) && !Array.isArray(extra)) {
    if ((value ?? extra ?? undefined) === undefined) return false;
    return visit(childNode(model, type, value ?? undefined, extra ?? undefined));
  }
  const values = Array.isArray(value) ? value : [value];
  const extras = Array.isArray(extra) ? extra : [extra];
  const length = Math.max(Array.isArray(value) ? values.length : 0, extras.length);
  for (let index = 0; index < length; index += 1) {
    const [one, more] = [values[index] ?? undefined, extras[index] ?? undefined];
    if (one === undefined && more === undefined) continue;
    if (visit(childNode(model, type, one, more))) return true;
  }
  return false;
}

/** Where a node's elements stand: those of a primitive stand in its sibling. */
export function ownerOf({ type, value, extra }: PathNode): Json | undefined {
  const owner = type.system === undefined ? value : extra;
  return isJsonObject(owner) ? owner : undefined;
}
