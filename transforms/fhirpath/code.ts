import { failed } from './faults.ts';
import { type Model, unknownType } from './model.ts';
import { booleanNode, type Items, nothing, type PathNode } from './node.ts';

/** What an expression asks of who evaluates it; everything is optional. */
export type Environment = {
  /** `%resource`: the resource that the focus stands in; the focus where it is one itself. */
  readonly resource?: PathNode;
  /** `%rootResource`: what contains `%resource`; that one itself where nothing does. */
  readonly rootResource?: PathNode;
  /** `%context`: what the expression was first applied to; the focus where it is not given. */
  readonly context?: PathNode;
  /** Other `%name`s: nodes, or values of JSON (a string, a number, a boolean, an object). */
  readonly variables?: Readonly<Record<string, unknown>>;
  /** The resource (JSON) that a reference names; undefined where there is none at hand. */
  readonly resolve?: (reference: string) => unknown;
  /** Undefined where nobody knows the value set. */
  readonly memberOf?: (coded: PathNode, valueSet: string) => boolean | undefined;
  /** Undefined where nobody knows the profile. */
  readonly conformsTo?: (node: PathNode, profile: string) => boolean | undefined;
  /** What `now()` and `today()` say; the clock's time where it is not given. */
  readonly now?: Date;
  /** Told what `trace(name)` sees. */
  readonly trace?: (name: string, nodes: Items) => void;
};

/** What one evaluation carries through the closures. */
export type Scope = {
  readonly env: Environment;
  readonly model: Model;
  readonly context: PathNode;
  index: number;
  total: Items;
  /** The instant of `now()`, the same throughout an evaluation. */
  now: Date | undefined;
};

type Run<T> = (focus: PathNode, scope: Scope) => T;

/** Stands for "more than one", where a caller wants one node and no list is made. */
export const many: unique symbol = Symbol('many');

/**
 * A compiled expression: one closure for each way in which what surrounds it may ask, so that
 * `name.exists()` makes no list and `a = b` none for single values.
 */
export type Code = {
  readonly list: Run<Items>;
  /** The only node, none, or `many`. */
  readonly pick: Run<PathNode | undefined | typeof many>;
  /** As a boolean (N1, section 4.5: a single value that is no boolean counts as true). */
  readonly truth: Run<boolean | undefined>;
  readonly exists: Run<boolean>;
  readonly count: Run<number>;
  /** What it gives whatever the focus is. */
  readonly constant?: Items;
};

export function truthOf(node: PathNode | undefined | typeof many): boolean | undefined {
  if (node === undefined) return undefined;
  if (node === many) throw failed('A condition met several values where it needs a single one.');
  const { value } = node;
  if (typeof value === 'boolean') return value;
  return node.type.system === 'Boolean' ? undefined : true;
}

const pickOf = (items: Items): PathNode | undefined | typeof many =>
  items.length > 1 ? many : items[0];

export function fromList(list: Run<Items>): Code {
  return {
    list,
    pick: (focus, scope) => pickOf(list(focus, scope)),
    truth: (focus, scope) => truthOf(pickOf(list(focus, scope))),
    exists: (focus, scope) => list(focus, scope).length > 0,
    count: (focus, scope) => list(focus, scope).length,
  };
}

/** Of what gives one node or none. */
export function fromOne(one: Run<PathNode | undefined>): Code {
  return {
    list: (focus, scope) => listOf(one(focus, scope)),
    pick: one,
    truth: (focus, scope) => truthOf(one(focus, scope)),
    exists: (focus, scope) => one(focus, scope) !== undefined,
    count: (focus, scope) => (one(focus, scope) === undefined ? 0 : 1),
  };
}

const listOf = (node: PathNode | undefined): Items => (node === undefined ? nothing : [node]);

const trueItems: Items = [booleanNode(true)];
const falseItems: Items = [booleanNode(false)];

const nodeOf = (truth: boolean | undefined): PathNode | undefined =>
  truth === undefined ? undefined : booleanNode(truth);

/** Of what gives a boolean or nothing. */
export function fromTruth(truth: Run<boolean | undefined>): Code {
  return {
    list: (focus, scope) => {
      const value = truth(focus, scope);
      return value === undefined ? nothing : value ? trueItems : falseItems;
    },
    pick: (focus, scope) => nodeOf(truth(focus, scope)),
    truth,
    exists: (focus, scope) => truth(focus, scope) !== undefined,
    count: (focus, scope) => (truth(focus, scope) === undefined ? 0 : 1),
  };
}

export function constantCode(items: Items): Code {
  return { ...fromList(() => items), constant: items };
}

/** `$this`: what the expression is applied to. */
export const thisCode: Code = fromOne((focus) => (focus === noFocus ? undefined : focus));

/** The focus of what stands behind an empty collection. */
export const noFocus: PathNode = { type: unknownType, value: undefined, extra: undefined };

/** The single node that a function or an operator needs; `what` names it in the error. */
export function single(
  code: Code,
  what: string,
): (focus: PathNode, scope: Scope) => PathNode | undefined {
  const { pick } = code;
  return (focus, scope) => {
    const node = pick(focus, scope);
    if (node === many) throw failed(`${what} met several values where it needs a single one.`);
    return node;
  };
}
