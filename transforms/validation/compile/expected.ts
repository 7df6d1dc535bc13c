import { memberOf, type TreeElement, treeOf } from '../plan/index.ts';
import { isObject } from '../values/index.ts';
import { type Compiler, typeUrl } from './compiler.ts';
import type { Step } from './discriminator-path.ts';

/** What a slice's definition says of the values that its discriminator looks at. */
export type Expected = {
  readonly patterns: readonly unknown[];
  /** Does one of the patterns do, because they come from slices that may be absent? */
  readonly isAlternative: boolean;
  readonly bindings: readonly string[];
};

/** An element on the way, and what patterns further up say of it. */
type At = { readonly node: TreeElement; readonly patterns: readonly unknown[] };

/** The elements that a path leads to, in the slice or in the types and profiles that it names. */
export function elementsAt(
  slice: TreeElement,
  steps: readonly Step[],
  compiler: Compiler,
): readonly TreeElement[] {
  return walkTo(slice, steps, compiler).map(({ node }) => node);
}

export function expectedAt(
  slice: TreeElement,
  steps: readonly Step[],
  compiler: Compiler,
): Expected {
  const at = walkTo(slice, steps, compiler);
  const patterns = at.flatMap((one) => one.patterns);
  const bindings = at.flatMap(({ node: { definition } }) =>
    definition.binding?.strength === 'required' ? (definition.binding.valueSet ?? []) : [],
  );
  const isOptional = ({ definition }: TreeElement): boolean =>
    definition.sliceName !== undefined && (definition.min ?? 0) === 0;
  return {
    patterns,
    isAlternative: patterns.length > 1 && passed(slice, steps, compiler).some(isOptional),
    bindings,
  };
}

/** All slices that are passed on the way. */
function passed(slice: TreeElement, steps: readonly Step[], compiler: Compiler): TreeElement[] {
  return steps.flatMap((_, index) =>
    walkTo(slice, steps.slice(0, index + 1), compiler).map(({ node }) => node),
  );
}

function walkTo(slice: TreeElement, steps: readonly Step[], compiler: Compiler): readonly At[] {
  let at: readonly At[] = [{ node: slice, patterns: saidBy(slice) }];
  for (const step of steps) at = at.flatMap((one) => next(one, step, compiler));
  return at;
}

function saidBy({ definition }: TreeElement): readonly unknown[] {
  const said = memberOf(definition, 'fixed') ?? memberOf(definition, 'pattern');
  return said === undefined ? [] : [said];
}

function next({ node, patterns }: At, step: Step, compiler: Compiler): readonly At[] {
  if (step.kind === 'type') return [{ node, patterns }];
  if (step.kind === 'resolve') return targetsOf(node, compiler);
  const name = step.kind === 'extension' ? 'extension' : step.name;
  const inherited = patterns.flatMap((one) => memberOfPattern(one, name));
  const children = childrenOf(node, compiler).filter(
    (child) => child.name === name || child.name === `${name}[x]`,
  );
  const all = children.flatMap((child) => [child, ...child.slices]);
  const wanted = step.kind === 'extension' ? all.filter((one) => isOfUrl(one, step.url)) : all;
  return wanted.map((child, index) => ({
    node: child,
    patterns: [...saidBy(child), ...(index === 0 ? inherited : [])],
  }));
}

function memberOfPattern(pattern: unknown, name: string): readonly unknown[] {
  const value = isObject(pattern) ? pattern[name] : undefined;
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

const isOfUrl = ({ definition }: TreeElement, url: string): boolean =>
  definition.type?.some(({ profile }) => profile?.some((one) => one.split('|')[0] === url)) ??
  false;

/** An element's own children, else those of its profile or type. */
function childrenOf({ children, definition }: TreeElement, compiler: Compiler): TreeElement[] {
  if (children.length > 0) return children;
  return (definition.type ?? []).flatMap(({ code, profile }) => {
    const of = compiler.find(profile?.[0] ?? typeUrl(code));
    return of === undefined ? [] : (treeOf(of)?.children ?? []);
  });
}

/** The roots of the profiles that a reference may lead to, typed as what they constrain. */
function targetsOf({ definition }: TreeElement, compiler: Compiler): At[] {
  return (definition.type ?? []).flatMap(({ targetProfile = [] }) =>
    targetProfile.flatMap((url) => {
      const of = compiler.find(url);
      const root = of === undefined ? undefined : treeOf(of);
      if (of === undefined || root === undefined) return [];
      const typed = { ...root.definition, type: [{ code: of.type }] };
      return [{ node: { ...root, definition: typed }, patterns: [] }];
    }),
  );
}
