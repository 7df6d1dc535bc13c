export {
  checkModel,
  type IdentityModel,
  type LabelWindow,
  type ModelContent,
  parseModel,
  sealModel,
} from './artefact.ts';
export { baseModel } from './base-model.ts';
export { calibrate, type JudgedPair } from './calibrate.ts';
export { type FitOptions, fitModel, type PairLabel } from './fit.ts';
export { randomOf } from './random.ts';
export { type Score, type Scorer, scorerOf } from './score.ts';
