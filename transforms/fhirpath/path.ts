import { checkPaths } from './check.ts';
import type { Code, Environment, Scope } from './code.ts';
import { compileExpr } from './compile.ts';
import type { CompiledPath } from './compiled-path.ts';
import { fallback } from './fallback.ts';
import { issueOf, type PathIssue, refusedBy } from './faults.ts';
import { type Model, r4Model } from './model.ts';
import { nothing, type PathNode } from './node.ts';
import { parse } from './syntax.ts';

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
