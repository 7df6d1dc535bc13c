export * from './ack/index.ts';
export * from './batch.ts';
export {
  type CharsetDecision,
  type CharsetOptions,
  charsetName,
  decideCharset,
} from './charset/index.ts';
export { type Delimiters, standardDelimiters } from './delimiters.ts';
export { type EscapeFlag, escapeText, unescapeText } from './escape.ts';
export { frame } from './frame.ts';
export { Group, type GroupSpec, groupSegments } from './groups.ts';
export { dedupeKey, type Header, peekHeader } from './header.ts';
export { Hl7Message, type ParseOptions, parse } from './message.ts';
export * from './ordering-keys.ts';
export { compilePath, type Path, parsePath } from './path.ts';
export { Scope } from './scope.ts';
export {
  type Characters,
  type FieldBits,
  fieldBits,
  nameCode,
  nameOf,
  type Presence,
  Segment,
  type SegmentRepair,
  segmentRepairs,
} from './segments/index.ts';
