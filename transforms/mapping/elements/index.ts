export { checkCode, checkConstant, type Place, placesOf } from './constants.ts';
export { childrenOf, type Element, elementsOf, resourceTypes } from './elements.ts';
export { referenceTargets, requiredCodes } from './r4.ts';
export { capital, choiceNames, fhirPathOf, partElement, resolveTarget, rulesOf } from './target.ts';
