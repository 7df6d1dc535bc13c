import type { Conversion } from '../environment.ts';
import { administrativeConversions } from './administrative.ts';
import {
  amountConversion,
  compositeQuantityConversion,
  dailyAmountConversion,
  doseConversion,
  strengthConversion,
} from './amounts.ts';
import { attachmentConversion } from './attachments.ts';
import { pressureCodeConversion, pressureConversion } from './blood-pressure.ts';
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
  otherRoutesConversion,
  ratePerTimeConversion,
  timeSpanConversion,
} from './dosages.ts';
import {
  hdReferenceConversion,
  hdUriConversion,
  organizationNumberConversion,
  organizationPlaceConversion,
  preferredTelecomConversion,
} from './endpoints.ts';
import { displayReferenceConversion, extensionConversions, subIdConversion } from './extensions.ts';
import {
  cxConversion,
  eiConversion,
  eipConversion,
  pairReferenceConversion,
  plainIdentifierConversion,
} from './identifiers.ts';
import {
  codedReferenceConversion,
  entityNumberConversion,
  entityReferenceConversion,
} from './named-things.ts';
import {
  calledNameConversion,
  codedOrganizationConversion,
  familyNameExtensionConversion,
  humanNameConversion,
  identifierReferenceConversion,
  nestedPractitionerConversion,
  organizationConversion,
  practitionerConversion,
} from './names.ts';
import { annotationConversion, codedNoteConversion } from './notes.ts';
import { observationValueConversion, unitNoteConversion } from './observation-value.ts';
import { orderTimingConversion, quantityTimingConversion } from './order-timing.ts';
import { booleanConversion, stringConversion } from './primitives.ts';
import { decimalConversion, integerConversion, quantityConversion } from './quantities.ts';
import { referenceRangeConversion } from './ranges.ts';
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
import { visitConversions } from './visits.ts';
import { vitalSignAbsenceConversion, vitalSignConversion } from './vital-signs.ts';

export { identifierKey, isContradicted, systemOf } from './identifiers.ts';
export { placeValue } from './places.ts';
export { ucumCode } from './ucum.ts';

/** Everything that `as:` may name. */
export const conversions: ReadonlyMap<string, Conversion> = new Map(
  [
    ...administrativeConversions,
    ...visitConversions,
    addressConversion,
    amountConversion,
    annotationConversion,
    asNeededConversion,
    attachmentConversion,
    booleanConversion,
    calledNameConversion,
    codeConversion,
    codeableConceptConversion,
    codedOrganizationConversion,
    codedNoteConversion,
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
    pairReferenceConversion,
    displayReferenceConversion,
    subIdConversion,
    orderTimingConversion,
    quantityTimingConversion,
    ...extensionConversions,
    entityNumberConversion,
    entityReferenceConversion,
    familyNameExtensionConversion,
    hdReferenceConversion,
    hdUriConversion,
    humanNameConversion,
    identifierReferenceConversion,
    instantConversion,
    integerConversion,
    nestedPractitionerConversion,
    observationValueConversion,
    organizationConversion,
    organizationNumberConversion,
    organizationPlaceConversion,
    otherRoutesConversion,
    plainIdentifierConversion,
    practitionerConversion,
    pressureCodeConversion,
    pressureConversion,
    preferredTelecomConversion,
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
    unitNoteConversion,
    vitalSignAbsenceConversion,
    vitalSignConversion,
  ].map((conversion) => [conversion.name, conversion]),
);
