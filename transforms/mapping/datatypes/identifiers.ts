import type { Conversion, Environment, Settings } from '../environment.ts';
import { type Cell, cellText, component, nested, subcomponent } from '../reading/index.ts';
import { toDateTime } from '../times/index.ts';
import { periodOf } from './times.ts';

const identifierTypes = 'http://terminology.hl7.org/CodeSystem/v2-0203';

/** System of the HD in a component; undefined when it is empty. */
export function systemOf(cell: Cell, number: number, environment: Environment): string | undefined {
  return environment.authority(
    subcomponent(cell, number, 1),
    subcomponent(cell, number, 2),
    subcomponent(cell, number, 3),
    cell,
  );
}

/** `authority`: the component that holds the HD. */
export function identifierOf(
  environment: Environment,
  value: string,
  cell: Cell,
  authority: number,
  type: string,
): fhir4.Identifier {
  const identifier: fhir4.Identifier = {};
  if (type !== '') identifier.type = typeOf(environment, type);
  const system = systemOf(cell, authority, environment);
  if (system !== undefined) identifier.system = system;
  identifier.value = value;
  return identifier;
}

function typeOf(environment: Environment, code: string): fhir4.CodeableConcept {
  const display = environment.table('identifier-type')?.lookup(code)?.display;
  const coding = display
    ? { system: identifierTypes, code, display }
    : { system: identifierTypes, code };
  return { coding: [coding] };
}

export const cxConversion: Conversion = {
  name: 'Identifier',
  summary: 'CX to Identifier: value, system of the assigning authority, type, period.',
  gives: ['Identifier'],
  settings: ['type', 'system', 'authority', 'use'],
  words: { use: ['usual', 'official', 'temp', 'secondary', 'old'] },
  convert(cell, environment, settings) {
    const value = component(cell, 1);
    if (value === '') return undefined;
    const type = component(cell, 5) || String(settings.with.type ?? '');
    const identifier: fhir4.Identifier = {};
    const use = settings.with.use as fhir4.Identifier['use'];
    if (use) identifier.use = use;
    if (type !== '') identifier.type = typeOf(environment, type);
    const system = systemOf(cell, 4, environment) ?? defaultSystem(environment, settings);
    if (system) identifier.system = system;
    identifier.value = value;
    const period = periodOf(cell, 7, environment);
    if (period) identifier.period = period;
    return identifier;
  },
};

function defaultSystem(environment: Environment, settings: Settings): string | undefined {
  if (settings.with.system !== undefined) return String(settings.with.system);
  return settings.with.authority === 'default' ? environment.defaultAuthority() : undefined;
}

export const eiConversion: Conversion = {
  name: 'EntityIdentifier',
  summary: 'EI to Identifier: entity, and the authority in components 2 to 4.',
  gives: ['Identifier'],
  settings: ['type'],
  convert(cell, environment, settings) {
    const named = entityOf(cell, environment);
    return named && eiIdentifier(environment, named.value, named.system, typeIn(settings));
  },
};

const typeIn = ({ with: { type = '' } }: Settings): string => String(type);

/**
 * The number of an EI, and whose it is. Many write a number that is unique everywhere into the
 * universal id alone (`^^1.2.840.1`, `^^12345`): then that is the number.
 */
export function entityOf(
  cell: Cell,
  environment: Environment,
): { readonly value: string; readonly system: string | undefined } | undefined {
  const value = component(cell, 1);
  const parts = [component(cell, 2), component(cell, 3), component(cell, 4)] as const;
  if (value !== '') return { value, system: environment.authority(...parts, cell) };
  const [namespace, universal, kind] = parts;
  if (universal === '') return undefined;
  const isOid = kind.toUpperCase() === 'ISO' && /^[0-2](?:\.\d+)+$/.test(universal);
  if (isOid) return { value: `urn:oid:${universal}`, system: 'urn:ietf:rfc:3986' };
  return { value: universal, system: environment.authority(namespace, '', '', cell) };
}

