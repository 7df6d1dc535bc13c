export * from './ack.ts';
export * from './batch.ts';
export { type CharsetDecision, decideCharset } from './charset.ts';
export { charsetName } from './charset-names.ts';
export { dedupeKey, type Header, peekHeader } from './header.ts';
export * from './ordering-keys.ts';
export { compilePath, type Path, parsePath } from './path.ts';
