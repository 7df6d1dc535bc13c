import { suggestion } from '../../../engine/index.ts';
import type { Path, Report } from '../report.ts';
import { type Element, elementsOf } from './elements.ts';
import { membersOfType, requiredCodes } from './r4.ts';
import { chosen } from './target.ts';

/** An element and the FHIR path at which its rules (bindings, targets) are written. */
export type Place = { readonly element: Element; readonly path: string };

/** Where each of the elements stands that lead from a resource or backbone path inwards. */
export function placesOf(start: string, elements: readonly Element[]): readonly Place[] {
  let inside = start;
  return elements.map((element) => {
    const path = `${inside}.${element.name}`;
    inside = insideOf(path, element);
    return { element, path };
  });
}

/** The path that an element`s members have: a backbone`s own, else its data type. */
const insideOf = (path: string, { types: [type = ''] }: Element): string =>
  type === 'Backbone' ? path : type.replace('TimingRepeat', 'Timing.repeat');

/** Is a constant what R4 has at this place: its type, members, cardinality and required codes? */
export function checkConstant(
  value: unknown,
  { element, path }: Place,
  report: Report,
  ...at: Path
): void {
  if (value === null) return;
  if (Array.isArray(value)) {
    report('fhir-cardinality', 'a rule gives one item at a time, not a list', ...at);
    return;
  }
  const [type = ''] = element.types;
  if (element.types.length > 1) return;
  const members = type === 'Backbone' ? elementsOf(path) : membersOfType(type);
  if (members === undefined) checkPrimitive(value, type, path, report, at);
  else if (typeof value !== 'object')
    report('fhir-type', `the element is a ${type}; this is a ${typeof value}`, ...at);
  else checkMembers(value as Json, members, insideOf(path, element), report, at);
  if (typeof value === 'object') checkConcept(value as Json, type, path, report, at);
}

type Json = Readonly<Record<string, unknown>>;

function checkMembers(
  value: Json,
  members: ReadonlyMap<string, Element>,
  inside: string,
  report: Report,
  at: Path,
): void {
  for (const [key, inner] of Object.entries(value)) {
    const element = members.get(key) ?? chosen(members, key);
    if (element === undefined) {
      const hint = suggestion(key, [...members.keys()]);
      report('fhir-element', `${inside} has no element \`${key}\`; ${hint}`, ...at, key);
      continue;
    }
    const place = { element, path: `${inside}.${element.name}` };
    if (element.repeats && !Array.isArray(inner))
      report('fhir-cardinality', `${inside}.${key} repeats: write a list`, ...at, key);
    else if (element.repeats)
      for (const [index, item] of (inner as unknown[]).entries())
        checkConstant(item, place, report, ...at, key, index);
    else checkConstant(inner, place, report, ...at, key);
  }
  for (const { name, required } of members.values())
    if (required && !name.endsWith('[x]') && value[name] === undefined)
      report('fhir-required', `${inside}.${name} is required and missing`, ...at);
}

const numbers = new Set(['integer', 'positiveInt', 'unsignedInt', 'decimal']);

function checkPrimitive(
  value: unknown,
  type: string,
  path: string,
  report: Report,
  at: Path,
): void {
  const wanted = type === 'boolean' ? 'boolean' : numbers.has(type) ? 'number' : 'string';
  const isKnown = /^[a-z]/.test(type);
  if (isKnown && typeof value !== wanted) {
    const given = typeof value === 'object' ? 'an object' : `a ${typeof value}`;
    report('fhir-type', `the element is a ${type}; this is ${given}`, ...at);
    return;
  }
  if (type === 'code') checkCode(String(value), undefined, path, report, ...at);
}

/** A code, of any system where none is given, against the required binding at the path. */
export function checkCode(
  code: string,
  system: string | undefined,
  path: string,
  report: Report,
  ...at: Path
): void {
  const codes = requiredCodes(path);
  if (codes === undefined) return;
  const known = system === undefined ? [...codes.values()] : [codes.get(system) ?? new Set()];
  if (known.some((of) => of.has(code))) return;
  const all = [...codes.values()].flatMap((of) => [...of]);
  const word = system === undefined ? code : `${system}|${code}`;
  const message = `R4 allows no \`${word}\` at ${path}; ${suggestion(code, all)}`;
  report('code-unknown', message, ...at);
}

/** One of a concept`s codings must be of the required codes. */
function checkConcept(value: Json, type: string, path: string, report: Report, at: Path): void {
  const codes = requiredCodes(path);
  if (codes === undefined) return;
  const codings = type === 'Coding' ? [value] : type === 'CodeableConcept' ? value.coding : [];
  const list = Array.isArray(codings) ? (codings as fhir4.Coding[]) : [];
  if (list.some(({ system = '', code = '' }) => codes.get(system)?.has(code))) return;
  const { system, code = '' } = list[0] ?? {};
  checkCode(code, system ?? '', path, report, ...at);
}