/** The placer`s (1) or the filler`s (2) half of an EIP. */
function halfOfPair(
  cell: Cell,
  environment: Environment,
  number: number,
  type: string,
): fhir4.Identifier | undefined {
  const value = subcomponent(cell, number, 1);
  if (value === '') return undefined;
  const pair = nested(cell, number);
  const parts = [component(pair, 2), component(pair, 3), component(pair, 4)] as const;
  const system = environment.authority(...parts, cell);
  return eiIdentifier(environment, value, system, type);
}

export const eipConversion: Conversion = {
  name: 'EntityIdentifierPair',
  summary: 'EIP to Identifier: the placer`s (component 1) or the filler`s (component 2).',
  gives: ['Identifier'],
  settings: ['type', 'component'],
  convert(cell, environment, settings) {
    const { component: number = 1, type = '' } = settings.with;
    return halfOfPair(cell, environment, Number(number), String(type));
  },
};

export const pairReferenceConversion: Conversion = {
  name: 'PairReference',
  summary: 'EIP to a Reference by the placer`s identifier, else by the filler`s.',
  gives: ['Reference'],
  settings: ['type'],
  convert(cell, environment, settings) {
    const identifier =
      halfOfPair(cell, environment, 1, 'PLAC') ?? halfOfPair(cell, environment, 2, 'FILL');
    return identifier && { type: String(settings.with.type), identifier };
  },
};

export function eiIdentifier(
  environment: Environment,
  value: string,
  system: string | undefined,
  type: string,
): fhir4.Identifier {
  const identifier: fhir4.Identifier = {};
  if (type !== '') identifier.type = typeOf(environment, type);
  if (system) identifier.system = system;
  identifier.value = value;
  return identifier;
}

/** What makes an identifier unique, as text for a business key; '' when there is no value. */
export function identifierKey(
  cell: Cell,
  environment: Environment,
  kind: 'CX' | 'EI',
): { readonly value: string; readonly system: string | undefined } | undefined {
  if (kind === 'EI') return entityOf(cell, environment);
  const value = component(cell, 1);
  return value === '' ? undefined : { value, system: systemOf(cell, 4, environment) };
}

/** Does a CX name two authorities, one by a namespace and one by an id? */
export const isContradicted = (cell: Cell, environment: Environment): boolean =>
  environment.isContradicted(
    subcomponent(cell, 4, 1),
    subcomponent(cell, 4, 2),
    subcomponent(cell, 4, 3),
  );

export const plainIdentifierConversion: Conversion = {
  name: 'PlainIdentifier',
  summary: 'ST to Identifier with the system and type that `with:` gives.',
  gives: ['Identifier'],
  settings: ['type', 'system'],
  convert(cell, environment, settings) {
    const value = cellText(cell);
    if (value === '') return undefined;
    const { type, system } = settings.with;
    return eiIdentifier(
      environment,
      value,
      system === undefined ? undefined : String(system),
      String(type ?? ''),
    );
  },
};

export const codedIdentifierConversion: Conversion = {
  name: 'CodedIdentifier',
  summary: 'CWE or CE that numbers something (IN1-2) to an Identifier of its coding system.',
  gives: ['Identifier'],
  convert(cell, environment) {
    const value = component(cell, 1);
    if (value === '') return undefined;
    const name = component(cell, 3);
    return name === '' ? { value } : { system: environment.codeSystem(name), value };
  },
};

/** PLN (v2.5.1 section 2.A.54): number, kind, place, and when it ends. */
export function licenceIdentifier(
  cell: Cell,
  environment: Environment,
): fhir4.Identifier | undefined {
  const value = component(cell, 1);
  if (value === '') return undefined;
  const identifier = eiIdentifier(environment, value, undefined, component(cell, 2));
  const until = component(cell, 4);
  const end = until === '' ? undefined : toDateTime(until, environment.time).value;
  return end === undefined ? identifier : { ...identifier, period: { end } };
}

export const licenceIdentifierConversion: Conversion = {
  name: 'LicenceIdentifier',
  summary: 'PLN to Identifier: number, type, end.',
  gives: ['Identifier'],
  convert: licenceIdentifier,
};
