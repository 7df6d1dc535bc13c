import type { Check, TreeElement } from '../plan/index.ts';
import { checkObject, fail, leaveUnchecked, type ObjectPlan } from '../plan/index.ts';
import { isObject } from '../values/index.ts';
import type { Compiler } from './compiler.ts';

/**
 * Beyond this many extensions without a definition, no more are remembered: a sender names them.
 */
const rememberedMax = 10_000;

/**
 * An extension is checked by its own definition where one is at hand; the registry is asked about
 * every one. A modifier extension that nobody knows may turn the meaning of all around it.
 */
export function extensionCheck(node: TreeElement, otherwise: Check, compiler: Compiler): Check {
  const isModifier = node.name === 'modifierExtension';
  const planByUrl = new Map<string, ObjectPlan | undefined>();
  const planOf = (url: string): ObjectPlan | undefined => {
    if (planByUrl.has(url)) return planByUrl.get(url);
    const plan = compiler.find(url)?.type === 'Extension' ? compiler.planOf(url) : undefined;
    if (planByUrl.size < rememberedMax) planByUrl.set(url, plan);
    return plan;
  };
  return (value, walk, type) => {
    const url = isObject(value) ? value.url : undefined;
    // A name without a scheme is a part of the extension around it, which says what it may hold.
    if (typeof url !== 'string' || !url.includes(':')) {
      otherwise(value, walk, type);
      return;
    }
    const plan = planOf(url);
    if (plan === undefined) otherwise(value, walk, type);
    else checkObject(plan, value, walk, type);
    const use = { url, resourceType: String(walk.resource.resourceType), isModifier };
    const refusal = compiler.judgeExtension?.({ ...use, isDefined: plan !== undefined });
    if (refusal !== undefined) fail(walk, 'fhir-extension-unknown', refusal);
    else if (plan === undefined && isModifier)
      fail(walk, 'fhir-modifier-extension-unknown', 'nobody here knows this modifier extension');
    else if (plan === undefined && compiler.judgeExtension === undefined)
      leaveUnchecked(walk, 'there is no definition of this extension at hand');
  };
}
