import { type ElementDefinition, isR4Type } from '../../fhir/index.ts';
import { type Check, fail, type Json, leaveUnchecked } from '../plan/index.ts';
import { isObject } from '../values/index.ts';
import { type Compiler, typeNameOf } from './compiler.ts';
import { resolve } from './resolve.ts';

/** What a reference leads to must be of a type, and of what is at hand of a profile, named here. */
export function targetRule(
  { type = [] }: ElementDefinition,
  code: string,
  compiler: Compiler,
): Check[] {
  const profiles = type.find((one) => one.code === code)?.targetProfile ?? [];
  if (code !== 'Reference' || profiles.length === 0) return [];
  const types = new Map<string, string>();
  let unknown: string | undefined;
  let isMade = false;
  const make = (): void => {
    for (const profile of profiles) {
      const found = compiler.find(profile)?.type ?? plainType(profile);
      if (found === undefined) unknown = profile;
      else types.set(found, profile);
    }
    isMade = true;
  };
  return [
    (value, walk) => {
      if (!isObject(value)) return;
      if (!isMade) make();
      if (types.has('Resource')) return;
      const target =
        typeof value.reference === 'string' ? resolve(value.reference, walk) : undefined;
      const named = targetType(value, target);
      if (named === undefined || types.has(named)) return;
      if (unknown !== undefined) leaveUnchecked(walk, `the profile ${unknown} is not at hand`);
      else
        fail(
          walk,
          'fhir-reference-target',
          `this refers to a ${named}; allowed: ${[...types.keys()].join(', ')}`,
        );
    },
  ];
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
