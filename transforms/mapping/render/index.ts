export { checkRender, checkRenderMessages } from './check.ts';
export type { CompiledRender } from './compile.ts';
export { type RenderMessageRow, type RenderRow, renderKeys } from './language.ts';
export { renderOf } from './load-render.ts';
export { type Rendered, type RenderRequest, renderMessage } from './render.ts';
export type { Resource } from './resources.ts';
