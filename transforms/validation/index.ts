export {
  dueForReview,
  type Extensions,
  extensionFiles,
  extensionJudge,
  extensionsSchema,
  type Registered,
  readExtensions,
} from './extensions/index.ts';
export { openGate } from './gate/index.ts';
export {
  createDefinitions,
  type Definitions,
  definitionsFor,
  type FhirPackage,
  keepPackage,
  keptPackage,
  keptPackages,
  packageId,
  profileFiles,
  profileIssues,
  readOwnProfiles,
  readPackage,
} from './packages/index.ts';
export { validateStage } from './stage/index.ts';
export {
  type CodeSystem,
  createValueSets,
  type Expansion,
  expand,
  firstOf,
  type Terms,
  type ValueSet,
  type ValueSets,
  type Verdict,
} from './terms/index.ts';
export {
  createValidator,
  type Validation,
  type Validator,
  type ValidatorOptions,
} from './validator.ts';
