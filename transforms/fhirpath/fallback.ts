import { createRequire } from 'node:module';
import type { Environment } from './code.ts';
import type { CompiledPath } from './compiled-path.ts';
import { failed, issueOf } from './faults.ts';
import { type Model, systemTypes } from './model.ts';
import { isJsonObject, isRawNumber, makeNode, type PathNode, resourceNode } from './node.ts';

type Library = {
  compile(
    path: { base: string; expression: string },
    model: unknown,
    options: Readonly<Record<string, unknown>>,
  ): (data: unknown, variables: Readonly<Record<string, unknown>>) => unknown[];
  types(values: readonly unknown[]): string[];
  resolveInternalTypes(values: readonly unknown[]): unknown[];
  FP_Decimal: { getDecimal(value: string): unknown };
};

let library: { readonly fhirpath: Library; readonly r4: unknown } | undefined;

/** fhirpath.js with its model of R4, loaded when a first expression is left to it. */
function loaded() {
  const require = createRequire(import.meta.url);
  library ??= {
    fhirpath: require('fhirpath') as Library,
    r4: require('fhirpath/fhir-context/r4'),
  };
  return library;
}

/** An expression that is not compiled, run by fhirpath.js: slow, and of R4's own types only. */
export function fallback(expression: string, refused: string, model: Model): CompiledPath {
  const evaluate: CompiledPath['evaluate'] = (focus, environment = {}) => {
    try {
      return run(expression, model, focus, environment);
    } catch (error) {
      return issueOf(error);
    }
  };
  return {
    expression,
    compiled: false,
    refused,
    evaluate,
    holds: (focus, environment) => {
      const nodes = evaluate(focus, environment);
      if ('diagnostics' in nodes) return nodes;
      const [one, ...more] = nodes;
      if (more.length > 0) return failed('An invariant gave several values.').pathIssue;
      return one !== undefined && one.value !== false;
    },
  };
}

function run(
  expression: string,
  model: Model,
  focus: PathNode,
  environment: Environment,
): readonly PathNode[] {
  const { fhirpath, r4 } = loaded();
  const base = focus.type.isResource ? '' : focus.type.name;
  const options = { resolveInternalTypes: false, traceFn: () => undefined };
  const variables: Record<string, unknown> = { ...environment.variables };
  const { resource, rootResource } = environment;
  if (resource !== undefined) variables.resource = plain(resource.value);
  if (rootResource !== undefined) variables.rootResource = plain(rootResource.value);
  let values: unknown[];
  try {
    values = fhirpath.compile({ base, expression }, r4, options)(plain(focus.value), variables);
  } catch {
    // Its sentences quote the data.
    throw failed('fhirpath.js, which runs this expression, could not evaluate it.');
  }
  const types = fhirpath.types(values);
  const results = fhirpath.resolveInternalTypes(values);
  return results.map((value, index) => nodeOf(value, types[index] ?? '', model));
}

function nodeOf(value: unknown, typeName: string, model: Model): PathNode {
  const [namespace, name = ''] = typeName.split('.');
  if (namespace === 'System' && name in systemTypes)
    return makeNode(systemTypes[name as keyof typeof systemTypes], value);
  const type = model.type(name);
  return type === undefined ? resourceNode(model, value) : makeNode(type, value);
}

/** A copy, for fhirpath.js writes into what it reads, with decimals as it knows them. */
function plain(value: unknown): unknown {
  if (isRawNumber(value)) return loaded().fhirpath.FP_Decimal.getDecimal(value.rawJSON);
  if (Array.isArray(value)) return value.map(plain);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)]));
}
