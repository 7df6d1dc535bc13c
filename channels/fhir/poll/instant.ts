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
