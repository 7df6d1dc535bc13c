import {
  codeableConceptWriter,
  codingWriter,
  observationValueWriter,
  referenceRangeWriter,
} from './coded-writers.ts';
import { policyNumberWriter } from './coverage-writers.ts';
import {
  addressWriter,
  contactPointWriter,
  entityIdentifierWriter,
  humanNameWriter,
  identifierWriter,
  locationWriter,
  organizationWriter,
  practitionerWriter,
} from './identity-writers.ts';
import {
  annotationWriter,
  booleanWriter,
  codeWriter,
  dateTimeWriter,
  dateWriter,
  stringWriter,
} from './plain-writers.ts';
import type { RenderConversion } from './writer.ts';

/** Everything that `as:` of a `renders` row may name. */
export const renderConversions: ReadonlyMap<string, RenderConversion> = new Map(
  [
    addressWriter,
    annotationWriter,
    booleanWriter,
    codeWriter,
    codeableConceptWriter,
    codingWriter,
    contactPointWriter,
    dateTimeWriter,
    dateWriter,
    entityIdentifierWriter,
    humanNameWriter,
    identifierWriter,
    locationWriter,
    observationValueWriter,
    organizationWriter,
    policyNumberWriter,
    practitionerWriter,
    referenceRangeWriter,
    stringWriter,
  ].map((conversion) => [conversion.name, conversion]),
);
