import type { StructureDefinition } from '../../fhir/index.ts';
import {
  type Check,
  checkObject,
  fail,
  type Json,
  leaveUnchecked,
  memberOf,
  type ObjectPlan,
  pathOf,
  report,
  type TreeElement,
  treeOf,
  type Walk,
} from '../plan/index.ts';
import { isObject } from '../values/index.ts';
import type { Compiler, ExtensionPlace } from './compiler.ts';
import { carrierPath, misplacedBy, placeOf } from './extension-place.ts';

/**
 * Beyond this many extensions without a definition, no more are remembered: a sender names them.
 */
const rememberedMax = 10_000;

/** An extension that is defined here. */
type Defined = {
  readonly structure: StructureDefinition;
  readonly plan: ObjectPlan;
  /** Does its definition say that it may turn the meaning of what it stands in? */
  readonly isModifier: boolean;
};

/**
 * An extension is checked by its own definition where one is at hand, which also says where it may
 * stand; the registry is asked about every one. Without a registry, a modifier extension that
 * nobody knows is refused: it may turn the meaning of all around it.
 */
export function extensionCheck(node: TreeElement, otherwise: Check, compiler: Compiler): Check {
  const isModifier = node.name === 'modifierExtension';
  const known = new Map<string, Defined | undefined>();
  const definedBy = (url: string): Defined | undefined => {
    if (known.has(url)) return known.get(url);
    const structure = compiler.find(url);
    const plan = structure?.type === 'Extension' ? compiler.planOf(url) : undefined;
    const made =
      structure === undefined || plan === undefined
        ? undefined
        : { structure, plan, isModifier: isModifierBy(structure) };
    if (known.size < rememberedMax) known.set(url, made);
    return made;
  };
  /** A name without a scheme is a part of the extension around it, which says what it may hold. */
  const isInExtension = /xtension\.(?:modifierE|e)xtension$/.test(node.definition.path);
  const parts = new Set(node.slices.map(partName));
  const checkPart = (url: string, walk: Walk): void => {
    if (!isInExtension) fail(walk, 'fhir-value-invalid', noUrl, 'url');
    else if (parts.size > 0 && !parts.has(undefined) && !parts.has(url))
      fail(walk, 'fhir-slice', 'the extension around it has no part of this name', 'url');
  };
  let place: ExtensionPlace | undefined;
  const judge = (extension: Json, url: string, found: Defined | undefined, walk: Walk): void => {
    const { judgeExtension } = compiler;
    if (found === undefined && judgeExtension === undefined) {
      if (isModifier)
        fail(walk, 'fhir-modifier-extension-unknown', 'nobody here knows this modifier extension');
      else leaveUnchecked(walk, 'there is no definition of this extension at hand');
      return;
    }
    if (found !== undefined && found.isModifier !== isModifier)
      fail(walk, 'fhir-extension-context', isModifier ? noModifier : onlyModifier);
    place ??= placeOf(node, compiler);
    const path = carrierPath(walk);
    const stands = (expression: string): boolean | undefined => {
      const carrier = carrierOf(extension, walk.resource);
      return carrier && compiler.means(expression, carrier, walk);
    };
    const misplaced = found && misplacedBy(found.structure, place, path, compiler, stands);
    if (misplaced !== undefined) report(walk, 'warning', 'fhir-extension-context', misplaced);
    const use = { url, extension, place, path, isModifier, isDefined: found !== undefined };
    const faults = judgeExtension?.(use, () => carrierExpression(walk)) ?? [];
    for (const fault of faults) walk.issues.push({ severity: 'error', ...fault });
  };
  return (value, walk, type) => {
    const url = isObject(value) ? value.url : undefined;
    if (typeof url !== 'string' || !url.includes(':')) {
      otherwise(value, walk, type);
      if (typeof url === 'string' && url.trim() !== '') checkPart(url, walk);
      return;
    }
    const found = definedBy(url);
    if (found === undefined) otherwise(value, walk, type);
    else checkObject(found.plan, value, walk, type);
    judge(value as Json, url, found, walk);
  };
}

/** The object in whose list of extensions this one stands. Of the rare contexts by FHIRPath. */
function carrierOf(extension: Json, within: unknown): Json | undefined {
  if (Array.isArray(within)) {
    for (const one of within) {
      const found = carrierOf(extension, one);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (!isObject(within)) return undefined;
  const lists = [within.extension, within.modifierExtension];
  if (lists.some((list) => Array.isArray(list) && list.includes(extension))) return within;
  return carrierOf(extension, Object.values(within));
}

const noUrl = 'expected the absolute URL of an extension; only a part of one has a bare name';
const noModifier = 'by its definition it is no modifier extension';
const onlyModifier =
  'by its definition it is a modifier extension, and stands in `modifierExtension`';

const isModifierBy = (structure: StructureDefinition): boolean =>
  treeOf(structure)?.definition.isModifier === true;

/** The url by which a slice of a complex extension is told; undefined where it says none. */
function partName({ children }: TreeElement): string | undefined {
  const url = children.find(({ name }) => name === 'url');
  const said = url === undefined ? undefined : memberOf(url.definition, 'fixed');
  return typeof said === 'string' ? said : undefined;
}

/** The FHIRPath of the element around the extension that the walk is at. */
const carrierExpression = (walk: Walk): string => pathOf({ ...walk, depth: walk.depth - 1 });
