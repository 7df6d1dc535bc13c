import type { Conversion } from '../environment.ts';
import {
  codeableConceptConversion,
  codeConversion,
  codingConversion,
  textConceptConversion,
} from './codes.ts';
import { addressConversion, telecomConversion } from './contacts.ts';
import {
  cxConversion,
  eiConversion,
  eipConversion,
  plainIdentifierConversion,
} from './identifiers.ts';
import {
  codedOrganizationConversion,
  familyNameExtensionConversion,
  humanNameConversion,
  identifierReferenceConversion,
  nestedPractitionerConversion,
  organizationConversion,
  personConversion,
  practitionerConversion,
} from './names.ts';
import { observationValueConversion } from './observation-value.ts';
import { locationConversion, placeIdentifierConversion, placeNameConversion } from './places.ts';
import {
  annotationConversion,
  attachmentConversion,
  booleanConversion,
  stringConversion,
} from './primitives.ts';
import {
  decimalConversion,
  integerConversion,
  quantityConversion,
  referenceRangeConversion,
} from './quantities.ts';
import {
  dateConversion,
  dateTimeConversion,
  instantConversion,
  timeOfDayConversion,
} from './times.ts';

export { identifierKey, systemOf } from './identifiers.ts';
export { placeValue } from './places.ts';

/** Everything that `as:` may name. */
export const conversions: ReadonlyMap<string, Conversion> = new Map(
  [
    addressConversion,
    annotationConversion,
    attachmentConversion,
    booleanConversion,
    codeConversion,
    codeableConceptConversion,
    codedOrganizationConversion,
    codingConversion,
    cxConversion,
    dateConversion,
    dateTimeConversion,
    decimalConversion,
    eiConversion,
    eipConversion,
    familyNameExtensionConversion,
    humanNameConversion,
    identifierReferenceConversion,
    instantConversion,
    integerConversion,
    locationConversion,
    nestedPractitionerConversion,
    observationValueConversion,
    organizationConversion,
    personConversion,
    placeIdentifierConversion,
    placeNameConversion,
    plainIdentifierConversion,
    practitionerConversion,
    quantityConversion,
    referenceRangeConversion,
    stringConversion,
    telecomConversion,
    textConceptConversion,
    timeOfDayConversion,
  ].map((conversion) => [conversion.name, conversion]),
);
