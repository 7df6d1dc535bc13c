export { type Attribution, type FhirPath, openAttribution } from './attribution.ts';
export { authoritiesSchema, readAuthorities } from './authorities.ts';
export { bundleOf, resourceOf } from './bundle.ts';
export { compileMapping } from './compile.ts';
export { type ConvertedBytes, convertBytes } from './convert-bytes.ts';
export { conversions } from './datatypes/index.ts';
export { type EmittedExtension, emittedExtensions } from './emitted-extensions.ts';
export { type ExplainedRow, explainMapping } from './explain.ts';
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
