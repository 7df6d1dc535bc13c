import { type ElementDefinition, type ElementType, isR4Type } from '../../fhir/index.ts';
import { type Check, fail, type Json, leaveUnchecked, type Walk } from '../plan/index.ts';
import { isObject } from '../values/index.ts';
import { type Compiler, typeNameOf } from './compiler.ts';
import { resolve } from './resolve.ts';

/** By the type of a target, the profiles that it may fit; none where any resource will do. */
type Wanted = {
  readonly byType: ReadonlyMap<string, readonly string[]>;
  /** A profile that is not at hand, so that nobody can say what it is of. */
  readonly unknown: string | undefined;
};

/**
 * What a reference leads to must be of a type named here, what is in the payload must fit one of
 * its profiles, and the reference must be of the kind that the profile wants
 * (ElementDefinition.type.targetProfile, aggregation, versioning).
 */
export function targetRule(
  { type = [] }: ElementDefinition,
  code: string,
  compiler: Compiler,
): Check[] {
  if (code !== 'Reference') return [];
  const own = type.find((one) => one.code === code);
  const profiles = own?.targetProfile ?? [];
  const rules: Check[] = own === undefined ? [] : kindRules(own);
  return profiles.length === 0 ? rules : [typeRule(profiles, compiler), ...rules];
}

function typeRule(profiles: readonly string[], compiler: Compiler): Check {
  let made: Wanted | undefined;
  return (value, walk) => {
    if (!isObject(value)) return;
    made ??= wantedOf(profiles, compiler);
    const { byType, unknown } = made;
    const target = typeof value.reference === 'string' ? resolve(value.reference, walk) : undefined;
    const named = targetType(value, target);
    if (named === undefined) return;
    const wanted = byType.get(named) ?? (byType.has('Resource') ? [] : undefined);
    if (wanted === undefined) {
      if (unknown !== undefined) leaveUnchecked(walk, `the profile ${unknown} is not at hand`);
      else
        fail(
          walk,
          'fhir-reference-target',
          `this refers to a ${named}; allowed: ${[...byType.keys()].join(', ')}`,
        );
    } else if (target !== undefined && wanted.length > 0)
      if (!wanted.some((url) => fits(target, url, walk, compiler)))
        fail(walk, 'fhir-reference-target', `what this refers to does not fit ${inWords(wanted)}`);
  };
}

function wantedOf(profiles: readonly string[], compiler: Compiler): Wanted {
  const byType = new Map<string, readonly string[]>();
  let unknown: string | undefined;
  for (const profile of profiles) {
    const type = compiler.find(profile)?.type ?? plainType(profile);
    if (type === undefined) {
      unknown = profile;
      continue;
    }
    const before = byType.get(type);
    // A type of its own: what stands in the payload is checked as one anyhow.
    const isPlain = plainType(profile) === type || before?.length === 0;
    byType.set(type, isPlain ? [] : [...(before ?? []), profile]);
  }
  return { byType, unknown };
}

const inWords = (profiles: readonly string[]): string =>
  profiles.length === 1 ? `the profile ${profiles[0]}` : 'any of the profiles that are allowed';

/** So far are references followed from one that is checked: each on the way is checked itself. */
const followedMax = 3;

/** Each target is looked at once a profile; while it is, it fits: references may go in circles. */
function fits(target: Json, url: string, walk: Walk, compiler: Compiler): boolean {
  if (walk.followed === followedMax) return true;
  const known = walk.fits.get(target) ?? new Map<string, boolean>();
  walk.fits.set(target, known);
  const before = known.get(url);
  if (before !== undefined) return before;
  known.set(url, true);
  walk.followed += 1;
  const does = compiler.fitsProfile(url, target, walk);
  walk.followed -= 1;
  known.set(url, does);
  return does;
}

function kindRules({ aggregation = [], versioning }: ElementType): Check[] {
  if (aggregation.length === 0 && versioning !== 'specific') return [];
  const kinds = new Set(aggregation);
  return [
    (value, walk) => {
      const reference = isObject(value) ? value.reference : undefined;
      if (typeof reference !== 'string' || reference.trim() === '') return;
      const kind = kindOf(reference, walk);
      if (kinds.size > 0 && !kinds.has(kind))
        fail(walk, 'fhir-reference-target', `this is ${kind}; allowed: ${[...kinds].join(', ')}`);
      if (versioning === 'specific' && kind !== 'contained' && !reference.includes('/_history/'))
        fail(walk, 'fhir-reference-target', 'a version must be named (`/_history/...`)');
    },
  ];
}

function kindOf(reference: string, walk: Walk): 'contained' | 'bundled' | 'referenced' {
  if (reference.startsWith('#')) return 'contained';
  return resolve(reference, walk) === undefined ? 'referenced' : 'bundled';
}

const plainType = (profile: string): string | undefined => {
  const name = typeNameOf(profile);
  return isR4Type(name) ? name : undefined;
};

/** `Type/id` at the end of a reference, or `Type?search` as the whole of one. */
const typed =
  /(?:^|\/)([A-Z][A-Za-z]+)\/[A-Za-z0-9\-.]{1,64}(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/;
const searched = /^([A-Z][A-Za-z]+)\?/;

/** The type that a reference leads to, as far as it can be known here. */
export function targetType(value: Json, target: Json | undefined): string | undefined {
  const { resourceType } = target ?? {};
  if (typeof resourceType === 'string') return resourceType;
  const { reference, type } = value;
  const written =
    typeof reference === 'string'
      ? (typed.exec(reference) ?? searched.exec(reference))?.[1]
      : undefined;
  if (written !== undefined && isR4Type(written)) return written;
  return typeof type === 'string' && isR4Type(type) ? type : undefined;
}
