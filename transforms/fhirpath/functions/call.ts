import { type Code, fromOne, type Scope, single } from '../code.ts';
import { failed, type Place } from '../faults.ts';
import type { Model } from '../model.ts';
import type { PathNode } from '../node.ts';
import type { Expr } from '../syntax.ts';

/** One call of a function in an expression, while it is compiled. */
export type Call = {
  readonly name: string;
  /** What the function is called on; `$this` where nothing stands before it. */
  readonly input: Code;
  readonly args: readonly Expr[];
  /** The compiled argument; undefined where it is not given. */
  readonly arg: (index: number) => Code | undefined;
  readonly compile: (expr: Expr) => Code;
  readonly model: Model;
  readonly at: Place;
  readonly call: Extract<Expr, { kind: 'call' }>;
};

export type FunctionSpec = {
  /** How many arguments it takes, at least and at most. */
  readonly takes: readonly [number, number];
  readonly compile: (call: Call) => Code;
};

export type Functions = Readonly<Record<string, FunctionSpec>>;

/** The argument at `index`, which the number of arguments has shown to be there. */
export function given(call: Call, index: number): Code {
  const code = call.arg(index);
  if (code === undefined) throw new Error(`${call.name} has no argument ${index + 1}`);
  return code;
}

type Texts = readonly (string | undefined)[];

/** A function of one text with texts as arguments; empty where one of them is. */
export function ofText(
  takes: readonly [number, number],
  compute: (text: string, args: Texts) => PathNode | undefined,
): FunctionSpec {
  return {
    takes,
    compile: (call) => {
      const text = textOf(call.input, call.name);
      const args = call.args.map((_, index) => textOf(given(call, index), call.name));
      return fromOne((focus, scope) => {
        const value = text(focus, scope);
        if (value === undefined) return undefined;
        const texts = args.map((arg) => arg(focus, scope));
        return texts.includes(undefined) ? undefined : compute(value, texts);
      });
    },
  };
}

/** The text that an expression gives; anything that is no text is an error. */
export function textOf(
  code: Code,
  name: string,
): (focus: PathNode, scope: Scope) => string | undefined {
  const one = single(code, name);
  return (focus, scope) => {
    const node = one(focus, scope);
    if (node?.value === undefined) return undefined;
    if (typeof node.value !== 'string')
      throw failed(`${name} needs a text and met a value of type ${node.type.name}.`);
    return node.value;
  };
}

/** The integer that an expression gives. */
export function integerOf(
  code: Code,
  name: string,
): (focus: PathNode, scope: Scope) => number | undefined {
  const one = single(code, name);
  return (focus, scope) => {
    const node = one(focus, scope);
    if (node?.value === undefined) return undefined;
    if (typeof node.value !== 'number' || node.type.system !== 'Integer')
      throw failed(`${name} needs an integer and met a value of type ${node.type.name}.`);
    return node.value;
  };
}

/** A function of one value. */
export const ofOne = (
  compute: (node: PathNode, scope: Scope) => PathNode | undefined,
): FunctionSpec => ({
  takes: [0, 0],
  compile: ({ input, name }) => {
    const one = single(input, name);
    return fromOne((focus, scope) => {
      const node = one(focus, scope);
      return node?.value === undefined ? undefined : compute(node, scope);
    });
  },
});
