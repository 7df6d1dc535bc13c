export { authoritiesSchema, readAuthorities } from './authorities.ts';
export { compileMapping } from './compile.ts';
export { bundleOf, type ConvertedBytes, convertBytes, resourceOf } from './convert/index.ts';
export { conversions } from './datatypes/index.ts';
export {
  type Attribution,
  type EmittedExtension,
  type ExplainedRow,
  emittedExtensions,
  explainMapping,
  type FhirPath,
  openAttribution,
} from './explain/index.ts';
export { mappingSchema } from './language.ts';
export {
  type LoadedMapping,
  loadMapping,
} from './load.ts';
export { mappingFiles, mappingNames, ownBaseDir, useBase } from './mapping-files.ts';
export type { CompiledMapping } from './plans.ts';
export {
  type Rendered,
  type RenderRequest,
  type Resource,
  renderMessage,
  renderOf,
} from './render/index.ts';
export { runMappingTests, type TestResult } from './run-tests.ts';
export {
  findGaps,
  type Gap,
  type GapReport,
  gapKinds,
  observe,
  type Unlisted,
  type Unread,
  writeMapping,
} from './skeleton/index.ts';
export { convertStage } from './stage/index.ts';
