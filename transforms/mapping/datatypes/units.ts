import { type Cell, component } from '../cell.ts';
import type { Environment } from '../environment.ts';
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
  const code = component(cell, 1);
  const unit = component(cell, 2) || code || component(cell, 9);
  if (unit === '') return nothing;
  const found = codeOf(cell, code, unit, environment);
  return found === undefined ? { unit } : { unit, system: ucumUri, code: found };
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
  return code === '' ? ucumCode(unit, false) : undefined;
}
