import type { Conversion } from '../environment.ts';
import { describedConceptConversion } from './codes.ts';
import { codedIdentifierConversion } from './identifiers.ts';
import { personConversion } from './names.ts';
import {
  animalConversion,
  birthTimeConversion,
  extensionConversion,
} from './patient-extensions.ts';
import { locationConversion, placeIdentifierConversion, placeNameConversion } from './places.ts';
import { narrativeConversion, performedConversion } from './stays.ts';

/** What persons, visits and places need beside the others. */
export const visitConversions: readonly Conversion[] = [
  animalConversion,
  birthTimeConversion,
  codedIdentifierConversion,
  describedConceptConversion,
  extensionConversion,
  locationConversion,
  narrativeConversion,
  performedConversion,
  personConversion,
  placeIdentifierConversion,
  placeNameConversion,
];
