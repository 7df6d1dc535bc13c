import { compare as compareDecimals, type Decimal, decimalFrom, rescale, trim } from './decimal.ts';
import { failed } from './faults.ts';
import type { SystemName } from './model.ts';
import { isJsonObject, isRawNumber, type PathNode } from './node.ts';
import { compareQuantities, equivalentQuantities, isQuantity, quantityOf } from './quantity.ts';
import { compareTemporal, parseDateTime, parseTime, type Temporal } from './temporal.ts';

/** What kind of System value a node holds; undefined for what has elements. */
export const systemNameOf = (node: PathNode): SystemName | undefined => node.type.system;

export function temporalOf({ type, value }: PathNode): Temporal | undefined {
  if (typeof value !== 'string') return undefined;
  if (type.system === 'Time') return parseTime(value);
  return type.system === 'Date' || type.system === 'DateTime' ? parseDateTime(value) : undefined;
}

const isTemporal = ({ type }: PathNode): boolean =>
  type.system === 'Date' || type.system === 'DateTime' || type.system === 'Time';

/** `=` of two single values; undefined where it cannot be told (N1, section 6.1.1). */
export function equalNodes(a: PathNode, b: PathNode): boolean | undefined {
  const [left, right] = [a.value, b.value];
  if (typeof left === 'string' && typeof right === 'string') {
    if (!isTemporal(a) && !isTemporal(b)) return left === right;
    return equalTemporal(a, b);
  }
  if (typeof left === 'number' && typeof right === 'number') return left === right;
  if (typeof left === 'boolean' || typeof right === 'boolean') return left === right;
  const [one, other] = [decimalFrom(left), decimalFrom(right)];
  if (one !== undefined && other !== undefined) return compareDecimals(one, other) === 0;
  if (left === undefined || right === undefined)
    return left === right && equalJson(a.extra, b.extra);
  const quantities = bothQuantities(a, b);
  if (quantities === undefined) return equalJson(left, right);
  const order = compareQuantities(...quantities);
  return order === undefined ? undefined : order === 0;
}

const bothQuantities = (a: PathNode, b: PathNode) => {
  const [one, other] = [quantityOf(a), quantityOf(b)];
  return one === undefined || other === undefined ? undefined : ([one, other] as const);
};

function equalTemporal(a: PathNode, b: PathNode): boolean | undefined {
  const [one, other] = [temporalOf(a), temporalOf(b)];
  if (one === undefined || other === undefined) {
    // A string beside a date: equal where it is written so.
    return a.value === b.value;
  }
  if (one.from !== other.from) return false;
  const order = compareTemporal(one, other);
  return order === undefined ? undefined : order === 0;
}

/** Deep equality of what JSON holds; the order of keys does not count. */
export function equalJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (isRawNumber(a) || isRawNumber(b)) {
    const [one, other] = [decimalFrom(a), decimalFrom(b)];
    return one !== undefined && other !== undefined && compareDecimals(one, other) === 0;
  }
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((one, index) => equalJson(one, b[index]));
  if (!isJsonObject(a) || !isJsonObject(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => key in b && equalJson(a[key], b[key]))
  );
}

/** `~` of two single values (N1, section 6.1.3). */
export function equivalentNodes(a: PathNode, b: PathNode): boolean {
  const [left, right] = [a.value, b.value];
  if (typeof left === 'string' && typeof right === 'string') {
    if (isTemporal(a) && isTemporal(b)) return equalTemporal(a, b) ?? false;
    return foldText(left) === foldText(right);
  }
  const [one, other] = [decimalFrom(left), decimalFrom(right)];
  if (one !== undefined && other !== undefined) return equivalentDecimals(one, other);
  const quantities = bothQuantities(a, b);
  if (quantities !== undefined) return equivalentQuantities(...quantities);
  if (left === undefined || right === undefined) return left === right;
  return equivalentJson(left, right);
}

const foldText = (text: string): string => text.trim().replace(/\s+/g, ' ').toLowerCase();

/** Equal once both are rounded to the digits of the less precise one. */
export function equivalentDecimals(a: Decimal, b: Decimal): boolean {
  const [one, other] = [trim(a), trim(b)];
  const scale = Math.min(one.scale, other.scale);
  return compareDecimals(rescale(one, scale), rescale(other, scale)) === 0;
}

/** Like `equalJson`, with the texts folded, lists in any order and ids left out. */
function equivalentJson(a: unknown, b: unknown): boolean {
  if (typeof a === 'string' && typeof b === 'string') return foldText(a) === foldText(b);
  const [one, other] = [decimalFrom(a), decimalFrom(b)];
  if (one !== undefined && other !== undefined) return equivalentDecimals(one, other);
  if (Array.isArray(a) && Array.isArray(b)) return equivalentLists(a, b, equivalentJson);
  if (!isJsonObject(a) || !isJsonObject(b)) return a === b;
  const keys = Object.keys(a).filter((key) => key !== 'id');
  return (
    keys.length === Object.keys(b).filter((key) => key !== 'id').length &&
    keys.every((key) => equivalentJson(a[key], b[key]))
  );
}

export function equivalentLists<T>(
  a: readonly T[],
  b: readonly T[],
  equivalent: (one: T, other: T) => boolean,
): boolean {
  if (a.length !== b.length) return false;
  const rest = [...b];
  return a.every((one) => {
    const index = rest.findIndex((other) => equivalent(one, other));
    if (index === -1) return false;
    rest.splice(index, 1);
    return true;
  });
}

/** Below, equal or above 0; undefined where it cannot be told; other types are an error. */
export function orderOf(a: PathNode, b: PathNode): number | undefined {
  const [left, right] = [a.value, b.value];
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  if (left === undefined || right === undefined) return undefined;
  if (typeof left === 'string' && typeof right === 'string') return orderOfTexts(a, b);
  const [one, other] = [decimalFrom(left), decimalFrom(right)];
  if (one !== undefined && other !== undefined) return compareDecimals(one, other);
  const quantities = bothQuantities(a, b);
  if (quantities !== undefined) return compareQuantities(...quantities);
  // A quantity of FHIR may have no value, which is no error.
  if (isQuantity(a) && isQuantity(b)) return undefined;
  throw failed(`A value of type ${a.type.name} has no order beside one of ${b.type.name}.`);
}

function orderOfTexts(a: PathNode, b: PathNode): number | undefined {
  if (!isTemporal(a) && !isTemporal(b)) {
    const [left, right] = [a.value as string, b.value as string];
    return left < right ? -1 : left > right ? 1 : 0;
  }
  const [one, other] = [temporalOf(a) ?? looseTemporal(a, b), temporalOf(b) ?? looseTemporal(b, a)];
  if (one?.from !== other?.from || one === undefined || other === undefined)
    throw failed(`A value of type ${a.type.name} has no order beside one of ${b.type.name}.`);
  return compareTemporal(one, other);
}

/** FHIR's texts beside a date count as one where they can be read so. */
const looseTemporal = ({ value, type }: PathNode, beside: PathNode): Temporal | undefined => {
  if (type.system !== 'String' || typeof value !== 'string') return undefined;
  return beside.type.system === 'Time' ? parseTime(value) : parseDateTime(value);
};
