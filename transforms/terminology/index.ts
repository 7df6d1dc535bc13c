export { createTerminologyFace, type TerminologyServiceOptions } from './api/index.ts';
export {
  type CodeMap,
  type Relationship,
  type Target,
  type Translation,
  translateCode,
} from './code-map.ts';
export { codeMapReleases, type LoadedCodeMap, loadCodeMap } from './code-map-file.ts';
export { translateStage } from './translate.ts';
