import type { Environment } from '../environment.ts';
import { type Cell, component, ownText } from '../reading/index.ts';
import { ucumCode } from './ucum.ts';

export const ucumUri = 'http://unitsofmeasure.org';
const ucumNames = new Set(['UCUM', 'ucum', ucumUri]);
const nothing: fhir4.Quantity = Object.freeze({});

/**
 * Unit (CE, CWE) to Quantity`s unit, system and code: by the dialect`s `units`, else where it is a
 * valid UCUM code; else the text alone, which is flagged. The same object may be given again.
 */
export function unitOf(cell: Cell | undefined, environment: Environment): fhir4.Quantity {
  const unit = quietUnitOf(cell, environment);
  if (unit.unit === undefined || unit.system !== undefined) return unit;
  const text = 'is a unit that neither the dialect nor UCUM knows; its text was kept';
  environment.issue('unit-not-ucum', text, cell!);
  return unit;
}

/** The same, where another code system may know the unit. */
export function quietUnitOf(cell: Cell | undefined, environment: Environment): fhir4.Quantity {
  if (!cell) return nothing;
  const { parts } = cell;
  return parts.length === 1 && typeof parts[0] === 'string'
    ? plainUnit(cell, parts[0], environment)
    : dividedUnit(cell, environment);
}

const unitsMax = 512;

/** Looked at once: is a text UCUM? */
function plainUnit(cell: Cell, text: string, environment: Environment): fhir4.Quantity {
  const { knownUnits } = environment;
  const known = knownUnits.get(text);
  if (known !== undefined) return known;
  const unit = Object.freeze(dividedUnit(cell, environment));
  if (knownUnits.size >= unitsMax) knownUnits.clear();
  knownUnits.set(ownText(text), unit);
  return unit;
}

function dividedUnit(cell: Cell, environment: Environment): fhir4.Quantity {
  const power = powerOf(cell, environment);
  if (power !== undefined) return power;
  const code = component(cell, 1);
  const unit = component(cell, 2) || code || component(cell, 9);
  if (unit === '') return alternateUnit(cell, environment);
  const found = codeOf(cell, code, unit, environment);
  return found === undefined ? { unit } : { unit, system: ucumUri, code: bareRate(found) };
}

/** What is counted of a vital sign, in the words of a sender. */
const counted = /^\{(?:heart[ _]?)?(?:beats?|pulses?|breaths?|resp[a-z]*|insp[a-z]*)\}\/min$/i;

/**
 * An annotation is no part of a unit (UCUM section 2.1): `{beats}/min` is `/min`, and that is the
 * only code that R4 takes for a heart rate. The words of the sender stay in the text of the unit.
 */
const bareRate = (code: string): string => (counted.test(code) ? '/min' : code);

/**
 * `10^3/uL` or `kg/m^2`, whose `^` the sender did not escape, so that a code `10` and a text `3/uL`
 * arrive: read so, 5 of them would be 50 of something, and a body mass index a weight by length.
 */
function powerOf(cell: Cell, environment: Environment): fhir4.Quantity | undefined {
  const base = component(cell, 1);
  const rest = component(cell, 2);
  if (rest === '') return undefined;
  const isTen = /^[xX*]?\s?10$/.test(base) && /^\d{1,2}\s?\/\S/.test(rest);
  const isOfUnit = /[A-Za-z]$/.test(base) && /^[23](?:\/\S+)?$/.test(rest);
  if (!isTen && !(isOfUnit && component(cell, 3) === '')) return undefined;
  environment.issue('unit-repaired', 'holds a `^` that was not escaped; read as a power', cell);
  const unit = `${base}^${rest}`;
  const found = environment.ucum(unit) ?? codeOfText(unit, environment);
  return found === undefined ? { unit } : { unit, system: ucumUri, code: found };
}

/** `x10(3)/mcL`, `10E9/L`: a count, whichever way the power of ten is written. */
const countShape = /^[xX*]?\s?10\s?(?:\^|\*|[eE]|\()\s?(\d{1,2})\)?\s?\/\s?([A-Za-z]{1,3}\d?)$/;

function codeOfText(text: string, environment: Environment): string | undefined {
  const [, power, of] = countShape.exec(text) ?? [];
  if (power !== undefined && of !== undefined) {
    const below = environment.ucum(of) ?? ucumCode(of, false);
    return below === undefined ? undefined : `10*${power}/${below}`;
  }
  const plain = text.replace(/(?<=[A-Za-z])\^(?=[23])/, '');
  return environment.ucum(plain) ?? ucumCode(plain, false);
}

/** CWE.4 to CWE.6, where the first three say nothing. */
function alternateUnit(cell: Cell, environment: Environment): fhir4.Quantity {
  const parts = cell.parts.slice(3, 6);
  return parts.some((part) => part.length > 0)
    ? dividedUnit({ ...cell, parts }, environment)
    : nothing;
}

function codeOf(
  cell: Cell,
  code: string,
  unit: string,
  environment: Environment,
): string | undefined {
  const listed = environment.ucum(code) ?? environment.ucum(unit);
  if (listed !== undefined) return listed;
  const isSaid = ucumNames.has(component(cell, 3));
  const first = code === '' ? undefined : ucumCode(code, isSaid);
  if (first !== undefined) return first;
  const other = component(cell, 4);
  if (other !== '' && ucumNames.has(component(cell, 6))) return ucumCode(other, true);
  return codeOfText(code || unit, environment);
}
