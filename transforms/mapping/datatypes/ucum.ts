import { createRequire } from 'node:module';

type Ucum = {
  UcumLhcUtils: { getInstance(): { validateUnitString(unit: string): { status: string } } };
};

let validate: ((unit: string) => boolean) | undefined;

/** Some 60 ms and 16 MB, so only when a unit comes that no dialect lists; then each once. */
function validator(): (unit: string) => boolean {
  if (validate === undefined) {
    const ucum = createRequire(import.meta.url)('@lhncbc/ucum-lhc') as Ucum;
    const units = ucum.UcumLhcUtils.getInstance();
    validate = (unit) => units.validateUnitString(unit).status === 'valid';
  }
  return validate;
}

const known = new Map<string, boolean>();
const knownMax = 10_000;

/** Without blanks, which the library reports on stdout, and no longer than a unit is. */
const shape = /^[A-Za-z0-9%/.*^()[\]{}'_+-]{1,60}$/;

/** Is it a valid UCUM code, case sensitive (https://ucum.org/ucum)? */
function isUcum(unit: string): boolean {
  const before = known.get(unit);
  if (before !== undefined) return before;
  const isValid = shape.test(unit) && validator()(unit);
  if (known.size >= knownMax) known.clear();
  known.set(unit, isValid);
  return isValid;
}

const upperAtoms = 'L|U|Cel|Pa|Hz|J|V|W|N|Bq|Gy|Sv|Ohm';
const lowerOrKnown = new RegExp(`^(?:[a-z]+|(?:[cdfhkmnpu]|da)?(?:${upperAtoms})|[MG](?:Bq|Hz))$`);

/**
 * Nobody says that it is UCUM: `G/L`, `K/uL`, `MG` and `PG` are valid UCUM (gauss, kelvin,
 * megagauss, petagauss) and mean something else in a laboratory.
 */
function isPlain(unit: string): boolean {
  const bare = unit.replaceAll(/\{[^}]*\}|\[[^\]]*\]/g, ' ');
  return (bare.match(/[A-Za-z]+/g) ?? []).every((word) => lowerOrKnown.test(word));
}

/** The unit as a UCUM code; `isSaid`: the message calls it one. Undefined when it is none. */
export function ucumCode(unit: string, isSaid: boolean): string | undefined {
  return isUcum(unit) && (isSaid || isPlain(unit)) ? unit : undefined;
}
