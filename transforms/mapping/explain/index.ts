export { type Attribution, type FhirPath, openAttribution } from './attribution.ts';
export { type EmittedExtension, emittedExtensions } from './emitted-extensions.ts';
export { type ExplainedRow, explainMapping } from './explain.ts';
