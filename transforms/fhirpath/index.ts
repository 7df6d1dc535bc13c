export type { Environment } from './code.ts';
export type { CompiledPath, Reading } from './compiled-path.ts';
export { isPathIssue } from './compiled-path.ts';
export { type ElementType, type ElementTypes, r4Types } from './element-types.ts';
export type { FaultCode, PathIssue, Place } from './faults.ts';
export { createModel, type Model, type PathType, r4Model, type SystemName } from './model.ts';
export { makeNode, type PathNode, resourceNode } from './node.ts';
export { applyPathPatch } from './patch/index.ts';
export { type CompileOptions, compilePath } from './path.ts';
