import { limits } from '../../../engine/index.ts';
import { isObject } from '../values/index.ts';
import type { ObjectPlan } from './plan.ts';
import { enter, fail, type Json, leave, type Walk } from './walk.ts';

const underscore = 95;

/**
 * Checks an object by its own members, so that what is absent costs nothing. An `id` alone is no
 * content (ele-1), unless what it belongs to stands elsewhere.
 */
export function checkObject(
  plan: ObjectPlan,
  value: unknown,
  walk: Walk,
  type: string,
  mayHoldIdOnly = plan.isResource,
): void {
  if (!isObject(value)) {
    fail(walk, 'fhir-element-invalid', 'expected an object with members, as { ... }');
    return;
  }
  if (walk.depth >= limits.jsonDepthMax) {
    fail(walk, 'fhir-too-deep', `nested deeper than ${limits.jsonDepthMax} levels`);
    return;
  }
  let holder: Json | undefined;
  for (const key in value)
    if (key.charCodeAt(0) === underscore) {
      holder = value;
      break;
    }
  let seen = 0;
  let members = 0;
  for (const key in value) {
    members += 1;
    const slot = plan.slots.get(key);
    if (slot === undefined) {
      if (key !== 'resourceType' || !plan.isResource) unknownMember(plan, key, walk);
      continue;
    }
    if (slot.isChoice && (seen & slot.bit) !== 0 && !isOneChoice(plan, value, slot.bit))
      fail(
        walk,
        'fhir-choice',
        `\`${slot.name}[x]\` is there in two types; one is allowed`,
        slot.name,
      );
    seen |= slot.bit;
    enter(walk, slot.name);
    slot.check(value[key], walk, holder);
    leave(walk);
  }
  if ((seen & plan.neededBits) !== plan.neededBits) missing(plan, seen, walk);
  if (members === 0 || (members === 1 && !mayHoldIdOnly && Object.hasOwn(value, 'id')))
    fail(walk, 'fhir-empty', 'an element without a value and without members (ele-1)');
  for (const rule of plan.rules) rule(value, walk, type);
}

/** `valueString` beside `_valueString` is one value. */
function isOneChoice({ slots }: ObjectPlan, value: Json, bit: number): boolean {
  const keys = Object.keys(value).filter((key) => slots.get(key)?.bit === bit);
  return new Set(keys.map((key) => key.replace('_', ''))).size === 1;
}

/** Says which of the needed members were not seen. */
export function missing({ needed }: ObjectPlan, seen: number, walk: Walk): void {
  for (const { name, bit, message } of needed)
    if ((seen & bit) === 0) fail(walk, 'fhir-cardinality', message, name);
}

function unknownMember({ choices }: ObjectPlan, key: string, walk: Walk): void {
  const name = key.startsWith('_') ? key.slice(1) : key;
  // A member's name comes from the sender: what is no name of FHIR's shape may hold anything.
  const isName = /^[A-Za-z][A-Za-z0-9]{0,60}$/.test(name);
  const choice = choices.find(
    (one) => name.startsWith(one) && /^[A-Z]/.test(name.slice(one.length)),
  );
  if (choice !== undefined && isName)
    fail(walk, 'fhir-choice-type', `\`${choice}[x]\` must not be of this type here`, name);
  else if (isName) fail(walk, 'fhir-element-unknown', `nothing here is called \`${key}\``, name);
  else fail(walk, 'fhir-element-unknown', 'a member has a name that FHIR cannot have');
}
