export { createImports, type Imports } from './import.ts';
export { readManifest } from './manifest.ts';
export { receiveStream } from './stream.ts';
