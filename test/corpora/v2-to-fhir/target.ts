// Where a row of HL7's tables writes: an element of the resource, or of one that it refers to.
import { elementOf } from '../hl7v2-fhir/r4-definitions.ts';

type Hop = { readonly type: string; readonly path: string };

export type Target = {
  /** Resource that the table is about. */
  readonly resource: string;
  /** Path of the element, without positions; '' for the resource itself. */
  readonly path: string;
  /** Resource (and element) that the element refers to. */
  readonly inner: Hop | undefined;
  /** Those between: `Condition.asserter` in `condition(Condition.asserter(Practitioner)`. */
  readonly through: readonly Hop[];
  /** Constant that the target itself names, as `status="finished"`. */
  readonly literal: string | undefined;
};

/** `map`: `Observation-Component`; `text`: `participant[1].individual(Practitioner.name)`. */
export function parseTarget(map: string, text: string): Target {
  const resource = /\[([A-Za-z]+)/.exec(map)?.[1] ?? '';
  const [named, literal] = text.split(/=(?!.*})/).map((part) => part.trim().replaceAll('"', ''));
  const hops = withoutPositions(named!).split('(');
  const [inner, ...through] = hops.slice(1).map(hopOf).reverse();
  // An annotation is no resource: its text stands in the element itself.
  if (inner?.type === 'Annotation')
    return { resource, path: hops[0]!, inner: undefined, through: [], literal };
  return {
    resource,
    path: hops[0] === '$this' || hops[0] === '$value' ? '' : hops[0]!.replace(/\.$/, ''),
    inner: inner?.type === '' ? undefined : inner,
    through,
    literal,
  };
}

function hopOf(text: string): Hop {
  const bare = text.replaceAll(')', '');
  const [, type = ''] = /^\.?([A-Za-z]+)/.exec(bare) ?? [];
  return { type, path: bare.replace(/^\.?[A-Za-z]+\.?/, '') };
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
