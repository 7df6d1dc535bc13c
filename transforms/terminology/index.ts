export {
  createTerminologyFace,
  type TerminologyServiceOptions,
  terminologyTypes,
} from './api/index.ts';
export {
  type CodeMap,
  type Relationship,
  type Target,
  type Translation,
  translateCode,
} from './code-map.ts';
export {
  codeMapFile,
  codeMapReleases,
  isRelease,
  type LoadedCodeMap,
  loadCodeMap,
} from './code-map-file.ts';
export * from './drift/index.ts';
export { type ImportFinding, type ImportReport, importFiles } from './import/index.ts';
export type { Knowledge, Release } from './knowledge.ts';

export { releaseOfCodeMap } from './map-release.ts';
export * from './maps/index.ts';
export { openMembership } from './membership/index.ts';
export { type ExpandedCode, expandedCodes, type Membership, Refused } from './operations/index.ts';

export {
  namesRelease,
  type PinMistake,
  type Pinned,
  type Pins,
  pinOf,
  releasesOfPin,
  requirePin,
  valueSetPins,
} from './pins.ts';
export { baseMapsFile, shippedDocument, withShipped, writePack } from './shipped/index.ts';
export { type TranslateConfig, translateStage } from './stage/index.ts';
export {
  type Change,
  openTerminology,
  type ReleaseInfo,
  type TerminologyStore,
  type TranslatedCode,
  terminologyFile,
  translateByMap,
  translator,
} from './store/index.ts';
export { startTerminology, type TerminologyThread } from './thread/index.ts';
export * from './worklist/index.ts';
