export {
  type CharsetDecision,
  type CharsetOptions,
  decideCharset,
  decode,
  readText,
} from './charset.ts';
export { charsetName } from './names.ts';
export { type PositionFinder, positionFinder } from './positions.ts';
export { decodeShifted, shiftTarget } from './shifts.ts';
