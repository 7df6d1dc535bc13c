import { checkPaths } from './check.ts';
import type { Code, Environment, Scope } from './code.ts';
import { compileExpr } from './compile.ts';
import { fallback } from './fallback.ts';
import { issueOf, type PathIssue, refusedBy } from './faults.ts';
import { type Model, r4Model } from './model.ts';
import { type Items, nothing, type PathNode } from './node.ts';
import { parse } from './syntax.ts';

/** The nodes that an expression gives, or what kept it from giving any. */
export type Reading = Items | PathIssue;

export const isPathIssue = (reading: unknown): reading is PathIssue =>
  typeof reading === 'object' && reading !== null && 'diagnostics' in reading;

/** An expression, read once and run many times; it keeps nothing of what it ran on. */
export type CompiledPath = {
  readonly expression: string;
  /** False: it runs in fhirpath.js, many times slower; `refused` names what is not compiled. */
  readonly compiled: boolean;
  readonly refused?: string;
  /** Of the focus: a resource (`resourceNode`) or one of its elements (`makeNode`). */
  readonly evaluate: (focus: PathNode, environment?: Environment) => Reading;
  /**
   * For invariants, which must be true: an expression that gives nothing does not hold, as in
   * HL7's own validator; a single value that is no boolean counts as true (N1, section 4.5). An
   * issue where it could not be evaluated, which is neither.
   */
  readonly holds: (focus: PathNode, environment?: Environment) => boolean | PathIssue;
};

export type CompileOptions = {
  /** The types that it runs on; R4's where it is left out. */
  readonly model?: Model;
  /** The type of the focus, where it is known: a path that contradicts it is then wrong. */
  readonly contextType?: string;
};

/**
 * Compiles an expression of FHIRPath (N1 with FHIR R4's additions) to closures. What the compiler
 * does not claim runs in fhirpath.js; what is wrong is an issue `fhirpath-invalid` with its place.
 */
export function compilePath(
  expression: string,
  { model = r4Model(), contextType }: CompileOptions = {},
): CompiledPath | PathIssue {
  try {
    const expr = parse(expression);
    const type = contextType === undefined ? undefined : model.type(contextType);
    if (type !== undefined) checkPaths(expr, type, model);
    return compiledPath(expression, model, compileExpr(expr, model));
  } catch (error) {
    const refused = refusedBy(error);
    return refused === undefined ? issueOf(error) : fallback(expression, refused, model);
  }
}

const none: Environment = {};

const scopeOf = (model: Model, context: PathNode, env: Environment): Scope => ({
  env,
  model,
  context,
  index: 0,
  total: nothing,
  now: undefined,
});

function compiledPath(expression: string, model: Model, code: Code): CompiledPath {
  const { list, truth } = code;
  return {
    expression,
    compiled: true,
    evaluate: (focus, environment = none) => {
      try {
        return list(focus, scopeOf(model, focus, environment));
      } catch (error) {
        return issueOf(error);
      }
    },
    holds: (focus, environment = none) => {
      try {
        return truth(focus, scopeOf(model, focus, environment)) === true;
      } catch (error) {
        return issueOf(error);
      }
    },
  };
}
