import type { Conversion, Environment } from '../environment.ts';
import { type Cell, component, subcomponent } from '../reading/index.ts';

/** Point of care, room, bed and facility of a PL, between slashes: what tells it from others. */
export function placeValue(cell: Cell): string {
  let value = '';
  for (let number = 1; number <= 4; number += 1) {
    const word = subcomponent(cell, number, 1);
    if (word !== '') value = value === '' ? word : `${value}/${word}`;
  }
  return value;
}

/** `4W 401 1, HOSP, C, 4`: for people. */
function placeName(cell: Cell): string {
  let name = '';
  for (let number = 1; number <= 3; number += 1) {
    const word = subcomponent(cell, number, 1);
    if (word !== '') name = name === '' ? word : `${name} ${word}`;
  }
  for (const word of [subcomponent(cell, 4, 1), component(cell, 7), component(cell, 8)])
    if (word !== '') name = name === '' ? word : `${name}, ${word}`;
  return name === '' ? component(cell, 9) : name;
}

function placeIdentifier(cell: Cell, environment: Environment): fhir4.Identifier | undefined {
  const value = placeValue(cell);
  return value === '' ? undefined : { system: `${environment.sourceUri}:location`, value };
}

export const locationConversion: Conversion = {
  name: 'Location',
  summary: 'PL to a Reference that shows point of care, room, bed, facility and building.',
  remembers: { for: 'ever' },
  gives: ['Reference'],
  convert(cell, environment) {
    const display = placeName(cell);
    if (display === '') return undefined;
    const identifier = placeIdentifier(cell, environment);
    return identifier ? { type: 'Location', identifier, display } : { type: 'Location', display };
  },
};

export const placeIdentifierConversion: Conversion = {
  name: 'PlaceIdentifier',
  summary: 'PL to the Identifier by which `Location` refers to the place.',
  remembers: { for: 'ever' },
  gives: ['Identifier'],
  convert: placeIdentifier,
};

export const placeNameConversion: Conversion = {
  name: 'PlaceName',
  summary: 'PL to the text that `Location` shows of it.',
  remembers: { for: 'ever' },
  gives: ['string'],
  convert: (cell) => placeName(cell) || undefined,
};
