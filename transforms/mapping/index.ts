export { type Attribution, type FhirPath, openAttribution } from './attribution.ts';
export { bundleOf, resourceOf } from './bundle.ts';
export { type CompiledMapping, compileMapping } from './compile.ts';
export { type ConvertedBytes, convertBytes } from './convert-bytes.ts';
export { convertStage } from './convert-stage.ts';
export { mappingSchema } from './language.ts';
export { type LoadedMapping, loadMapping, mappingNames, ownBaseDir, useBase } from './load.ts';
export { runMappingTests, type TestResult } from './run-tests.ts';
