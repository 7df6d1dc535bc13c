import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { invalid, type Place, refuse } from './faults.ts';

export type TypeName = { readonly namespace: string | undefined; readonly name: string };

export type LiteralType =
  | 'Boolean'
  | 'String'
  | 'Integer'
  | 'Decimal'
  | 'Date'
  | 'DateTime'
  | 'Time';

/** An expression of FHIRPath (N1, section 10: the grammar), free of the parser's own nodes. */
export type Expr =
  | { readonly kind: 'literal'; readonly of: LiteralType; readonly text: string }
  | { readonly kind: 'quantity'; readonly value: string; readonly unit: string }
  | { readonly kind: 'empty' }
  | { readonly kind: 'this' | 'index' | 'total' }
  | { readonly kind: 'constant'; readonly name: string; readonly at: Place }
  | {
      readonly kind: 'member';
      readonly input: Expr | undefined;
      readonly name: string;
      readonly at: Place;
    }
  | Call
  | { readonly kind: 'item'; readonly input: Expr; readonly index: Expr }
  | { readonly kind: 'negation'; readonly operand: Expr }
  | {
      readonly kind: 'binary';
      readonly operator: string;
      readonly left: Expr;
      readonly right: Expr;
      readonly at: Place;
    }
  | {
      readonly kind: 'type';
      readonly operator: 'is' | 'as';
      readonly operand: Expr;
      readonly type: TypeName;
      readonly at: Place;
    };

export type Call = {
  readonly kind: 'call';
  readonly input: Expr | undefined;
  readonly name: string;
  readonly args: readonly Expr[];
  /** Of `sort` alone: which of its keys run downwards. */
  readonly descending: readonly boolean[];
  readonly at: Place;
};

type Tree = {
  readonly type: string;
  readonly text?: string;
  readonly value?: string;
  readonly unit?: string;
  readonly delimitedText?: string;
  readonly direction?: string;
  readonly start?: Place;
  readonly children?: readonly Tree[];
};

let parser: ((expression: string) => Tree) | undefined;

/**
 * fhirpath.js's parser without the rest of it: its evaluator, model and units triple the time
 * that a first expression takes.
 */
function treeOf(expression: string): Tree {
  if (parser === undefined) {
    const require = createRequire(import.meta.url);
    const folder = dirname(require.resolve('fhirpath'));
    parser = (require(join(folder, 'parser', 'index.js')) as { parse(text: string): Tree }).parse;
  }
  return parser(expression);
}

/** Longer than any invariant of R4; what is longer costs the parser seconds. */
const charactersMax = 16_000;

/** Reads an expression; throws the fault that says where it is wrong. */
export function parse(expression: string): Expr {
  if (expression.length > charactersMax)
    throw invalid(`The expression is longer than ${charactersMax} characters.`);
  let tree: Tree;
  try {
    tree = treeOf(expression);
  } catch (error) {
    throw syntaxFault(error);
  }
  return read(only(only(tree)));
}

/** The parser's first finding; its later ones follow from it. */
function syntaxFault(error: unknown): Error {
  if (!(error instanceof Error) || !('errors' in error)) return error as Error;
  const [, line = '1', column = '0', said = ''] =
    /line: (\d+); column: (\d+); message: ([^\n]*)/.exec(error.message) ?? [];
  const at = { line: Number(line), column: Number(column) + 1 };
  const short = said.replace(/ expecting [\s\S]*/, '');
  return invalid(`The expression cannot be read at ${at.line}:${at.column}: ${short}.`, at);
}

const start: Place = { line: 1, column: 1 };

function only(tree: Tree): Tree {
  const child = tree.children?.[0];
  if (child === undefined) throw refuse(tree.type);
  return child;
}

const binary = new Set(
  'Multiplicative Additive Union Inequality Equality Membership And Or Implies'
    .split(' ')
    .map((name) => `${name}Expression`),
);

function read(tree: Tree): Expr {
  const at = tree.start ?? start;
  if (binary.has(tree.type)) {
    const [left, right] = tree.children ?? [];
    if (left === undefined || right === undefined) throw refuse(tree.type);
    return { kind: 'binary', operator: tree.text ?? '', left: read(left), right: read(right), at };
  }
  switch (tree.type) {
    case 'TermExpression':
    case 'ParenthesizedTerm':
      return read(only(tree));
    case 'InvocationTerm':
      return readInvocation(only(tree), undefined);
    case 'InvocationExpression':
      return readInvocation(tree.children?.[1] ?? tree, read(only(tree)));
    case 'LiteralTerm':
      return readLiteral(only(tree));
    case 'ExternalConstantTerm': {
      const name = tree.delimitedText ?? tree.text ?? '';
      return { kind: 'constant', name: unquote(name), at };
    }
    case 'IndexerExpression': {
      const [input, index] = tree.children ?? [];
      if (input === undefined || index === undefined) throw refuse(tree.type);
      return { kind: 'item', input: read(input), index: read(index) };
    }
    case 'PolarityExpression':
      return tree.text === '-' ? { kind: 'negation', operand: read(only(tree)) } : read(only(tree));
    case 'TypeExpression': {
      const type = readTypeSpecifier(tree.children?.[1] ?? tree);
      const operator = tree.text === 'is' ? 'is' : 'as';
      return { kind: 'type', operator, operand: read(only(tree)), type, at };
    }
    default:
      throw refuse(tree.type);
  }
}

