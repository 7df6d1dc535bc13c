export { checkUsing } from './check.ts';
export { scriptedConversion } from './convert.ts';
export { type CheckedScripts, checkScripts, readScripts, type Scripts } from './scripts.ts';
export { addUses, takeUses } from './uses.ts';
