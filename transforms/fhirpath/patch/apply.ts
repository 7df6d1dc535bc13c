import type { PatchValue, PathOperation } from '../../fhir/index.ts';
import { invalid, issueOf, type PathIssue, refusedBy } from '../faults.ts';
import { type Member, type Model, type PathType, r4Model, type Slot } from '../model.ts';
import { isJsonObject, isRawNumber } from '../node.ts';
import { type Expr, parse } from '../syntax.ts';
import { type Json, type Located, locate, memberOf } from './locate.ts';

/**
 * Applies FHIRPath Patch (https://hl7.org/fhir/R4/fhirpatch.html) to a resource, in place: MUST be
 * given a copy. An issue says which operation does not fit, by its place in the patch; then nothing
 * of what was made of the resource may be used.
 */
export function applyPathPatch(
  resource: Json,
  operations: readonly PathOperation[],
  model: Model = r4Model(),
): PathIssue | undefined {
  for (const [index, operation] of operations.entries()) {
    try {
      apply(resource, operation, model);
    } catch (error) {
      if (refusedBy(error) !== undefined) return at(index, invalid(unusable));
      return at(index, error);
    }
  }
  return undefined;
}

const unusable = 'The path of the operation is none that a patch can use.';

function at(index: number, error: unknown): PathIssue {
  const issue = issueOf(error);
  return { ...issue, diagnostics: `Operation ${index + 1}: ${issue.diagnostics}` };
}

function apply(resource: Json, operation: PathOperation, model: Model): void {
  const path = parse(operation.path);
  switch (operation.op) {
    case 'add': {
      const parent = only(locate(path, resource, model));
      const { list, slot, owner } = slotOf(parent, operation.name, operation.value);
      const made = make(operation.value, slot.type);
      if (list === undefined) set(owner, slot, made);
      else insert(owner, slot.key, list.length, made);
      return;
    }
    case 'insert': {
      const { parent, name } = listNamed(path, resource, model);
      const { list, slot, owner } = slotOf(parent, name, operation.value);
      if (list === undefined || operation.index > list.length) throw invalid(noPlace);
      insert(owner, slot.key, operation.index, make(operation.value, slot.type));
      return;
    }
    case 'delete': {
      const found = locate(path, resource, model);
      // What is not there is deleted already, as the standard has it.
      if (found.length > 0) remove(only(found));
      return;
    }
    case 'replace':
      replace(only(locate(path, resource, model)), operation.value);
      return;
    case 'move':
      move(path, operation, resource, model);
      return;
    default:
      throw new Error(`no way to apply ${operation satisfies never}`);
  }
}

const noPlace = 'The list has no such place.';

function only(found: readonly Located[]): Located {
  const [one, other] = found;
  if (one === undefined) throw invalid('The path means nothing in the resource.');
  if (other !== undefined) throw invalid('The path means several values where one is needed.');
  return one;
}

/** The parent and the name of an element, where the path ends in one. */
function listNamed(path: Expr, resource: Json, model: Model): { parent: Located; name: string } {
  if (path.kind !== 'member') throw invalid('The path of a list ends in the name of an element.');
  const input: Expr = path.input ?? { kind: 'this' };
  return { parent: only(locate(input, resource, model)), name: path.name };
}

type Target = { readonly owner: Json; readonly slot: Slot; readonly list: unknown[] | undefined };

/** Where an element stands in JSON; the type of the value decides it for a choice. */
function slotOf(parent: Located, name: string, value: PatchValue): Target {
  const member = memberOf(parent, name);
  const owner = parent.value;
  if (member === undefined || !isJsonObject(owner))
    throw invalid('The operation names an element that its parent cannot have.');
  const slot = slotFor(member, value);
  const there = member.slots.filter(({ key }) => owner[key] !== undefined);
  if (!member.isList) {
    if (there.length > 0) throw invalid('The element is there already, and is no list.');
    return { owner: owner as Json, slot, list: undefined };
  }
  const list = owner[slot.key] ?? [];
  return { owner: owner as Json, slot, list: Array.isArray(list) ? list : [list] };
}

