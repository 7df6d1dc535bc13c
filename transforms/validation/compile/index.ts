export { bindingVerdict } from './binding.ts';
export type { ExtensionPlace } from './compiler.ts';
export {
  type CompileInvariant,
  type Compiler,
  type ExtensionFault,
  type ExtensionUse,
  type FindStructure,
  type JudgeExtension,
  type MeansElement,
  typeUrl,
} from './compiler.ts';
export { allowsContext } from './extension-place.ts';
export { compileObject } from './object.ts';
export { resolve } from './resolve.ts';
