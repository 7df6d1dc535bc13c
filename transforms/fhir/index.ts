export { applyPatch } from './apply-patch.ts';
export { type Condition, carries, identifiersOf } from './condition.ts';
export type {
  Contribution,
  Conversion,
  Correction,
  IdentityDecision,
  IdentityStatement,
  Listing,
  Mark,
  Move,
  Provenance,
  StatedIdentifier,
  StatedPatient,
} from './contribution.ts';
export { conditionOf } from './contributions.ts';
export { decimalOf, isDecimal, numberOf } from './decimal.ts';
export {
  type Constraint,
  type Discriminator,
  type ElementDefinition,
  type ElementType,
  isList,
  type PackedValueSet,
  type R4Definitions,
  r4Definitions,
  type Slicing,
  type StructureDefinition,
  typeCodeOf,
} from './definitions/index.ts';
export { parseFaithfully } from './json.ts';
export { toOperationOutcome } from './operation-outcome.ts';
export {
  type Filled,
  mergeRuns,
  nameOfGiven,
  type Origin,
  type Run,
  withoutOrigin,
} from './origins.ts';
export type { Patch } from './patch.ts';
export type { PatchValue, PathOperation } from './path-patch.ts';
export type { CodeableConcept, Coding, Identifier, OperationOutcome, R4Type } from './r4.ts';
export { isR4Type, r4Types } from './r4.ts';
export { readFhirStage } from './read-fhir.ts';
export { readReference, rewriteLinks, rewriteReferences } from './references.ts';
export { nameUuid, resourceId } from './resource-id.ts';
export type { Sent } from './sent.ts';
export { isVitalSign, vitalSignProfile } from './vital-signs.ts';
