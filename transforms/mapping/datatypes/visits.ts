import type { Conversion } from '../environment.ts';
import { describedConceptConversion } from './codes.ts';
import { codedIdentifierConversion } from './identifiers.ts';
import { personConversion, practitionerNameConversion } from './names.ts';
import { narrativeConversion } from './narratives.ts';
import {
  animalConversion,
  birthTimeConversion,
  extensionConversion,
} from './patient-extensions.ts';
import { locationConversion, placeIdentifierConversion, placeNameConversion } from './places.ts';

/** What persons, visits and places need beside the others. */
export const visitConversions: readonly Conversion[] = [
  animalConversion,
  birthTimeConversion,
  codedIdentifierConversion,
  describedConceptConversion,
  extensionConversion,
  locationConversion,
  narrativeConversion,
  personConversion,
  placeIdentifierConversion,
  placeNameConversion,
  practitionerNameConversion,
];