function slotFor({ slots }: Member, value: PatchValue): Slot {
  const [first] = slots;
  if (slots.length === 1 && first !== undefined) return first;
  const named = 'parts' in value ? undefined : value.type;
  const slot = slots.find(({ key, name }) => key === `${name}${named}`);
  if (slot === undefined) throw invalid('The element can have no value of this type.');
  return slot;
}

function set(owner: Json, { key }: Slot, value: unknown): void {
  owner[key] = value;
}

function insert(owner: Json, key: string, index: number, value: unknown): void {
  const list = (owner[key] ?? []) as unknown[];
  const extras = owner[`_${key}`];
  if (Array.isArray(extras)) {
    while (extras.length < list.length) extras.push(null);
    extras.splice(index, 0, null);
  }
  list.splice(index, 0, value);
  owner[key] = list;
}

/** Takes a value out, and what is left empty by it: FHIR has no empty lists or objects. */
function remove({ at }: Located): void {
  if (at === undefined) throw invalid('A patch does not delete the resource.');
  const { owner, key, index, parent } = at;
  const companion = owner[`_${key}`];
  const list = owner[key];
  if (index !== undefined && Array.isArray(list) && list.length > 1) {
    list.splice(index, 1);
    if (Array.isArray(companion)) companion.splice(index, 1);
  } else {
    delete owner[key];
    delete owner[`_${key}`];
  }
  if (Object.keys(owner).length === 0 && parent.at !== undefined) remove(parent);
}

function replace(found: Located, value: PatchValue): void {
  const { at } = found;
  if (at === undefined) throw invalid('A patch does not replace the resource.');
  const { owner, key, index, name, parent } = at;
  const member = memberOf(parent, name);
  const slot = member && slotFor(member, value);
  if (slot === undefined) throw invalid('The operation names an element that there cannot be.');
  const made = make(value, slot.type);
  if (index !== undefined) {
    (owner[key] as unknown[])[index] = made;
    return;
  }
  if (slot.key !== key) {
    delete owner[key];
    delete owner[`_${key}`];
  }
  owner[slot.key] = made;
}

function move(
  path: Expr,
  { source, destination }: Extract<PathOperation, { op: 'move' }>,
  resource: Json,
  model: Model,
): void {
  const { parent, name } = listNamed(path, resource, model);
  const owner = parent.value as Json;
  const key = memberOf(parent, name)?.slots.find((slot) => Array.isArray(owner[slot.key]))?.key;
  const list = key === undefined ? undefined : (owner[key] as unknown[]);
  if (key === undefined || list === undefined) throw invalid('The path means no list.');
  if (source >= list.length || destination >= list.length) throw invalid(noPlace);
  list.splice(destination, 0, ...list.splice(source, 1));
  const extras = owner[`_${key}`];
  if (!Array.isArray(extras)) return;
  while (extras.length < list.length) extras.push(null);
  extras.splice(destination, 0, ...extras.splice(source, 1));
}

/** The JSON of a value; parts become the elements of the type that stands there. */
function make(value: PatchValue, type: PathType): unknown {
  if (!('parts' in value)) {
    const isPlain = !isJsonObject(value.value) || isRawNumber(value.value);
    if ((type.system !== undefined) !== isPlain || value.value === null)
      throw invalid('The element can have no value of this type.');
    return value.value;
  }
  const made: Json = {};
  for (const { name, value: inner } of value.parts) {
    const member = type.members.get(name);
    if (member === undefined) throw invalid('A part of the value names no element of its type.');
    const slot = slotFor(member, inner);
    const one = make(inner, slot.type);
    if (member.isList) made[slot.key] = [...((made[slot.key] as unknown[]) ?? []), one];
    else made[slot.key] = one;
  }
  return made;
}
