export { checkBundle, indexBundle } from './bundle.ts';
export { checkContained } from './contained.ts';
export { impliedProfile } from './vital-signs.ts';
