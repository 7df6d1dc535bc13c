import type { Conversion, Environment, Settings } from '../environment.ts';
import { type Cell, cellText, component, nested, subcomponent } from '../reading/index.ts';
import { identifierOf } from './identifiers.ts';
import { drop } from './shape.ts';
import { periodOf } from './times.ts';

export type HumanName = fhir4.HumanName;

/** XPN (v2.5.1 section 2.A.88): name parts, use from the table `name-use`. */
export function humanName(cell: Cell, first: number, name: HumanName = {}): HumanName | undefined {
  const family = subcomponent(cell, first, 1);
  const given = component(cell, first + 1);
  const middle = component(cell, first + 2);
  const prefix = component(cell, first + 4);
  const suffix = component(cell, first + 3);
  // XPN.6 is a degree; in XCN the seventh component is.
  const degree = component(cell, first + 5);
  if (family + given + middle + prefix + suffix + degree === '') return undefined;
  if (family !== '') name.family = family;
  const others = middle === '' ? undefined : middle.split(' ').filter((text) => text !== '');
  if (given !== '') name.given = others ? [given, ...others] : [given];
  else if (others && others.length > 0) name.given = others;
  if (prefix !== '') name.prefix = [prefix];
  if (suffix !== '') name.suffix = degree === '' ? [suffix] : [suffix, degree];
  else if (degree !== '') name.suffix = [degree];
  return name;
}

export const humanNameConversion: Conversion = {
  name: 'HumanName',
  summary: 'XPN to HumanName; XPN.7 by the table `name-use`.',
  gives: ['HumanName'],
  settings: ['use'],
  words: { use: ['usual', 'official', 'temp', 'nickname', 'anonymous', 'old', 'maiden'] },
  convert(cell, environment, settings) {
    const typeCode = component(cell, 7);
    const use =
      (typeCode && environment.table('name-use')?.lookup(typeCode)?.code) || settings.with.use;
    const name = humanName(cell, 1, use ? { use: use as HumanName['use'] & string } : {});
    if (!name) return undefined;
    // Until 2.6 the range stood in XPN.10.
    const period = periodOf(cell, 12, environment) ?? periodOf(nested(cell, 10), 1, environment);
    if (period) name.period = period;
    return name;
  },
};

export const calledNameConversion: Conversion = {
  name: 'CalledName',
  summary: 'XPN.15, what a person is called by, to a HumanName: a nickname.',
  gives: ['HumanName'],
  convert(cell) {
    const called = component(cell, 15);
    return called === '' ? undefined : { use: 'nickname', given: [called] };
  },
};

export const familyNameExtensionConversion: Conversion = {
  name: 'FamilyNameExtension',
  summary: 'XPN to the extension that `with: {url}` names, the first family name as its text.',
  gives: ['Extension'],
  settings: ['url'],
  convert: (cell, environment, settings) => familyName([cell], environment, settings),
  convertAll: familyName,
};

/** An extension for one name. */
function familyName(cells: readonly Cell[], environment: Environment, settings: Settings) {
  const [family, ...others] = cells.flatMap((cell) => subcomponent(cell, 1, 1) || []);
  if (family === undefined) return undefined;
  if (others.length > 0)
    environment.issue('repetitions-left-out', 'repeats; the first was taken', cells[1]!);
  return { url: String(settings.with.url), valueString: family };
}

/** `Dr. Ada B Young III`: for `Reference.display`. */
export function displayName({ prefix, given, family, suffix }: HumanName): string {
  let text = '';
  const add = (word: string) => {
    text = text === '' ? word : `${text} ${word}`;
  };
  prefix?.forEach(add);
  given?.forEach(add);
  if (family) add(family);
  suffix?.forEach(add);
  return text;
}

/**
 * XCN, CNN or NDL to a Reference by identifier and display: the person is named, no Practitioner is
 * invented of a fragment.
 */
export function practitioner(cell: Cell, environment: Environment): fhir4.Reference | undefined {
  const id = component(cell, 1);
  const name = humanName(cell, 2);
  if (id === '' && name === undefined) return undefined;
  const reference: fhir4.Reference = { type: 'Practitioner' };
  if (id !== '') reference.identifier = identifierOf(environment, id, cell, 9, component(cell, 13));
  if (name) reference.display = displayName(name);
  return reference;
}

export const practitionerConversion: Conversion = {
  name: 'Practitioner',
  summary: 'XCN to a Reference that names a practitioner by identifier and display.',
  remembers: { for: 'ever' },
  gives: ['Reference'],
  convert: practitioner,
};

export const practitionerNameConversion: Conversion = {
  name: 'PractitionerName',
  summary: 'XCN to the name that a reference to the person shows.',
  remembers: { for: 'ever' },
  gives: ['string'],
  convert(cell) {
    const name = humanName(cell, 2);
    return name && displayName(name);
  },
};

export const personConversion: Conversion = {
  name: 'Person',
  summary: 'XPN to a Reference by name alone to one of the type in `with: {type}`.',
  gives: ['Reference'],
  settings: ['type'],
  convert(cell, _environment, settings) {
    const name = humanName(cell, 1);
    return name && { type: String(settings.with.type), display: displayName(name) };
  },
};

const participation = 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType';
const functionUrl = 'http://hl7.org/fhir/StructureDefinition/event-performerFunction';

export const nestedPractitionerConversion: Conversion = {
  name: 'NdlPractitioner',
  summary:
    'NDL (name, start, end, place) to a Reference that names a practitioner; `function`: code of ' +
    'v3-ParticipationType for what they did.',
  remembers: { for: 'ever' },
  gives: ['Reference'],
  settings: ['function'],
  convert(cell, environment, settings) {
    const reference = practitioner(nested(cell, 1), environment);
    const code = settings.with.function;
    if (!reference || code === undefined) return reference;
    const coding = [{ system: participation, code: String(code) }];
    const extension = [{ url: functionUrl, valueCodeableConcept: { coding } }];
    return { extension, ...reference };
  },
};

export const organizationConversion: Conversion = {
  name: 'Organization',
  summary: 'XON, CWE or plain text to a Reference that names an organization.',
  remembers: { for: 'ever' },
  gives: ['Reference'],
  convert(cell, environment) {
    const name = component(cell, 1);
    const id = component(cell, 10) || component(cell, 3);
    const identifier =
      id === '' ? undefined : identifierOf(environment, id, cell, 6, component(cell, 7));
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
    const identifier = identifierOf(environment, value, cell, 4, type);
    return { type: String(settings.with.type), identifier };
  },
};

export const codedOrganizationConversion: Conversion = {
  name: 'CodedOrganization',
  summary: 'CE or CWE (OBX-15) to a Reference that names an organization.',
  remembers: { for: 'ever' },
  gives: ['Reference'],
  convert(cell) {
    const display = component(cell, 2) || component(cell, 1) || cellText(cell);
    return display === '' ? undefined : { type: 'Organization', display };
  },
};
