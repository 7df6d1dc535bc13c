import type { StructureDefinition } from '../../fhir/index.ts';
import type { TreeElement, Walk } from '../plan/index.ts';
import type { ExtensionPlace } from './compiler.ts';
import { type Compiler, typeUrl } from './compiler.ts';

/** The place of all extensions that one element of a definition checks. */
export function placeOf(node: TreeElement, compiler: Compiler): ExtensionPlace {
  const parent = parentOf(node, node.root) ?? node.root;
  const { definition } = parent;
  const isRoot = parent === node.root;
  const types = isRoot ? [definition.path] : (definition.type ?? []).map(({ code }) => code);
  const names = new Set<string>();
  for (const type of types)
    for (let at: string | undefined = type; at !== undefined && !names.has(at); ) {
      names.add(at);
      at = compiler.find(typeUrl(at))?.baseDefinition?.split('/').at(-1);
    }
  names.add(definition.path).add(definition.base?.path ?? definition.path);
  return { names, isPrimitive: isRoot && definition.path === 'Element' };
}

function parentOf(node: TreeElement, below: TreeElement): TreeElement | undefined {
  for (const child of [...below.children, ...below.slices]) {
    if (child === node) return below;
    // A slice of an extension list hangs on the list, whose parent is the element.
    const found = parentOf(node, child);
    if (found !== undefined) return child.slices.includes(node) ? below : found;
  }
  return undefined;
}

/** The path of the element that carries the extension, without indexes: `Patient.birthDate`. */
export function carrierPath({ resource, names, depth, start }: Walk): string {
  let path = String(resource.resourceType);
  for (let at = start; at < depth - 1; at += 1) path += `.${names[at]}`;
  return path;
}

/** May an extension for this context (`Patient.birthDate`, `Reference`) stand there? */
export function allowsContext(context: string, place: ExtensionPlace, path: string): boolean {
  const wanted = context.replaceAll('[x]', '');
  if (wanted === 'Element' || wanted === path || place.names.has(wanted)) return true;
  return place.isPrimitive && /^[a-z]/.test(wanted);
}

const shownMax = 6;

/**
 * Says where an extension's own definition wants it, when it stands elsewhere; undefined where
 * nobody here can tell: contexts by types that R4 does not have, that are an extension, or by a
 * FHIRPath that cannot be evaluated. `stands`: does such a path mean the element that carries it?
 */
export function misplacedBy(
  { context }: StructureDefinition,
  place: ExtensionPlace,
  path: string,
  compiler: Compiler,
  stands: (expression: string) => boolean | undefined,
): string | undefined {
  if (!Array.isArray(context) || context.length === 0) return undefined;
  for (const { type, expression } of context) {
    if (type === 'fhirpath' && stands(expression) === false) continue;
    if (type !== 'element' || allowsContext(expression, place, path)) return undefined;
    const [name = ''] = expression.split('.');
    const of = compiler.find(typeUrl(name));
    if (of === undefined) return undefined;
    // A primitive's sibling does not know its path in a data type (`HumanName.family`).
    const isInType = expression.includes('.') && of.kind !== 'resource';
    if (place.isPrimitive && isInType) return undefined;
  }
  const all = context.map(({ expression }) => expression);
  const more = all.length > shownMax ? `, and ${all.length - shownMax} more` : '';
  return `its definition wants it on ${all.slice(0, shownMax).join(', ')}${more}`;
}