const variables = new Set(['ThisInvocation', 'IndexInvocation', 'TotalInvocation']);

function readInvocation(tree: Tree, input: Expr | undefined): Expr {
  const at = tree.start ?? start;
  if (input !== undefined && variables.has(tree.type)) throw refuse(tree.type);
  switch (tree.type) {
    case 'MemberInvocation':
      return { kind: 'member', input, name: unquote(tree.text ?? ''), at };
    case 'ThisInvocation':
      return { kind: 'this' };
    case 'IndexInvocation':
      return { kind: 'index' };
    case 'TotalInvocation':
      return { kind: 'total' };
    case 'FunctionInvocation':
      return readCall(only(tree), unquote(tree.text ?? ''), input, at);
    default:
      throw refuse(tree.type);
  }
}

function readCall(tree: Tree, name: string, input: Expr | undefined, at: Place): Call {
  const children = tree.children ?? [];
  const sorted = children.filter(({ type }) => type === 'SortDirectionArgument');
  if (sorted.length === 0) {
    const list = children.find(({ type }) => type === 'ParamList')?.children ?? [];
    return { kind: 'call', input, name, args: list.map(read), descending: [], at };
  }
  const args = sorted.map((one) => read(only(one)));
  const descending = sorted.map(({ direction }) => direction === 'desc');
  return { kind: 'call', input, name, args, descending, at };
}

function readLiteral(tree: Tree): Expr {
  const text = tree.text ?? '';
  switch (tree.type) {
    case 'NullLiteral':
      return { kind: 'empty' };
    case 'BooleanLiteral':
      return { kind: 'literal', of: 'Boolean', text };
    case 'StringLiteral':
      return { kind: 'literal', of: 'String', text: readEscapes(text.slice(1, -1)) };
    case 'NumberLiteral':
      return { kind: 'literal', of: text.includes('.') ? 'Decimal' : 'Integer', text };
    case 'DateLiteral':
      return { kind: 'literal', of: 'Date', text: text.slice(1) };
    case 'DateTimeLiteral':
      return { kind: 'literal', of: 'DateTime', text: text.slice(1) };
    case 'TimeLiteral':
      return { kind: 'literal', of: 'Time', text: text.slice(2) };
    case 'QuantityLiteral':
      return readQuantity(tree.value ?? '', tree.unit ?? '');
    default:
      throw refuse(tree.type);
  }
}

/** A calendar unit keeps its word, a unit of UCUM its quotes: `week` is not `'wk'`. */
const readQuantity = (value: string, unit: string): Expr => ({
  kind: 'quantity',
  value,
  unit: unit.startsWith("'") ? `'${readEscapes(unit.slice(1, -1))}'` : unit,
});

function readTypeSpecifier(tree: Tree): TypeName {
  const names = (tree.text ?? '').match(/`[^`]*`|[^.`]+/g)?.map(unquote) ?? [];
  return { namespace: names.length > 1 ? names[0] : undefined, name: names.at(-1) ?? '' };
}

/** The type that an argument of `is`, `as` and `ofType` names: it is written like a path. */
export function typeNameOf(expr: Expr | undefined): TypeName | undefined {
  if (expr?.kind !== 'member') return undefined;
  if (expr.input === undefined) return { namespace: undefined, name: expr.name };
  if (expr.input.kind !== 'member' || expr.input.input !== undefined) return undefined;
  return { namespace: expr.input.name, name: expr.name };
}

const unquote = (name: string): string =>
  name.startsWith('`') ? readEscapes(name.slice(1, -1)) : name;

const escapes: Readonly<Record<string, string>> = { f: '\f', n: '\n', r: '\r', t: '\t' };

const readEscapes = (text: string): string =>
  text.replace(/\\(?:u([0-9a-fA-F]{4})|([\s\S]))/g, (_, code?: string, one = '') =>
    code === undefined ? (escapes[one] ?? one) : String.fromCharCode(Number.parseInt(code, 16)),
  );
