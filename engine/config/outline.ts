import { z } from 'zod';
import type { ConfigPath } from './yaml.ts';

/** A JSON Schema node, as far as it is read here. */
export type Outline = {
  readonly $ref?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Outline>>;
  readonly additionalProperties?: Outline | boolean;
  readonly items?: Outline | boolean;
  readonly prefixItems?: readonly Outline[];
  readonly anyOf?: readonly Outline[];
  readonly oneOf?: readonly Outline[];
  readonly allOf?: readonly Outline[];
  readonly $defs?: Readonly<Record<string, Outline>>;
};

const outlines = new WeakMap<z.ZodType, Outline>();

/** The schema as JSON Schema of what an author writes (before transforms); made once a schema. */
export function outlineOf(schema: z.ZodType): Outline {
  let outline = outlines.get(schema);
  if (outline === undefined) {
    outline = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Outline;
    outlines.set(schema, outline);
  }
  return outline;
}

/** The keys that may stand at `path`, and what the schema says of it. */
export function outlineAt(
  root: Outline,
  path: ConfigPath,
): { readonly keys: readonly string[]; readonly description: string | undefined } {
  let nodes = unfold(root, root);
  for (const step of path) nodes = nodes.flatMap((node) => children(root, node, step));
  const keys = new Set(nodes.flatMap((node) => Object.keys(node.properties ?? {})));
  const description = nodes.find((node) => node.description !== undefined)?.description;
  return { keys: [...keys], description };
}

function children(root: Outline, node: Outline, step: string | number): readonly Outline[] {
  const found: Outline[] = [];
  if (typeof step === 'number') {
    const item = node.prefixItems?.[step] ?? node.items;
    if (typeof item === 'object') found.push(item);
  } else if (node.properties && Object.hasOwn(node.properties, step)) {
    found.push(node.properties[step]!);
  } else if (typeof node.additionalProperties === 'object') {
    found.push(node.additionalProperties);
  }
  return found.flatMap((child) => unfold(root, child));
}

/** A node and the alternatives inside it, references resolved. */
function unfold(root: Outline, node: Outline, seen = new Set<Outline>()): readonly Outline[] {
  if (seen.has(node)) return [];
  seen.add(node);
  const parts = [...(node.anyOf ?? []), ...(node.oneOf ?? []), ...(node.allOf ?? [])];
  if (node.$ref === '#') parts.push(root);
  const name = /^#\/\$defs\/(.*)$/.exec(node.$ref ?? '')?.[1];
  if (name !== undefined && root.$defs?.[name]) parts.push(root.$defs[name]);
  return [node, ...parts.flatMap((part) => unfold(root, part, seen))];
}
