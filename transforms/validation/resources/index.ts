export { checkBundle, indexBundle } from './bundle.ts';
export { checkContained } from './contained.ts';
export { type Implied, impliedProfile, isAboutCode, vitalSigns } from './vital-signs.ts';
