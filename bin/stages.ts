import type { StageComponent } from '../engine/index.ts';

/**
 * The stages that a channel can name, by hand. Apart from the other components, because chain workers
 * load these and nothing else.
 */
// biome-ignore lint/suspicious/noExplicitAny: a list holds components of every configuration type.
export const stageComponents: readonly StageComponent<any>[] = [];
