import type { Conversion, Environment, Settings } from '../environment.ts';
import { type Cell, cellText, component } from '../reading/index.ts';
import { toDateTime } from '../times/index.ts';
import { codeableConcept, codingConversion } from './codes.ts';
import { extensionWith } from './extensions.ts';
import { cxConversion, eiConversion } from './identifiers.ts';
import { locationConversion } from './places.ts';
import { booleanConversion } from './primitives.ts';
import { timeIssue } from './times.ts';

type Make = (cell: Cell, environment: Environment, settings: Settings) => unknown;

/** What `with: {value}` may name, the element it fills, and how. */
const values: Readonly<Record<string, readonly [element: string, make: Make]>> = {
  CodeableConcept: ['valueCodeableConcept', codeableConcept],
  Coding: ['valueCoding', codingConversion.convert],
  string: ['valueString', (cell) => cellText(cell) || undefined],
  name: ['valueString', (cell) => component(cell, 1) || undefined],
  dateTime: ['valueDateTime', dateTime],
  place: ['valueAddress', place],
  identifier: ['valueIdentifier', cxConversion.convert],
  location: ['valueReference', locationConversion.convert],
  condition: ['valueReference', condition],
  boolean: ['valueBoolean', booleanConversion.convert],
};

function dateTime(cell: Cell, environment: Environment): string | undefined {
  const found = toDateTime(component(cell, 1), environment.time);
  if (found.code) timeIssue(found, cell, environment);
  return found.value;
}

function place(cell: Cell): fhir4.Address | undefined {
  const text = cellText(cell);
  return text === '' ? undefined : { text };
}

function condition(cell: Cell, environment: Environment, settings: Settings): unknown {
  const identifier = eiConversion.convert(cell, environment, settings);
  return identifier && { type: 'Condition', identifier };
}

const known = Object.keys(values);

export const extensionConversion: Conversion = {
  name: 'Extension',
  summary:
    `A field to the extension \`with: {url}\`; \`value\` says of what type (${known.join(', ')}; ` +
    'the first unless told), `inner` the url of one inside.',
  gives: ['Extension'],
  settings: ['url', 'value', 'inner', 'type', 'system'],
  words: { value: known },
  convert(cell, environment, settings) {
    const { url, value = 'CodeableConcept', inner } = settings.with;
    const [element, make] = values[String(value)] ?? [];
    const made = make?.(cell, environment, settings);
    if (element === undefined || made === undefined) return undefined;
    if (inner === undefined) return extensionWith(url, element, made);
    return { url: String(url), extension: [extensionWith(inner, element, made)] };
  },
};

const animalUrl = 'http://hl7.org/fhir/StructureDefinition/patient-animal';

const unknownSpecies: fhir4.Extension = {
  url: 'species',
  valueCodeableConcept: {
    extension: [
      {
        url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason',
        valueCode: 'unknown',
      },
    ],
  },
};

export const animalConversion: Conversion = {
  name: 'AnimalExtension',
  summary: 'PID-35 and PID-36 to the extension that says species and breed.',
  gives: ['Extension'],
  reads: [35, 36],
  convert(_cell, environment, settings) {
    const extension: fhir4.Extension[] = [];
    for (const [field, url] of [
      [35, 'species'],
      [36, 'breed'],
    ] as const) {
      const cell = settings.sibling(field);
      const concept = cell && codeableConcept(cell, environment, settings);
      if (concept) extension.push({ url, valueCodeableConcept: concept });
    }
    // The extension is of a species, which must be there.
    if (extension[0]?.url === 'breed') extension.unshift(unknownSpecies);
    return extension.length === 0 ? undefined : { url: animalUrl, extension };
  },
};

/** The time of birth beside the date: only where the field has one. */
export const birthTimeConversion: Conversion = {
  name: 'BirthTime',
  summary: 'TS or DTM with a time of day to the extension of a birth date that holds it.',
  gives: ['Extension'],
  convert(cell, environment) {
    // Its date, and whatever is wrong with it, the rule of the birth date reports.
    const { value } = toDateTime(component(cell, 1), environment.time);
    if (value === undefined || !value.includes('T')) return undefined;
    return {
      url: 'http://hl7.org/fhir/StructureDefinition/patient-birthTime',
      valueDateTime: value,
    };
  },
};
