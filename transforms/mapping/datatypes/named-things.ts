import type { Conversion } from '../environment.ts';
import { component } from '../reading/index.ts';
import { eiIdentifier, entityOf } from './identifiers.ts';
import { drop } from './shape.ts';

export const codedReferenceConversion: Conversion = {
  name: 'CodedReference',
  summary: 'CE or CWE to a Reference by identifier and display to a thing of `with: {type}`.',
  remembers: { for: 'ever' },
  gives: ['Reference'],
  settings: ['type'],
  convert(cell, environment, settings) {
    const value = component(cell, 1);
    const display = component(cell, 2) || component(cell, 9) || value;
    if (display === '') return undefined;
    const name = component(cell, 3);
    const system = name === '' ? undefined : environment.codeSystem(name);
    // A bare word is the thing's name; beside a name it is its number.
    const isNumber = value !== '' && (system !== undefined || display !== value);
    const identifier = isNumber ? drop({ system, value }) : undefined;
    return drop({ type: settings.with.type, identifier, display });
  },
};

export const entityReferenceConversion: Conversion = {
  name: 'EntityReference',
  summary: 'EI or ST to a Reference by identifier (its type `identifier`) to a `with: {type}`.',
  gives: ['Reference'],
  settings: ['type', 'identifier'],
  convert(cell, environment, settings) {
    const named = entityOf(cell, environment);
    if (!named) return undefined;
    const kind = String(settings.with.identifier ?? '');
    const identifier = eiIdentifier(environment, named.value, named.system, kind);
    return { type: String(settings.with.type), identifier };
  },
};

export const entityNumberConversion: Conversion = {
  name: 'NamedNumber',
  summary: 'EI or ST to Identifier, what kind of number it is in words: `with: {kind}`.',
  gives: ['Identifier'],
  settings: ['kind'],
  convert(cell, environment, settings) {
    const value = component(cell, 1);
    if (value === '') return undefined;
    const parts = [component(cell, 2), component(cell, 3), component(cell, 4)] as const;
    return drop({
      type: { text: String(settings.with.kind) },
      system: environment.authority(...parts, cell),
      value,
    });
  },
};
