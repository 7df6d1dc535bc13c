import { type Cell, cellText, component, nested, subcomponent } from '../cell.ts';
import { toDateTime } from '../datetime.ts';
import type { Conversion, Environment } from '../environment.ts';
import { identifierOf } from './identifiers.ts';
import { drop } from './shape.ts';

export type HumanName = fhir4.HumanName;

/** XPN (v2.5.1 section 2.A.88): name parts, use from the table `name-use`. */
function humanName(cell: Cell, first: number): HumanName | undefined {
  const family = subcomponent(cell, first, 1);
  const given = [component(cell, first + 1), ...component(cell, first + 2).split(' ')];
  const suffix = [component(cell, first + 3)];
  // XPN.6 is a degree; in XCN the seventh component is.
  suffix.push(component(cell, first + 5));
  const name: HumanName = drop({
    family,
    given: given.filter((text) => text !== ''),
    prefix: [component(cell, first + 4)].filter((text) => text !== ''),
    suffix: suffix.filter((text) => text !== ''),
  });
  return Object.keys(name).length === 0 ? undefined : name;
}

export const humanNameConversion: Conversion = {
  name: 'HumanName',
  summary: 'XPN to HumanName; XPN.7 by the table `name-use`.',
  gives: ['HumanName'],
  settings: ['use'],
  convert(cell, environment, settings) {
    const name = humanName(cell, 1);
    if (!name) return undefined;
    const typeCode = component(cell, 7);
    const use =
      (typeCode && environment.table('name-use')?.lookup(typeCode)?.code) || settings.with.use;
    const period = drop({
      start: time(cell, 12, environment),
      end: time(cell, 13, environment),
    });
    return drop({
      use: use as HumanName['use'] & string,
      ...name,
      period: Object.keys(period).length > 0 ? period : undefined,
    });
  },
};

function time(cell: Cell, number: number, environment: Environment): string | undefined {
  const text = component(cell, number);
  return text === '' ? undefined : toDateTime(text, environment.time).value;
}

/** `Dr. Ada B Young III`: for `Reference.display`. */
function displayName(name: HumanName | undefined): string | undefined {
  if (!name) return undefined;
  const words = [...(name.prefix ?? []), ...(name.given ?? []), name.family ?? ''];
  return [...words, ...(name.suffix ?? [])].filter((word) => word !== '').join(' ');
}

/**
 * XCN, CNN or NDL to a Reference by identifier and display: the person is named, no Practitioner is
 * invented of a fragment.
 */
function practitioner(cell: Cell, environment: Environment): fhir4.Reference | undefined {
  const id = component(cell, 1);
  const name = humanName(cell, 2);
  const display = displayName(name);
  const identifier =
    id === ''
      ? undefined
      : identifierOf(environment, {
          value: id,
          authority: nested(cell, 9),
          type: component(cell, 13),
        });
  if (!identifier && !display) return undefined;
  return drop({ type: 'Practitioner', identifier, display });
}

export const practitionerConversion: Conversion = {
  name: 'Practitioner',
  summary: 'XCN to a Reference that names a practitioner by identifier and display.',
  gives: ['Reference'],
  convert: practitioner,
};

export const nestedPractitionerConversion: Conversion = {
  name: 'NdlPractitioner',
  summary: 'NDL (name, start, end, place) to a Reference that names a practitioner.',
  gives: ['Reference'],
  convert(cell, environment) {
    return practitioner(nested(cell, 1), environment);
  },
};

export const locationConversion: Conversion = {
  name: 'Location',
  summary: 'PL to a Reference that shows point of care, room, bed, facility and building.',
  gives: ['Reference'],
  convert(cell, environment) {
    const words = [1, 2, 3].map((number) => subcomponent(cell, number, 1));
    const places = [subcomponent(cell, 4, 1), component(cell, 7), component(cell, 8)];
    const path = words.filter((word) => word !== '');
    const display = [path.join(' '), ...places].filter((word) => word !== '').join(', ');
    const text = display || component(cell, 9);
    if (text === '') return undefined;
    const value = [...path, subcomponent(cell, 4, 1)].filter((word) => word !== '').join('/');
    const identifier = value ? { system: `${environment.sourceUri}:location`, value } : undefined;
    return drop({ type: 'Location', identifier, display: text });
  },
};

export const organizationConversion: Conversion = {
  name: 'Organization',
  summary: 'XON, CWE or plain text to a Reference that names an organization.',
  gives: ['Reference'],
  convert(cell, environment) {
    const name = component(cell, 1);
    const id = component(cell, 10) || component(cell, 3);
    const identifier =
      id === ''
        ? undefined
        : identifierOf(environment, {
            value: id,
            authority: nested(cell, 6),
            type: component(cell, 7),
          });
    if (!identifier && name === '') return undefined;
    return drop({ type: 'Organization', identifier, display: name || undefined });
  },
};

export const identifierReferenceConversion: Conversion = {
  name: 'IdentifierReference',
  summary: 'CX to a Reference by identifier to a resource of the type in `with: {type}`.',
  gives: ['Reference'],
  settings: ['type'],
  convert(cell, environment, settings) {
    const value = component(cell, 1);
    if (value === '') return undefined;
    const type = component(cell, 5);
    const identifier = identifierOf(environment, { value, authority: nested(cell, 4), type });
    return { type: String(settings.with.type), identifier };
  },
};

export const codedOrganizationConversion: Conversion = {
  name: 'CodedOrganization',
  summary: 'CE or CWE (OBX-15) to a Reference that names an organization.',
  gives: ['Reference'],
  convert(cell) {
    const display = component(cell, 2) || component(cell, 1) || cellText(cell);
    return display === '' ? undefined : { type: 'Organization', display };
  },
};
