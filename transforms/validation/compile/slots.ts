import { isList, isR4Type, typeCodeOf } from '../../fhir/index.ts';
import {
  type Check,
  checkObject,
  fail,
  missing,
  type ObjectPlan,
  referred,
  type Slot,
  setPlace,
  type TreeElement,
  type Walk,
} from '../plan/index.ts';
import { isObject, primitives } from '../values/index.ts';
import type { Compiler } from './compiler.ts';
import { extensionCounts } from './extension-counts.ts';
import { itemCheck } from './item.ts';
import { type Slices, slicesOf, type Tally } from './slices.ts';

type SlotCheck = Slot['check'];
type Keyed = readonly [key: string, check: SlotCheck];

/** The members of JSON in which an element may stand: one a type, and `_name` for primitives. */
export function slotsOf(node: TreeElement, compiler: Compiler): Keyed[] {
  const isChoice = node.name.endsWith('[x]');
  const name = isChoice ? node.name.slice(0, -3) : node.name;
  const target = referred(node);
  if (node.definition.contentReference !== undefined && target !== undefined) {
    const plan = (): ObjectPlan => compiler.planBelow(target);
    const check: Check = (value, walk, type) => checkObject(plan(), value, walk, type);
    const item = itemCheck(node, target.definition.path, compiler, check);
    return complexSlot(name, target.definition.path, node, item, compiler);
  }
  const codes = isResourceId(node) ? ['id'] : (node.definition.type ?? []).map(typeCodeOf);
  return [...new Set(codes)].flatMap((code) => {
    const key = isChoice ? `${name}${code.charAt(0).toUpperCase()}${code.slice(1)}` : name;
    const item = itemCheck(node, code, compiler);
    return primitives.has(code)
      ? primitiveSlots(key, code, node, item, compiler).slice(0, isAttribute(node) ? 1 : 2)
      : complexSlot(key, code, node, item, compiler);
  });
}

/** R4's snapshots call the id of a resource a string; its type is id (Resource.id). */
function isResourceId({ definition }: TreeElement): boolean {
  const [type = '', name, ...deeper] = definition.path.split('.');
  return name === 'id' && deeper.length === 0 && isR4Type(type);
}

/** What XML writes as an attribute, or as itself, has no sibling with extensions (Element.id). */
function isAttribute({ definition }: TreeElement): boolean {
  const base = definition.base?.path ?? definition.path;
  return base === 'Element.id' || base === 'Extension.url' || base === 'Narrative.div';
}

function complexSlot(
  key: string,
  type: string,
  node: TreeElement,
  item: Check,
  compiler: Compiler,
): Keyed[] {
  const slices = slicesOf(node, type, compiler);
  const checkCounts = type === 'Extension' ? extensionCounts(compiler) : undefined;
  const checkItems = (values: readonly unknown[], walk: Walk): void => {
    const tally = slices?.start();
    for (let at = 0; at < values.length; at += 1) {
      setPlace(walk, at);
      if (tally === undefined) item(values[at], walk, type);
      else slices?.check(tally, item, values[at], walk, type);
    }
    setPlace(walk, -1);
    if (tally !== undefined) slices?.finish(tally, walk);
    checkCounts?.(values, walk);
  };
  const inList = listCheck(node, checkItems);
  if (isList(node.definition)) return [[key, (value, walk) => inList(value, walk)]];
  const isForbidden = node.definition.max === '0';
  return [
    [
      key,
      (value, walk) => {
        if (isForbidden) forbidden(walk);
        else if (Array.isArray(value)) noList(walk);
        else if (slices === undefined) item(value, walk, type);
        else {
          const tally = slices.start();
          slices.check(tally, item, value, walk, type);
          slices.finish(tally, walk);
        }
      },
    ],
  ];
}

const forbidden = (walk: Walk): void =>
  fail(walk, 'fhir-cardinality', 'this must not be there (at most 0)');

const noList = (walk: Walk): void =>
  fail(walk, 'fhir-element-invalid', 'this is a list, and only one is allowed');

