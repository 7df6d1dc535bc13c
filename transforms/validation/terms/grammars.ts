import { createRequire } from 'node:module';
import type { Verdict } from './verdict.ts';

const shortWords = new Set(['json', 'ttl', 'xml']);
const mediaType = /^[A-Za-z0-9][\w!#$&^.+-]{0,126}\/[A-Za-z0-9*][\w!#$&^.+-]{0,126}( ?;.{1,200})?$/;

/** Language of two or three letters, script, region, variants, extensions, private use. */
const language = new RegExp(
  '^[a-z]{2,3}(-[a-z]{3}){0,3}(-[a-z]{4})?(-([a-z]{2}|\\d{3}))?(-([a-z\\d]{5,8}|\\d[a-z\\d]{3}))*' +
    '(-[a-wyz\\d](-[a-z\\d]{2,8})+)*(-x(-[a-z\\d]{1,8})+)?$',
  'i',
);
/** Private, and those that were registered before there was a grammar. */
const otherLanguage = /^(x(-[a-z\d]{1,8})+|i-[a-z]{3,8}|en-GB-oed|sgn-(BE-FR|BE-NL|CH-DE))$/i;

/** Code systems that are a grammar or a list that the runtime knows. */
const systems: Readonly<Record<string, (code: string) => boolean>> = {
  // Media types (RFC 6838, section 4.2), with parameters, and FHIR's own short words for three.
  'urn:ietf:bcp:13': (code) => shortWords.has(code) || mediaType.test(code),
  // Language tags (RFC 5646, section 2.1): well-formed is what the standard's set asks.
  'urn:ietf:bcp:47': (code) => language.test(code) || otherLanguage.test(code),
  'urn:iso:std:iso:4217': (code) => currencies().has(code),
};

/** A code that its own code system cannot have, as far as that is known here. */
export const isNoCodeOf = (system: string, code: string): boolean =>
  system === ucum ? !isUnit(code) : inSystem(system, code) === 'no';

const ucum = 'http://unitsofmeasure.org';

type Unit = { dim_?: { dimVec_?: readonly number[] | null } };
type Ucum = {
  UcumLhcUtils: {
    getInstance(): {
      validateUnitString(unit: string): { status: string };
      getSpecifiedUnit(unit: string, use: 'validate'): { unit: Unit | null };
    };
  };
};

let library: Ucum | undefined;
const units = new Map<string, boolean>();
const unitsMax = 10_000;
/** The library writes to stdout of blanks; no unit is so long. */
const unitShape = /^[!-~]{1,200}$/;

/** Is it a unit of UCUM, case sensitive? The library (60 ms, 16 MB) is loaded for the first one. */
function isUnit(code: string): boolean {
  const before = units.get(code);
  if (before !== undefined) return before;
  library ??= createRequire(import.meta.url)('@lhncbc/ucum-lhc') as Ucum;
  const is =
    unitShape.test(code) &&
    library.UcumLhcUtils.getInstance().validateUnitString(code).status === 'valid';
  if (units.size >= unitsMax) units.clear();
  units.set(code, is);
  return is;
}

/** A unit of each kind of measure that a type of FHIR is bound to. */
const unitOf = { time: 's', length: 'm' } as const;
export type Measured = keyof typeof unitOf;

const kinds = new Map<string, boolean>();

/** Does a unit of UCUM measure this? Undefined for what is no unit. */
export function measures(code: string, wanted: Measured): boolean | undefined {
  if (!isUnit(code)) return undefined;
  const key = `${wanted} ${code}`;
  const before = kinds.get(key);
  if (before !== undefined) return before;
  const { UcumLhcUtils } = library as Ucum;
  const kind = (unit: string) =>
    UcumLhcUtils.getInstance().getSpecifiedUnit(unit, 'validate').unit?.dim_?.dimVec_?.join() ?? '';
  const is = kind(code) === kind(unitOf[wanted]);
  if (kinds.size >= unitsMax) kinds.clear();
  kinds.set(key, is);
  return is;
}

/**
 * What a code of these systems looks like: another is none of theirs, and whether this one is
 * cannot be said here.
 */
const shapes: Readonly<Record<string, (code: string) => boolean>> = {
  // CDC's race and ethnicity codes.
  'urn:oid:2.16.840.1.113883.6.238': (code) => /^\d{4}-\d$/.test(code) && hasCheckDigit(code),
  'http://terminology.hl7.org/CodeSystem/v3-AdministrativeGender': (code) =>
    ['F', 'M', 'UN'].includes(code),
  'http://terminology.hl7.org/CodeSystem/v3-NullFlavor': (code) => nullFlavors.has(code),
};

const nullFlavors = new Set(
  'NI INV DER OTH NINF PINF UNC MSK NA UNK ASKU NAV NASK NAVU QS TRC NP'.split(' '),
);

/** The last digit by Luhn (ISO/IEC 7812-1), over the four digits before the dash. */
function hasCheckDigit(code: string): boolean {
  let sum = 0;
  for (let at = 0; at < 4; at += 1) {
    const digit = code.charCodeAt(at) - 48;
    const twice = digit * 2;
    sum += at % 2 === 0 ? digit : twice > 9 ? twice - 9 : twice;
  }
  return (10 - (sum % 10)) % 10 === code.charCodeAt(5) - 48;
}

export function inSystem(system: string, code: string): Verdict {
  if (Object.hasOwn(shapes, system)) return shapes[system]?.(code) ? 'unknown' : 'no';
  const knows = Object.hasOwn(systems, system) ? systems[system] : undefined;
  if (knows === undefined) return 'unknown';
  return knows(code) ? 'yes' : 'no';
}

let known: ReadonlySet<string> | undefined;

function currencies(): ReadonlySet<string> {
  known ??= new Set(Intl.supportedValuesOf('currency'));
  return known;
}
