import type { Functions } from './call.ts';
import { conversion } from './conversion.ts';
import { existence } from './existence.ts';
import { fhir } from './fhir.ts';
import { filtering } from './filtering.ts';
import { math } from './math.ts';
import { navigation } from './navigation.ts';
import { precision } from './precision.ts';
import { strings } from './strings.ts';
import { typing } from './typing.ts';

/** The functions that are compiled, by name. */
export const functions: Functions = {
  ...existence,
  ...filtering,
  ...navigation,
  ...typing,
  ...fhir,
  ...conversion,
  ...strings,
  ...math,
  ...precision,
};

export type { Call, FunctionSpec } from './call.ts';
export { indexCode, itemAt, totalCode } from './filtering.ts';
export { typesNamed } from './type-argument.ts';
export { asCode, isCode } from './typing.ts';
