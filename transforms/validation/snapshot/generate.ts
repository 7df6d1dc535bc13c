import type { Constraint, ElementDefinition, StructureDefinition } from '../../fhir/index.ts';
import { closeChoice, locate, partsOf } from './locate.ts';
import { flatten, nodesOf } from './node.ts';

/**
 * The snapshot of a profile or an extension that has only a differential
 * (https://hl7.org/fhir/R4/profiling.html#snapshot): its base's, with what the differential says
 * put
 * in, slices copied from their elements, and types opened where it says something below them.
 * Undefined when the base is not at hand, or the differential names what the base does not have.
 */
export function generateSnapshot(
  of: StructureDefinition,
  find: (canonical: string) => StructureDefinition | undefined,
): StructureDefinition | undefined {
  if (of.derivation !== 'constraint' || of.baseDefinition === undefined) return undefined;
  const base = find(of.baseDefinition)?.snapshot?.element;
  if (base?.[0] === undefined) return undefined;
  const root = nodesOf(base);
  for (const said of of.differential?.element ?? []) {
    const found = locate(root, partsOf(said), said.path, find);
    if (found === undefined) return undefined;
    const { node, choice } = found;
    node.definition = merge(node.definition, said);
    if (choice !== undefined) closeChoice(choice, node);
  }
  return { ...of, snapshot: { element: flatten(root, of.type, of.type) } };
}

/** What a differential says goes over what was there; constraints come to those there. */
function merge(was: ElementDefinition, said: ElementDefinition): ElementDefinition {
  const { id: _id, path: _path, base: _base, constraint = [], ...members } = said;
  // What a profile fixes takes the place of what its base fixed, however it was called.
  const replaced = Object.keys(members).flatMap((name) => {
    const prefix = /^(fixed|pattern|minValue|maxValue)[A-Z]/.exec(name)?.[1];
    return prefix === undefined ? [] : Object.keys(was).filter((one) => one.startsWith(prefix));
  });
  const kept = Object.fromEntries(
    Object.entries(was).filter(([name]) => !replaced.includes(name)),
  ) as ElementDefinition;
  const binding =
    said.binding === undefined ? {} : { binding: { ...was.binding, ...said.binding } };
  const all = [...both(was.constraint ?? [], constraint)];
  return { ...kept, ...members, ...binding, constraint: all };
}

function both(was: readonly Constraint[], said: readonly Constraint[]): readonly Constraint[] {
  const keys = new Set(said.map(({ key }) => key));
  return [...was.filter(({ key }) => !keys.has(key)), ...said];
}
