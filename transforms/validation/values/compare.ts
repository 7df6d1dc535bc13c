import { numberOf } from '../../fhir/index.ts';
import { isRawNumber } from './primitives.ts';

type Json = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isRawNumber(value);

/** Is the value what `fixed[x]` says, no more and no less? The order of members means nothing. */
export function equals(fixed: unknown, value: unknown): boolean {
  if (fixed === value) return true;
  if (Array.isArray(fixed))
    return (
      Array.isArray(value) &&
      fixed.length === value.length &&
      fixed.every((one, index) => equals(one, value[index]))
    );
  if (!isObject(fixed)) return equalNumbers(fixed, value);
  if (!isObject(value)) return false;
  const names = Object.keys(fixed);
  if (names.length !== Object.keys(value).length) return false;
  return names.every((name) => Object.hasOwn(value, name) && equals(fixed[name], value[name]));
}

/** Does the value hold what `pattern[x]` says, whatever else it holds? */
export function matchesPattern(pattern: unknown, value: unknown): boolean {
  if (pattern === value) return true;
  if (Array.isArray(pattern))
    return (
      Array.isArray(value) &&
      pattern.every((one) => value.some((other) => matchesPattern(one, other)))
    );
  if (!isObject(pattern)) return equalNumbers(pattern, value);
  if (!isObject(value)) return false;
  for (const name in pattern) if (!matchesPattern(pattern[name], value[name])) return false;
  return true;
}

function equalNumbers(expected: unknown, value: unknown): boolean {
  if (typeof expected !== 'number' && !isRawNumber(expected)) return false;
  if (typeof value !== 'number' && !isRawNumber(value)) return false;
  return numberOf(expected as number) === numberOf(value as number);
}
