import type { Conversion } from '../environment.ts';
import { attachmentConversion } from './attachments.ts';
import {
  codeableConceptConversion,
  codeConversion,
  codingConversion,
  textConceptConversion,
} from './codes.ts';
import { addressConversion, telecomConversion } from './contacts.ts';
import { displayReferenceConversion, extensionConversions, subIdConversion } from './extensions.ts';
import {
  cxConversion,
  eiConversion,
  eipConversion,
  entityReferenceConversion,
  pairReferenceConversion,
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
import { annotationConversion } from './notes.ts';
import { observationValueConversion } from './observation-value.ts';
import { orderTimingConversion, quantityTimingConversion } from './order-timing.ts';
import { locationConversion, placeIdentifierConversion, placeNameConversion } from './places.ts';
import { booleanConversion, stringConversion } from './primitives.ts';
import { decimalConversion, integerConversion, quantityConversion } from './quantities.ts';
import { referenceRangeConversion } from './ranges.ts';
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
    entityReferenceConversion,
    pairReferenceConversion,
    displayReferenceConversion,
    subIdConversion,
    orderTimingConversion,
    quantityTimingConversion,
    ...extensionConversions,
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
