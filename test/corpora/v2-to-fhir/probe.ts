// What the base really makes of a field: messages are converted with and without it, and what
// appears is what it writes.
import { convertBytes, type LoadedMapping } from '../../../transforms/mapping/index.ts';

/** `Patient.name.family` to the values that stand there. */
export type Leaves = ReadonlyMap<string, ReadonlySet<string>>;

const seen = new WeakMap<LoadedMapping, Map<string, Leaves | undefined>>();

/** Every value of the bundle of a message; undefined when it is held. */
export function leavesOf(mapping: LoadedMapping, message: readonly string[]): Leaves | undefined {
  const known = seen.get(mapping) ?? new Map<string, Leaves | undefined>();
  seen.set(mapping, known);
  const text = `${message.join('\r')}\r`;
  if (!known.has(text)) {
    const { bundle } = convertBytes(mapping, Buffer.from(text));
    known.set(text, bundle && flatten(bundle));
  }
  return known.get(text);
}

function flatten(bundle: fhir4.Bundle): Leaves {
  const leaves = new Map<string, Set<string>>();
  for (const { resource } of bundle.entry ?? [])
    if (resource) visit(resource, resource.resourceType, leaves);
  return leaves;
}

function visit(value: unknown, path: string, leaves: Map<string, Set<string>>): void {
  if (Array.isArray(value)) {
    for (const item of value) visit(item, path, leaves);
    return;
  }
  if (typeof value !== 'object' || value === null) {
    const values = leaves.get(path) ?? new Set();
    leaves.set(path, values.add(String(value)));
    return;
  }
  const { url } = value as { url?: unknown };
  const isExtension = path.endsWith('.extension') && typeof url === 'string';
  for (const [key, inner] of Object.entries(value)) {
    if (key === 'id' || key === 'resourceType') continue;
    const at = isExtension && key !== 'url' ? `${path}{${url}}` : path;
    // Ids follow from keys; to whom a reference leads is what counts.
    const shown = key === 'reference' ? String(inner).split('/')[0] : inner;
    visit(shown, `${at}.${key.replace(/^_/, '')}`, leaves);
  }
}

/** Paths of `after` that have a value that `before` does not have there. */
export function appeared(before: Leaves, after: Leaves): ReadonlySet<string> {
  const paths = new Set<string>();
  for (const [path, values] of after) {
    const earlier = before.get(path);
    for (const value of values)
      if (!earlier?.has(value)) {
        paths.add(path);
        break;
      }
  }
  return paths;
}

/** The message with a field (or component, `PID-13.2`) of its segment at `index` replaced. */
export function withField(
  message: readonly string[],
  index: number,
  name: string,
  value: string,
): string[] {
  const [, number, component] = /-(\d+)(?:\.(\d+))?$/.exec(name) ?? [];
  const fields = message[index]!.split('|');
  const at = fields[0] === 'MSH' ? Number(number) - 1 : Number(number);
  while (fields.length <= at) fields.push('');
  if (component === undefined) fields[at] = value;
  else {
    const parts = fields[at]!.split('^');
    while (parts.length < Number(component)) parts.push('');
    parts[Number(component) - 1] = value;
    fields[at] = parts.join('^');
  }
  return message.with(index, fields.join('|'));
}
