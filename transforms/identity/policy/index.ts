export { keyIdOf, newKeyPair } from './ed25519.ts';
export { policySchema } from './file-schema.ts';
export {
  type Governed,
  governanceFiles,
  governanceIssues,
  requireGoverned,
  rulingOf,
} from './govern.ts';
export {
  builtInGovernance,
  type Governance,
  type ModelPin,
  type SurvivingAttribute,
  type Survivorship,
  type SurvivorshipRule,
  survivingAttributes,
} from './governance.ts';
export {
  type LoadedCandidate,
  type LoadedPolicy,
  loadCandidate,
  loadPolicy,
  policyFile,
  todayUtc,
} from './load.ts';
export { requireModel } from './models.ts';
export { builtInPolicy, type IdentityPolicy } from './policy.ts';
export {
  answer,
  type Disagreement,
  disagreements,
  pairsOf,
  type Question,
  type Ruling,
} from './ruling.ts';
export {
  type LoadedShadow,
  loadShadow,
  type Observed,
  openShadow,
  type Shadow,
  shadowFile,
  shadowSchema,
} from './shadow.ts';
export { openShadowLog, type ShadowNote, shadowLogSchema, shadowNotes } from './shadow-log.ts';
export { type Signed, signPolicy } from './sign.ts';
export { judgeSignature } from './signatures.ts';
export type { PolicySignature } from './signed-text.ts';
export { loadSigners, type Signer, signersFile, signersSchema } from './signers.ts';
