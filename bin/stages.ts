import type { StageComponent } from '../engine/index.ts';
import { storeStage } from '../routes/spine/index.ts';
import { readFhirStage } from '../transforms/fhir/index.ts';
import { identifyStage } from '../transforms/identity/index.ts';
import { convertStage } from '../transforms/mapping/index.ts';
import { translateStage } from '../transforms/terminology/index.ts';
import { validateStage } from '../transforms/validation/index.ts';

/**
 * The stages that a channel can name, by hand. Apart from the other components, because chain
 * workers load these and nothing else.
 */
// biome-ignore lint/suspicious/noExplicitAny: a list holds components of every configuration type.
export const stageComponents: readonly StageComponent<any>[] = [
  convertStage,
  readFhirStage,
  translateStage,
  identifyStage,
  validateStage,
  storeStage,
];
