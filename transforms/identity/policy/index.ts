export { keyIdOf, newKeyPair } from './ed25519.ts';
export { policySchema } from './file-schema.ts';
export {
  builtInGovernance,
  type Governance,
  type ModelPin,
  type SurvivingAttribute,
  type Survivorship,
  type SurvivorshipRule,
} from './governance.ts';
export {
  type LoadedCandidate,
  type LoadedPolicy,
  loadCandidate,
  loadPolicy,
  policyFile,
  policyFiles,
  requirePolicy,
  todayUtc,
} from './load.ts';
export { builtInPolicy, type IdentityPolicy } from './policy.ts';
export { type Signed, signPolicy } from './sign.ts';
export { judgeSignature } from './signatures.ts';
export type { PolicySignature } from './signed-text.ts';
export { loadSigners, type Signer, signersFile, signersSchema } from './signers.ts';
