import type { Check, ObjectPlan, TreeElement } from '../plan/index.ts';
import { checkObject, fail, leaveUnchecked, noteElementId, treeOf } from '../plan/index.ts';
import { isRawNumber, narrativeFault, type Primitive, primitives } from '../values/index.ts';
import { bindingRule } from './binding.ts';
import { type Compiler, typeUrl } from './compiler.ts';
import { extensionCheck } from './extensions.ts';
import { invariantRules, pathTypeOf } from './object-rules.ts';
import { valueRules } from './rules.ts';
import { targetRule } from './targets.ts';

/** How one value of an element is checked when it is written as this type. */
export function itemCheck(
  node: TreeElement,
  type: string,
  compiler: Compiler,
  structure: Check | undefined = structureCheck(node, type, compiler),
): Check {
  const rules = [
    ...(structure === undefined ? [] : [structure]),
    ...valueRules(node.definition),
    ...bindingRule(node.definition, type, compiler.valueSets),
    ...targetRule(node.definition, type, compiler),
    ...invariantRules(
      node.definition.constraint ?? [],
      compiler,
      pathTypeOf(node),
      ofStructure(node, type, compiler),
    ),
  ];
  const [first, second, third] = rules;
  if (first === undefined) return () => {};
  if (second === undefined) return first;
  if (third === undefined)
    return (value, walk, of, extra) => {
      first(value, walk, of, extra);
      second(value, walk, of, extra);
    };
  return (value, walk, of, extra) => {
    for (const rule of rules) rule(value, walk, of, extra);
  };
}

/** Keys of the invariants that the check of the structure runs already. */
function ofStructure(node: TreeElement, type: string, compiler: Compiler): ReadonlySet<string> {
  const own = node.definition.constraint ?? [];
  if (primitives.has(type)) return new Set();
  if (node.children.length > 0) return new Set(own.map(({ key }) => key));
  const of = compiler.find(typeUrl(type));
  const inherited = of === undefined ? [] : (treeOf(of)?.definition.constraint ?? []);
  return new Set(inherited.map(({ key }) => key));
}

/** What the type (or what the profile says below the element) asks of the value's shape. */
function structureCheck(node: TreeElement, type: string, compiler: Compiler): Check | undefined {
  const primitive = primitives.get(type);
  if (primitive !== undefined) return primitiveCheck(primitive, type, node.name);
  const isSlice = node.definition.sliceName !== undefined;
  if (node.children.length > 0) {
    const below = lazily(() => compiler.planBelow(node));
    if (type !== 'Extension' || isSlice) return below;
    return extensionCheck(node, below, compiler);
  }
  const profiles = node.definition.type?.find(({ code }) => code === type)?.profile ?? [];
  if (type === 'Extension')
    return isSlice
      ? undefined
      : extensionCheck(
          node,
          lazily(() => compiler.planOf(type)),
          compiler,
        );
  const isResource = compiler.find(typeUrl(type))?.kind === 'resource';
  if (isResource) return compiler.resource(type, profiles);
  if (profiles.length > 0) return profilesCheck(profiles, compiler);
  // The element that the slice is of has checked the type.
  return isSlice ? undefined : lazily(() => compiler.planOf(type));
}

/** A plan that is made when the first value comes: no resource uses all of FHIR. */
function lazily(make: () => ObjectPlan | undefined): Check {
  let plan: ObjectPlan | undefined;
  let isMade = false;
  return (value, walk, type) => {
    if (!isMade) {
      plan = make();
      isMade = true;
    }
    if (plan === undefined) leaveUnchecked(walk, `the type ${type} is not known here`);
    else checkObject(plan, value, walk, type);
  };
}

/** Of several profiles one must fit (ElementDefinition.type.profile). */
function profilesCheck(profiles: readonly string[], compiler: Compiler): Check {
  const checks = profiles.map((url) => lazily(() => compiler.planOf(url)));
  const [only] = checks;
  if (only !== undefined && checks.length === 1) return only;
  return (value, walk, type) => {
    if (!compiler.fitsOne(checks, value, walk, type))
      fail(walk, 'fhir-profile', 'this fits none of the profiles that are allowed here');
  };
}

function primitiveCheck(primitive: Primitive, type: string, name: string): Check {
  const { isValid, json, expected } = primitive;
  const isElementId = type === 'string' && name === 'id';
  const code = type === 'id' && name === 'id' ? 'fhir-id-invalid' : 'fhir-value-invalid';
  const check: Check = (value, walk) => {
    if (isValid(value)) {
      // Of an element's id R4 says only in words that it holds no blank (Element.id).
      if (!isElementId) return;
      if (/\s/.test(String(value))) fail(walk, code, 'expected an id without spaces');
      noteElementId(walk, String(value));
      return;
    }
    const isShape = typeof value === json || (json === 'number' && isRawNumber(value));
    fail(walk, isShape ? code : 'fhir-element-invalid', `expected ${expected} (${type})`);
  };
  if (type !== 'xhtml') return check;
  return (value, walk, of) => {
    check(value, walk, of);
    const fault = typeof value === 'string' ? narrativeFault(value) : undefined;
    if (fault !== undefined) fail(walk, 'fhir-narrative-invalid', `the narrative: ${fault}`);
  };
}
