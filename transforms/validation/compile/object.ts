import type { Needed, ObjectPlan, Slot, TreeElement } from '../plan/index.ts';
import { type Compiler, typeUrl } from './compiler.ts';
import { constraintsBelow, invariantRules, pathTypeOf } from './object-rules.ts';
import { slotsOf } from './slots.ts';
import { typeRules } from './type-rules.ts';

/** Bits of a number that JavaScript's operators know. */
const bitsMax = 31;

/** The plan of an object by the elements below a node: a type, a profile, a backbone element. */
export function compileObject(node: TreeElement, compiler: Compiler): ObjectPlan {
  const slots = new Map<string, Slot>();
  const needed: Needed[] = [];
  const choices: string[] = [];
  let bits = 0;
  for (const child of node.children) {
    if (isValueOfPrimitive(child)) continue;
    const isChoice = child.name.endsWith('[x]');
    const name = isChoice ? child.name.slice(0, -3) : child.name;
    const message = neededBecause(child, name);
    const hasBit = isChoice || message !== undefined;
    if (hasBit && bits === bitsMax) throw new Error(`too many needed elements at ${name}`);
    const bit = hasBit ? 1 << bits : 0;
    if (hasBit) bits += 1;
    if (isChoice) choices.push(name);
    if (message !== undefined) needed.push({ name, bit, message });
    for (const [key, check] of slotsOf(child, compiler))
      slots.set(key, { name, bit, isChoice, check });
  }
  const isRoot = node === node.root;
  const type = isRoot ? node.definition.path : node.definition.type?.[0]?.code;
  return {
    slots,
    needed,
    neededBits: needed.reduce((all, { bit }) => all | bit, 0),
    choices,
    rules: [
      ...typeRules(type),
      ...invariantRules(constraintsBelow(node, compiler), compiler, pathTypeOf(node)),
    ],
    isResource: isRoot && compiler.find(typeUrl(type ?? ''))?.kind === 'resource',
  };
}

/** `Patient.birthDate.value` is what JSON writes as `birthDate` itself. */
const isValueOfPrimitive = ({ name, definition }: TreeElement): boolean =>
  name === 'value' &&
  (definition.base?.path ?? definition.path).split('.')[0] !== '' &&
  /^[a-z]/.test(definition.base?.path ?? '');

/** Why a member must be there; undefined when it need not. */
function neededBecause(child: TreeElement, name: string): string | undefined {
  const { min = 0 } = child.definition;
  if (min > 0) return `\`${name}\` is missing; at least ${min} must be there`;
  const slice = child.slices.find(({ definition }) => (definition.min ?? 0) > 0);
  if (slice === undefined) return undefined;
  return `\`${name}\` is missing; its slice \`${slice.definition.sliceName}\` must be there`;
}
