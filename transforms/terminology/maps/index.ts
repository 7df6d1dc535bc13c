export { lintCodeMaps, type MapLintSources, type SentCode } from './lint.ts';
export { nextConceptMap } from './next-concept-map.ts';
export { type DecidedCode, type TwoPeople, writeNextRelease } from './next-release.ts';
export { checkReview, type Review } from './review.ts';
export { type Suggestion, suggestAmong, suggestCodes } from './suggest.ts';
