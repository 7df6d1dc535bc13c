// Where a row of HL7's tables writes: an element of the resource, or of one that it refers to.
import { elementOf } from '../hl7v2-fhir/r4-definitions.ts';

export type Target = {
  /** Resource that the table is about. */
  readonly resource: string;
  /** Path of the element, without positions; '' for the resource itself. */
  readonly path: string;
  /** Resource (and element) that the element refers to. */
  readonly inner: { readonly type: string; readonly path: string } | undefined;
  /** Constant that the target itself names, as `status="finished"`. */
  readonly literal: string | undefined;
};

/** `map`: `Observation-Component`; `text`: `participant[1].individual(Practitioner.name)`. */
export function parseTarget(map: string, text: string): Target {
  const resource = /\[([A-Za-z]+)/.exec(map)?.[1] ?? '';
  const [named, literal] = text.split(/=(?!.*})/).map((part) => part.trim().replaceAll('"', ''));
  const hops = withoutPositions(named!).split('(');
  const last = hops.length > 1 ? hops.at(-1)!.replaceAll(')', '') : undefined;
  // An annotation is no resource: its text stands in the element itself.
  if (/^Annotation\b/.test(last ?? ''))
    return { resource, path: hops[0]!, inner: undefined, literal };
  const type = /^\.?([A-Za-z]+)/.exec(last ?? '')?.[1];
  const rest = (last ?? '').replace(/^\.?[A-Za-z]+\.?/, '');
  return {
    resource,
    path: hops[0] === '$this' || hops[0] === '$value' ? '' : hops[0]!.replace(/\.$/, ''),
    inner: type === undefined ? undefined : { type, path: rest },
    literal,
  };
}

const withoutPositions = (text: string): string =>
  text
    .replace(/\[[^\]]*\]/g, '')
    .replace(/\s/g, '')
    .replace(/\.reference\b/g, '');

/** Has R4 such an element? */
export function isR4({ resource, path, inner }: Target): boolean {
  if (!hasElement(resource, path)) return false;
  return inner === undefined || hasElement(inner.type, inner.path);
}

const stepsOf = (path: string): string[] =>
  path === '' ? [] : path.replace(/\{[^}]*\}/g, '').split('.');

function hasElement(type: string, path: string): boolean {
  let at: string | undefined = type;
  if (elementOf(type, 'id') === undefined) return false;
  for (const step of stepsOf(path)) {
    at = elementOf(at, step)?.inside;
    if (at === undefined) return false;
  }
  return true;
}
