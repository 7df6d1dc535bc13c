export { equals, isObject, matchesPattern } from './compare.ts';
export { startsBeforeEnd } from './dates.ts';
export { narrativeFault } from './narrative.ts';
export { isId, isRawNumber, isUri, type Primitive, primitives } from './primitives.ts';
