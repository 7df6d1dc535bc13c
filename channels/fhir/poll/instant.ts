const instant = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;

/**
 * A FHIR instant in microseconds since the epoch (https://hl7.org/fhir/R4/datatypes.html#instant);
 * undefined for what is none. Finer digits are left off.
 */
export function instantUs(text: string): number | undefined {
  const [, seconds, fraction = '', zone] = instant.exec(text) ?? [];
  if (seconds === undefined || zone === undefined) return undefined;
  const ms = Date.parse(seconds + zone);
  return Number.isNaN(ms) ? undefined : ms * 1_000 + Number(fraction.slice(0, 6).padEnd(6, '0'));
}

/** Before all others where it is missing or none. */
export const usOf = (text: string | undefined): number =>
  instantUs(text ?? '') ?? Number.NEGATIVE_INFINITY;

export const isLater = (one: string | undefined, other: string | undefined): boolean =>
  usOf(one) > usOf(other);

export const later = (one: string | undefined, other: string | undefined): string | undefined =>
  isLater(other, one) ? other : one;

export const earlier = (instant: string, ms: number): string =>
  new Date(Math.floor(usOf(instant) / 1_000) - ms).toISOString();
