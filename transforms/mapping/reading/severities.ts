import type { Issue } from '../../../engine/index.ts';

/** Issues that only tell; all others of a mapping are warnings until a strict rule raises them. */
const informative = new Set([
  'time-precision-lost',
  'timezone-unknown',
  'value-type-repaired',
  'value-type-missing',
  'value-type-unknown',
  'unit-not-ucum',
  'repetitions-left-out',
  'timestamp-malformed',
  'seconds-assumed',
  'offset-disagrees',
  'time-end-of-day',
  'time-leap-second',
  'time-offset-lost',
]);

/** A function of the analyst`s own that fails is no reason to go on without its value. */
const holding = new Set(['script-failed', 'script-timeout', 'script-memory', 'script-result']);

export const severityOf = (code: string): Issue['severity'] =>
  informative.has(code) ? 'information' : holding.has(code) ? 'error' : 'warning';
