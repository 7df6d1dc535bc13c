import {
  type CompiledPath,
  compilePath,
  type Environment,
  isPathIssue,
  makeNode,
  r4Model,
  resourceNode,
} from '../fhirpath/index.ts';
import {
  bindingVerdict,
  type CompileInvariant,
  type Compiler,
  type MeansElement,
  resolve,
} from './compile/index.ts';
import type { Walk } from './plan/index.ts';

/** The same invariant stands in hundreds of elements; one compilation serves them all. */
const compiled = new Map<string, CompiledPath | undefined>();

function compile(expression: string): CompiledPath | undefined {
  if (compiled.has(expression)) return compiled.get(expression);
  const path = compilePath(expression);
  const usable = isPathIssue(path) ? undefined : path;
  compiled.set(expression, usable);
  return usable;
}

/**
 * Invariants as FHIRPath closures over values with their types. What cannot be evaluated (a wrong
 * expression, several values where one is needed) gives undefined, which is neither.
 */
export function createInvariants(compiler: () => Compiler): CompileInvariant {
  const model = r4Model();
  return ({ expression = '' }) => {
    const path = compile(expression);
    if (path === undefined) return undefined;
    return (value, walk, typeName, extra) => {
      const type = model.type(typeName);
      const focus =
        type === undefined || type.isResource
          ? resourceNode(model, value)
          : makeNode(type, value, extra);
      const holds = path.holds(focus, environmentOf(walk, compiler));
      return typeof holds === 'boolean' ? holds : undefined;
    };
  };
}

/**
 * Whether an expression on a resource gives an element of it: the object that carries an extension,
 * or the sibling of a primitive. Undefined where it cannot be evaluated.
 */
export function createMeans(compiler: () => Compiler): MeansElement {
  const model = r4Model();
  return (expression, element, walk) => {
    const path = compile(expression);
    if (path === undefined) return undefined;
    const found = path.evaluate(resourceNode(model, walk.resource), environmentOf(walk, compiler));
    if (isPathIssue(found)) return undefined;
    return found.some(({ value, extra }) => value === element || extra === element);
  };
}

/** What expressions ask of the resource around them; made once a resource. */
function environmentOf(walk: Walk, compiler: () => Compiler): Environment {
  const known = walk.environment;
  if (known?.of === walk.resource && known.within === walk.container)
    return known.value as Environment;
  const model = r4Model();
  const value: Environment = {
    resource: resourceNode(model, walk.resource),
    rootResource: resourceNode(model, walk.container),
    resolve: (reference) => resolve(reference, walk),
    memberOf: (coded, valueSet) => {
      const verdict = bindingVerdict(coded.value, valueSet, compiler().valueSets);
      return verdict === 'unknown' ? undefined : verdict === 'yes';
    },
    conformsTo: (node, profile) =>
      compiler().find(profile) === undefined
        ? undefined
        : compiler().fitsProfile(profile, node.value, walk),
  };
  walk.environment = { of: walk.resource, within: walk.container, value };
  return value;
}
