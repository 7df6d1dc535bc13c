import { type Cell, cellText, component, nested, subcomponent } from '../cell.ts';
import { toDateTime } from '../datetime.ts';
import type { Conversion, Environment } from '../environment.ts';
import { drop } from './shape.ts';

const identifierTypes = 'http://terminology.hl7.org/CodeSystem/v2-0203';

type Parts = { readonly value: string; readonly authority: Cell; readonly type?: string };

/** System of an HD; undefined when it is empty. */
export function systemOf(authority: Cell, environment: Environment): string | undefined {
  return environment.authority(
    component(authority, 1),
    component(authority, 2),
    component(authority, 3),
  );
}

export function identifierOf(environment: Environment, parts: Parts): fhir4.Identifier {
  const identifier: fhir4.Identifier = {};
  if (parts.type) {
    const known = environment.table('identifier-type')?.lookup(parts.type);
    identifier.type = {
      coding: [drop({ system: identifierTypes, code: parts.type, display: known?.display })],
    };
  }
  const system = systemOf(parts.authority, environment);
  if (system !== undefined) identifier.system = system;
  identifier.value = parts.value;
  return identifier;
}

export const cxConversion: Conversion = {
  name: 'Identifier',
  summary: 'CX to Identifier: value, system of the assigning authority, type, period.',
  gives: ['Identifier'],
  settings: ['type', 'system', 'authority'],
  convert(cell, environment, settings) {
    const value = component(cell, 1);
    if (value === '') return undefined;
    const type = component(cell, 5) || String(settings.with.type ?? '');
    const identifier = identifierOf(environment, { value, authority: nested(cell, 4), type });
    if (identifier.system === undefined) {
      if (settings.with.system !== undefined) identifier.system = String(settings.with.system);
      else if (settings.with.authority === 'default' && environment.defaultAuthority)
        identifier.system = environment.defaultAuthority;
    }
    const period = drop({ start: day(cell, 7, environment), end: day(cell, 8, environment) });
    if (Object.keys(period).length > 0) identifier.period = period;
    return ordered(identifier);
  },
};

function day(cell: Cell, number: number, environment: Environment): string | undefined {
  const text = component(cell, number);
  return text === '' ? undefined : toDateTime(text, environment.time).value;
}

// Elements in FHIR`s own order, so that output reads as the standard does.
function ordered({ type, system, value, period }: fhir4.Identifier): fhir4.Identifier {
  return drop({ type, system, value, period });
}

export const eiConversion: Conversion = {
  name: 'EntityIdentifier',
  summary: 'EI to Identifier: entity, and the authority in components 2 to 4.',
  gives: ['Identifier'],
  settings: ['type'],
  convert(cell, environment, settings) {
    const value = component(cell, 1);
    if (value === '') return undefined;
    const system = environment.authority(
      component(cell, 2),
      component(cell, 3),
      component(cell, 4),
    );
    return eiIdentifier(environment, value, system, String(settings.with.type ?? ''));
  },
};

export const eipConversion: Conversion = {
  name: 'EntityIdentifierPair',
  summary: 'EIP to Identifier: the placer`s (component 1) or the filler`s (component 2).',
  gives: ['Identifier'],
  settings: ['type', 'component'],
  convert(cell, environment, settings) {
    const number = Number(settings.with.component ?? 1);
    const value = subcomponent(cell, number, 1);
    if (value === '') return undefined;
    const pair = nested(cell, number);
    const system = environment.authority(
      component(pair, 2),
      component(pair, 3),
      component(pair, 4),
    );
    return eiIdentifier(environment, value, system, String(settings.with.type ?? ''));
  },
};

function eiIdentifier(
  environment: Environment,
  value: string,
  system: string | undefined,
  type: string,
): fhir4.Identifier {
  const display = type ? environment.table('identifier-type')?.lookup(type)?.display : undefined;
  const coding = type ? [drop({ system: identifierTypes, code: type, display })] : undefined;
  return drop({ type: coding && { coding }, system, value });
}

/** What makes an identifier unique, as text for a business key; '' when there is no value. */
export function identifierKey(
  cell: Cell,
  environment: Environment,
  kind: 'CX' | 'EI',
): { readonly value: string; readonly system: string | undefined } | undefined {
  const value = component(cell, 1);
  if (value === '') return undefined;
  const system =
    kind === 'CX'
      ? systemOf(nested(cell, 4), environment)
      : environment.authority(component(cell, 2), component(cell, 3), component(cell, 4));
  return { value, system };
}

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
