export { bundleOf, resourceOf } from './bundle.ts';
export { type ConvertedBytes, compiledOf, convertBytes, convertRaw } from './bytes.ts';
