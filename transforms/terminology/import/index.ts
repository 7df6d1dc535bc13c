export type { ImportFinding } from './findings.ts';
export { type ImportOptions, type ImportReport, importFiles } from './run-import.ts';
