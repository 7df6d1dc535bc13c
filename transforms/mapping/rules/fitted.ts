import { type Place, requiredCodes } from '../elements/index.ts';
import type { Conversion, Environment, Settings } from '../environment.ts';
import type { Cell } from '../reading/index.ts';

/** Says whether R4 takes a value at a place; undefined where its type says it all. */
type Fits = ((value: unknown) => boolean) | undefined;

/**
 * A conversion whose values R4 takes at that place. The types of HL7 are wider: a sender's own code
 * where a binding is required (https://hl7.org/fhir/R4/terminologies.html#required), a zero where
 * counting begins at one. Such a value is left out, and said.
 */
export function fitted(conversion: Conversion, place: Place | undefined): Conversion {
  const fits = place && fitsAt(place);
  if (fits === undefined) return conversion;
  // What is one text and nothing else is looked at as every other.
  const { convertAll, plain: _, ...others } = conversion;
  const kept = (value: unknown, cell: Cell, environment: Environment, { table }: Settings) => {
    if (value === undefined || fits(value)) return value;
    // The table has said it already.
    if (table === undefined)
      environment.issue(
        'value-not-allowed',
        `holds what R4 does not allow at ${place!.path}`,
        cell,
      );
    return undefined;
  };
  return {
    ...others,
    convert: (cell, environment, settings) =>
      kept(conversion.convert(cell, environment, settings), cell, environment, settings),
    ...(convertAll && {
      convertAll: (cells, environment, settings) =>
        kept(convertAll(cells, environment, settings), cells[0]!, environment, settings),
    }),
  };
}

function fitsAt({ element, path }: Place): Fits {
  const [type] = element.types;
  if (type === 'positiveInt') return (value) => typeof value !== 'number' || value >= 1;
  if (type !== 'CodeableConcept') return undefined;
  const codes = requiredCodes(path);
  if (codes === undefined) return undefined;
  const isOf = ({ system = '', code = '' }: fhir4.Coding) => codes.get(system)?.has(code) === true;
  return (value) => (value as fhir4.CodeableConcept).coding?.some(isOf) === true;
}
