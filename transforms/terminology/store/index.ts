export type { Change } from './change.ts';
export type { Closure } from './closure.ts';
export { partsOf } from './concept-map.ts';
export { terminologyFile } from './database.ts';
export { diffTargets } from './diff-mappings.ts';
export { edgeKinds } from './export.ts';
export { hierarchyProperties } from './hierarchy.ts';
export { storedKnowledge } from './knowledge.ts';
export { isRetired } from './properties.ts';
export {
  type Approval,
  completeRelease,
  dropRelease,
  judgeRelease,
  publishReleases,
  type Verdict,
  writeClosure,
} from './publish.ts';
export { type ReleaseState, releaseQueries } from './releases.ts';
export { canonicalJson, type Damage, inOrder, meaningOf, type Verification } from './seal.ts';
export {
  type Heading,
  type MappingRow,
  type MemberRow,
  type Staging,
  stageRelease,
} from './staging.ts';
export {
  type OpenSource,
  openTerminology,
  type ReleaseInfo,
  type TerminologyStore,
} from './store.ts';
export {
  remembered,
  type TranslatedCode,
  type TranslatedTarget,
  type TranslationOutcome,
  translateByMap,
  translator,
} from './translate.ts';
