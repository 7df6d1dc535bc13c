import type { Conversion } from '../environment.ts';
import { administrativeConversions } from './administrative.ts';
import {
  amountConversion,
  compositeQuantityConversion,
  dailyAmountConversion,
  doseConversion,
  strengthConversion,
} from './amounts.ts';
import {
  codeableConceptConversion,
  codeConversion,
  codingConversion,
  textConceptConversion,
} from './codes.ts';
import { addressConversion, telecomConversion } from './contacts.ts';
import {
  asNeededConversion,
  codedTextConversion,
  daysConversion,
  ratePerTimeConversion,
  timeSpanConversion,
} from './dosages.ts';
import {
  cxConversion,
  eiConversion,
  eipConversion,
  plainIdentifierConversion,
} from './identifiers.ts';
import {
  codedReferenceConversion,
  entityNumberConversion,
  entityReferenceConversion,
} from './named-things.ts';
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
import {
  contradictionConversion,
  countOrTextConversion,
  primarySourceConversion,
  remarkConversion,
  reportOriginConversion,
} from './vaccines.ts';

export { identifierKey, systemOf } from './identifiers.ts';
export { placeValue } from './places.ts';

/** Everything that `as:` may name. */
export const conversions: ReadonlyMap<string, Conversion> = new Map(
  [
    ...administrativeConversions,
    addressConversion,
    amountConversion,
    annotationConversion,
    asNeededConversion,
    attachmentConversion,
    booleanConversion,
    codeConversion,
    codeableConceptConversion,
    codedOrganizationConversion,
    codedReferenceConversion,
    codedTextConversion,
    codingConversion,
    compositeQuantityConversion,
    contradictionConversion,
    countOrTextConversion,
    cxConversion,
    dailyAmountConversion,
    dateConversion,
    dateTimeConversion,
    daysConversion,
    decimalConversion,
    doseConversion,
    eiConversion,
    eipConversion,
    entityNumberConversion,
    entityReferenceConversion,
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
    primarySourceConversion,
    quantityConversion,
    ratePerTimeConversion,
    referenceRangeConversion,
    remarkConversion,
    reportOriginConversion,
    strengthConversion,
    stringConversion,
    telecomConversion,
    textConceptConversion,
    timeOfDayConversion,
    timeSpanConversion,
  ].map((conversion) => [conversion.name, conversion]),
);
