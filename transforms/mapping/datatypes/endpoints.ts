import type { Conversion, Environment } from '../environment.ts';
import { type Cell, component } from '../reading/index.ts';
import { telecomConversion } from './contacts.ts';
import { organizationConversion } from './names.ts';
import { drop } from './shape.ts';

function uriOf(cell: Cell, environment: Environment): string | undefined {
  const parts = [component(cell, 1), component(cell, 2), component(cell, 3)] as const;
  return environment.authority(...parts, cell);
}

export const hdUriConversion: Conversion = {
  name: 'HdUri',
  summary: 'HD to the uri that the authority stands for: of its OID, or under the source`s own.',
  gives: ['uri', 'url'],
  convert: uriOf,
};

export const hdReferenceConversion: Conversion = {
  name: 'HdReference',
  summary: 'HD (an application, a facility) to a Reference by its uri to one of `with: {type}`.',
  gives: ['Reference'],
  settings: ['type'],
  convert(cell, environment, settings) {
    const value = uriOf(cell, environment);
    if (value === undefined) return undefined;
    const identifier = { system: 'urn:ietf:rfc:3986', value };
    const display = component(cell, 1) || component(cell, 2);
    return drop({ type: settings.with.type, identifier, display });
  },
};

export const organizationNumberConversion: Conversion = {
  name: 'OrganizationNumber',
  summary: 'XON to the Identifier by which `Organization` refers to it; nothing for a name alone.',
  gives: ['Identifier'],
  convert(cell, environment, settings) {
    const named = organizationConversion.convert(cell, environment, settings);
    return (named as fhir4.Reference | undefined)?.identifier;
  },
};

export const organizationPlaceConversion: Conversion = {
  name: 'OrganizationPlace',
  summary: 'XON (an ordering facility) to a Reference that names the place that it is.',
  gives: ['Reference'],
  convert(cell, environment, settings) {
    const named = organizationConversion.convert(cell, environment, settings);
    return named === undefined ? undefined : { ...named, type: 'Location' };
  },
};

const preferredUrl = 'http://hl7.org/fhir/StructureDefinition/iso21090-preferred';

/** HL7 table 0185 to what a ContactPoint of that kind has. */
const kinds: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  B: { system: 'pager' },
  C: { use: 'mobile' },
  E: { system: 'email' },
  F: { system: 'fax' },
  H: { use: 'home' },
  O: { use: 'work' },
};

export const preferredTelecomConversion: Conversion = {
  name: 'PreferredContactPoint',
  summary:
    'XTN to ContactPoint, which is marked as preferred where the method in PRT-23 is its kind; ' +
    'what XTN leaves unsaid of its kind, PRT-23 says.',
  gives: ['ContactPoint'],
  reads: [23],
  convert(cell, environment, settings) {
    const point = telecomConversion.convert(cell, environment, settings) as
      | Record<string, unknown>
      | undefined;
    const method = settings.sibling(23);
    const kind = method && kinds[component(method, 1)];
    if (point === undefined || kind === undefined) return point;
    const isSilent = component(cell, 2) === '' && component(cell, 3) === '';
    const isOfKind = Object.entries(kind).every(([key, value]) => point[key] === value);
    if (!isOfKind && !isSilent) return point;
    const extension = [{ url: preferredUrl, valueBoolean: true }];
    return { extension, ...point, ...kind };
  },
};
