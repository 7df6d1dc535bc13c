import type { Walk } from '../plan/index.ts';
import { isObject, matchesPattern } from '../values/index.ts';
import { resolve } from './resolve.ts';
import { targetType } from './targets.ts';

/**
 * A discriminator's path: the restricted FHIRPath of
 * https://hl7.org/fhir/R4/profiling.html#discriminator.
 */
export type Step =
  | { readonly kind: 'member'; readonly name: string }
  | { readonly kind: 'extension'; readonly url: string }
  | { readonly kind: 'resolve' }
  | { readonly kind: 'type'; readonly type: string };

/** Undefined for what the standard does not allow there. `$this` is no step at all. */
export function parsePath(path: string): Step[] | undefined {
  const steps: Step[] = [];
  const part = /\.?(?:(\$this)|(\w+)\(([^)]*)\)|(\w+)(?:\[x\])?)/y;
  while (part.lastIndex < path.length) {
    const found = part.exec(path);
    if (found === null) return undefined;
    const [, self, called, argument = '', name] = found;
    if (self !== undefined) continue;
    if (name !== undefined) steps.push({ kind: 'member', name });
    else if (called === 'extension')
      steps.push({ kind: 'extension', url: argument.trim().slice(1, -1) });
    else if (called === 'resolve') steps.push({ kind: 'resolve' });
    else if (called === 'ofType' || called === 'as') steps.push({ kind: 'type', type: argument });
    else return undefined;
  }
  return steps;
}

/** A value that a path leads to; its type where the path or the value says it. */
export type Found = { readonly value: unknown; readonly type: string | undefined };

/** What the path leads to; undefined where a reference on it leads out of the payload. */
export function valuesAt(
  value: unknown,
  type: string,
  steps: readonly Step[],
  walk: Walk,
): readonly Found[] | undefined {
  let found: readonly Found[] = [{ value, type: resourceTypeOf(value) ?? type }];
  for (const step of steps) {
    const next: Found[] = [];
    for (const one of found) {
      if (step.kind === 'resolve') {
        const target = resolved(one.value, walk);
        if (target === undefined) return undefined;
        next.push(target);
      } else take(one, step, next);
    }
    found = next;
  }
  return found;
}

type MemberStep = Extract<Step, { kind: 'member' }>;

export const isMember = (step: Step): step is MemberStep => step.kind === 'member';

/**
 * Do members alone lead to a value that holds the pattern? As `valuesAt`, which lists what it
 * finds; items of sliced lists are asked this for each slice.
 */
export function reaches(
  value: unknown,
  steps: readonly MemberStep[],
  at: number,
  pattern: unknown,
): boolean {
  const step = steps[at];
  if (step === undefined) return matchesPattern(pattern, value);
  if (!isObject(value)) return false;
  const { name } = step;
  if (Object.hasOwn(value, name)) return reachesIn(value[name], steps, at + 1, pattern);
  for (const key in value)
    if (key.startsWith(name) && /^[A-Z]/.test(key.slice(name.length)))
      if (reachesIn(value[key], steps, at + 1, pattern)) return true;
  return false;
}

function reachesIn(
  value: unknown,
  steps: readonly MemberStep[],
  at: number,
  pattern: unknown,
): boolean {
  if (!Array.isArray(value)) return reaches(value, steps, at, pattern);
  for (const one of value) if (reachesIn(one, steps, at, pattern)) return true;
  return false;
}

const resourceTypeOf = (value: unknown): string | undefined =>
  isObject(value) && typeof value.resourceType === 'string' ? value.resourceType : undefined;

function resolved(value: unknown, walk: Walk): Found | undefined {
  if (!isObject(value)) return undefined;
  const target = typeof value.reference === 'string' ? resolve(value.reference, walk) : undefined;
  const type = targetType(value, target);
  return type === undefined ? undefined : { value: target, type };
}

function take(
  { value, type }: Found,
  step: Exclude<Step, { kind: 'resolve' }>,
  into: Found[],
): void {
  if (step.kind === 'type') {
    if (type === step.type) into.push({ value, type });
    return;
  }
  if (!isObject(value)) return;
  if (step.kind === 'extension') {
    const { extension } = value;
    if (!Array.isArray(extension)) return;
    for (const one of extension)
      if (isObject(one) && one.url === step.url) into.push({ value: one, type: 'Extension' });
    return;
  }
  const { name } = step;
  if (Object.hasOwn(value, name)) push(value[name], undefined, into);
  else
    for (const key in value)
      if (key.startsWith(name) && /^[A-Z]/.test(key.slice(name.length)))
        push(value[key], typeOfKey(key.slice(name.length), value[key]), into);
}

/** `valueString` is of type string, `valueQuantity` of Quantity. */
const typeOfKey = (rest: string, value: unknown): string =>
  isObject(value) ? rest : rest.charAt(0).toLowerCase() + rest.slice(1);

function push(value: unknown, type: string | undefined, into: Found[]): void {
  if (Array.isArray(value)) for (const one of value) push(one, type, into);
  else if (value !== undefined && value !== null)
    into.push({ value, type: resourceTypeOf(value) ?? type });
}
