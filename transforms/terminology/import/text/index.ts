export { isCodeMap, readCodeMap } from './code-map.ts';
export { isCvx, readCvx } from './cvx.ts';
export { isGem, readGem } from './gem.ts';
export { isOrderFile, isTabular, readIcd10 } from './icd10.ts';
export { isLoinc, readLoinc } from './loinc.ts';
export { isNdc, readNdc } from './ndc.ts';
export { isOtherRf2, readRf2, rf2Part } from './rf2.ts';
export { isOtherRrf, readRxnorm, rxnormTable } from './rxnorm.ts';
export { isV2Table, readV2Table } from './v2-tables.ts';
