import type { Conversion } from '../environment.ts';
import { codeableConcept } from './codes.ts';
import { eiConversion, licenceIdentifier } from './identifiers.ts';
import { displayName, humanName } from './names.ts';
import { drop } from './shape.ts';

export const entityReferenceConversion: Conversion = {
  name: 'EntityReference',
  summary: 'EI to a Reference by identifier to a resource of the type in `with: {type}`.',
  gives: ['Reference'],
  settings: ['type', 'identifier'],
  convert(cell, environment, settings) {
    const named = { ...settings, with: { type: settings.with.identifier ?? '' } };
    const identifier = eiConversion.convert(cell, environment, named);
    return identifier === undefined ? undefined : { type: String(settings.with.type), identifier };
  },
};

export const codedReferenceConversion: Conversion = {
  name: 'CodedReference',
  summary: 'CE or CWE to a Reference whose identifier is the code; `with: {type}` says of what.',
  gives: ['Reference'],
  settings: ['type'],
  convert(cell, environment, settings) {
    const concept = codeableConcept(cell, environment, { ...settings, table: undefined });
    const coding = concept?.coding?.[0];
    const display = concept?.text ?? coding?.display;
    const identifier =
      coding?.code === undefined ? undefined : drop({ system: coding.system, value: coding.code });
    if (identifier === undefined && display === undefined) return undefined;
    return drop({ type: settings.with.type, identifier, display });
  },
};

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
