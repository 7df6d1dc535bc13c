import type { Conversion } from '../environment.ts';
import { licenceIdentifier } from './identifiers.ts';
import { displayName, humanName } from './names.ts';
import { drop } from './shape.ts';

export const namedPractitionerConversion: Conversion = {
  name: 'NamedPractitioner',
  summary: 'XPN (PRD-2) to a Reference that names a practitioner, by the number in PRD-7.',
  gives: ['Reference'],
  reads: [7],
  convert(cell, environment, settings) {
    const name = humanName(cell, 1);
    const number = settings.sibling(7);
    const identifier = number && licenceIdentifier(number, environment);
    if (!name && !identifier) return undefined;
    return drop({ type: 'Practitioner', identifier, display: name && displayName(name) });
  },
};