/** What is true of a list as a whole. */
function listCheck(
  { definition }: TreeElement,
  checkItems: (values: readonly unknown[], walk: Walk) => void,
): (value: unknown, walk: Walk) => void {
  const { min = 0, max } = definition;
  const most = max === undefined || max === '*' ? Number.POSITIVE_INFINITY : Number(max);
  return (value, walk) => {
    if (!Array.isArray(value)) {
      fail(walk, 'fhir-element-invalid', 'this must be a list, as [ ... ]');
      return;
    }
    if (value.length === 0) fail(walk, 'fhir-empty', 'an empty list; leave the element out');
    if (value.length > most)
      fail(walk, 'fhir-cardinality', `${value.length} are there, and at most ${max} may be`);
    if (value.length > 0 && value.length < min)
      fail(walk, 'fhir-cardinality', `${value.length} are there, and at least ${min} must be`);
    checkItems(value, walk);
  };
}

/** A primitive and its sibling: `birthDate` and `_birthDate`, which holds id and extensions. */
function primitiveSlots(
  key: string,
  type: string,
  node: TreeElement,
  item: Check,
  compiler: Compiler,
): Keyed[] {
  const sibling = `_${key}`;
  const slices = slicesOf(node, type, compiler);
  const extras = extraPlan(node, compiler);
  const inList = isList(node.definition);
  const checkOne: CheckOne = (value, extra, walk, tally) => {
    if (value === null || value === undefined) {
      if (!isObject(extra)) isNull(walk);
    } else if (tally === undefined) item(value, walk, type, extra);
    else slices?.check(tally, item, value, walk, type, extra);
    if (extra === null || extra === undefined) {
      if (extras().neededBits !== 0) missing(extras(), 0, walk);
    } else checkObject(extras(), extra, walk, 'Element', value !== null && value !== undefined);
  };
  if (!inList) return singlePrimitive(key, sibling, node, checkOne, slices);
  const asList = listCheck(node, () => {});
  const both = (values: unknown, extra: unknown, walk: Walk): void => {
    const list = Array.isArray(values) ? values : [];
    const beside = Array.isArray(extra) ? extra : [];
    if (extra !== undefined && !Array.isArray(extra)) notBeside(walk);
    const tally = slices?.start();
    for (let at = 0; at < Math.max(list.length, beside.length); at += 1) {
      setPlace(walk, at);
      checkOne(list[at], beside[at], walk, tally);
    }
    setPlace(walk, -1);
    if (tally !== undefined) slices?.finish(tally, walk);
  };
  return [
    [
      key,
      (value, walk, holder) => {
        asList(value, walk);
        both(value, holder?.[sibling], walk);
      },
    ],
    [
      sibling,
      (extra, walk, holder) => {
        if (holder?.[key] !== undefined) return;
        asList(extra, walk);
        both(undefined, extra, walk);
      },
    ],
  ];
}

const isNull = (walk: Walk): void =>
  fail(walk, 'fhir-empty', 'a value that is `null` says nothing');

const notBeside = (walk: Walk): void =>
  fail(walk, 'fhir-element-invalid', 'what stands beside a list of values is a list itself');

type CheckOne = (value: unknown, extra: unknown, walk: Walk, tally: Tally | undefined) => void;

function singlePrimitive(
  key: string,
  sibling: string,
  { definition }: TreeElement,
  checkOne: CheckOne,
  slices: Slices | undefined,
): Keyed[] {
  const isForbidden = definition.max === '0';
  const check = (value: unknown, extra: unknown, walk: Walk): void => {
    if (isForbidden) forbidden(walk);
    else if (Array.isArray(value) || Array.isArray(extra)) noList(walk);
    else if (extra === null && value !== undefined) isNull(walk);
    else {
      const tally = slices?.start();
      checkOne(value, extra, walk, tally);
      if (tally !== undefined) slices?.finish(tally, walk);
    }
  };
  return [
    [key, (value, walk, holder) => check(value, holder?.[sibling], walk)],
    [
      sibling,
      (extra, walk, holder) => {
        if (holder?.[key] === undefined) check(undefined, extra, walk);
      },
    ],
  ];
}

/** What may stand in a primitive's sibling: as the profile says, else any element's. */
function extraPlan(node: TreeElement, compiler: Compiler): () => ObjectPlan {
  let plan: ObjectPlan | undefined;
  return () => {
    plan ??= node.children.length > 0 ? compiler.planBelow(node) : compiler.planOf('Element');
    if (plan === undefined) throw new Error('the definition of Element is missing');
    return plan;
  };
}
