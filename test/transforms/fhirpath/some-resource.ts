import fc from 'fast-check';
import { type Model, type PathType, r4Model } from '../../../transforms/fhirpath/index.ts';

type Json = Record<string, unknown>;

export type Words = {
  /** What texts are made of. */
  readonly texts: readonly string[];
  /** How many of a hundred primitives have an id beside them, or only that. */
  readonly siblings: number;
};

/** What chooses: fast-check's generator, so that a failure shrinks. */
type Choose = fc.GeneratorValue;

/** Without these an element says nothing, and the engines differ in what they make of it. */
const required = new Set(['Extension.url', 'Quantity.value']);

const depthMax = 3;

/**
 * A resource of R4 with some of its elements, of the right types and mostly of no sense. Its
 * texts should be those that invariants compare with, so that both sides of a condition are met.
 */
export function someResource(choose: Choose, name: string, words: Words): Json {
  const type = r4Model().type(name)!;
  return { resourceType: name, ...someMembers(choose, type, words, 0) };
}

const chance = (choose: Choose, percent: number): boolean =>
  choose(fc.integer, { min: 0, max: 99 }) < percent;

function someMembers(choose: Choose, type: PathType, words: Words, depth: number): Json {
  const out: Json = {};
  const percent = [30, 40, 40, 25][depth] ?? 10;
  for (const { name, isList, slots } of type.members.values()) {
    const urgent = required.has(`${type.name}.${name}`);
    if (!urgent && !chance(choose, name.endsWith('xtension') ? 6 : percent)) continue;
    const slot = choose(fc.constantFrom, ...slots);
    const count = isList ? choose(fc.integer, { min: 1, max: 2 }) : 1;
    const made = Array.from({ length: count }, () => some(choose, slot.type, words, depth + 1));
    // Null stands in a list where a primitive has only an extension, nowhere else.
    const there = made.filter(({ value, extra }) => (value ?? extra) !== undefined);
    const values = there.map(({ value }) => value ?? null);
    const extras = there.map(({ extra }) => extra ?? null);
    if (values.some((value) => value !== null)) out[slot.key] = isList ? values : values[0];
    if (extras.some((extra) => extra !== null)) out[`_${slot.key}`] = isList ? extras : extras[0];
  }
  return out;
}

type Some = { readonly value?: unknown; readonly extra?: unknown };

function some(choose: Choose, type: PathType, words: Words, depth: number): Some {
  if (type.system === undefined) return someComplex(choose, type, words, depth);
  // fhirpath.js does not see the id of a number among its descendants.
  const isNumber = type.system === 'Integer' || type.system === 'Decimal';
  const extra = !isNumber && chance(choose, words.siblings) ? { extra: { id: 'x' } } : {};
  if ('extra' in extra && chance(choose, 50)) return extra;
  return { value: somePrimitive(choose, type, words), ...extra };
}

function someComplex(choose: Choose, type: PathType, words: Words, depth: number): Some {
  if (type.isResource) {
    const id = choose(fc.constantFrom, ...words.texts);
    const name = choose(fc.constantFrom, 'Patient', 'Organization');
    return depth > 1 ? {} : { value: { resourceType: name, id, active: true } };
  }
  if (depth > depthMax) return {};
  const value = someMembers(choose, type, words, depth);
  return Object.keys(value).length === 0 ? {} : { value };
}

const dates = ['2012', '2012-01', '2012-01-31', '2013-02-01'];
// fhirpath.js finds no two values alike that say one instant in two zones.
const times = ['2012-01-31T10:00:00Z', '2012-01-31T12:30:00+02:00', '2013-01-01T00:00:00.500Z'];

function somePrimitive(choose: Choose, type: PathType, words: Words): unknown {
  switch (type.system) {
    case 'Boolean':
      return choose(fc.boolean);
    case 'Integer':
      return choose(fc.integer, { min: 0, max: 4 });
    case 'Decimal':
      return choose(fc.constantFrom, 0, 1, 2.5, 99.9, 101);
    case 'Date':
      return choose(fc.constantFrom, ...dates);
    case 'DateTime':
      return choose(fc.constantFrom, ...(type.name === 'instant' ? times : [...dates, ...times]));
    case 'Time':
      return choose(fc.constantFrom, '10:00:00', '11:30:00');
    default:
      if (type.name === 'xhtml')
        return choose(fc.constantFrom, '<div>a</div>', '<div> </div>', '<div><script/></div>');
      return choose(fc.constantFrom, ...words.texts);
  }
}

export type Element = { readonly type: PathType; readonly value: unknown; readonly extra: unknown };

/** Every element of a resource with its type, itself first; contained ones are its elements. */
export function elementsOf(value: Json, model: Model = r4Model()): Element[] {
  const type = model.type(value.resourceType as string)!;
  const found: Element[] = [];
  addElements({ type, value, extra: undefined }, model, found);
  return found;
}

function addElements(element: Element, model: Model, found: Element[]): void {
  found.push(element);
  const owner = element.type.system === undefined ? element.value : element.extra;
  if (typeof owner !== 'object' || owner === null) return;
  for (const slot of element.type.keys.values()) {
    const value = (owner as Json)[slot.key];
    const extra = (owner as Json)[`_${slot.key}`];
    const values = Array.isArray(value) ? value : [value];
    const extras = Array.isArray(extra) ? extra : [extra];
    for (let index = 0; index < Math.max(values.length, extras.length); index += 1) {
      const [one, more] = [values[index] ?? undefined, extras[index] ?? undefined];
      if (one === undefined && more === undefined) continue;
      const named = slot.type.isResource ? model.type((one as Json).resourceType as string) : null;
      addElements({ type: named ?? slot.type, value: one, extra: more }, model, found);
    }
  }
}
