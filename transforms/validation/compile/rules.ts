import { type ElementDefinition, numberOf } from '../../fhir/index.ts';
import { type Check, fail, memberOf } from '../plan/index.ts';
import { equals, isRawNumber, matchesPattern } from '../values/index.ts';

/** What an element's definition says of the value itself: fixed, pattern, length and range. */
export function valueRules(definition: ElementDefinition): Check[] {
  const rules: Check[] = [];
  const fixed = memberOf(definition, 'fixed');
  const pattern = memberOf(definition, 'pattern');
  const { maxLength } = definition;
  if (fixed !== undefined)
    rules.push((value, walk) => {
      if (!equals(fixed, value))
        fail(walk, 'fhir-fixed', `this must be ${inWords(fixed)}, and nothing else`);
    });
  if (pattern !== undefined)
    rules.push((value, walk) => {
      if (!matchesPattern(pattern, value))
        fail(walk, 'fhir-pattern', `this must hold ${inWords(pattern)}`);
    });
  if (maxLength !== undefined)
    rules.push((value, walk) => {
      if (typeof value === 'string' && value.length > maxLength)
        fail(walk, 'fhir-length', `longer than ${maxLength} characters`);
    });
  const least = memberOf(definition, 'minValue');
  const most = memberOf(definition, 'maxValue');
  if (least !== undefined) rules.push(rangeRule(least, (order) => order >= 0, 'at least'));
  if (most !== undefined) rules.push(rangeRule(most, (order) => order <= 0, 'at most'));
  return rules;
}

/** The profile's own words, cut where they are long. */
function inWords(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 200 ? `${text.slice(0, 200)}...` : text;
}

function rangeRule(limit: unknown, isIn: (order: number) => boolean, word: string): Check {
  return (value, walk) => {
    const order = compare(value, limit);
    if (order !== undefined && !isIn(order))
      fail(walk, 'fhir-range', `this must be ${word} ${inWords(limit)}`);
  };
}

/** Below, at or above 0; undefined where the two cannot be compared. */
function compare(value: unknown, limit: unknown): number | undefined {
  if (typeof limit === 'number' && (typeof value === 'number' || isRawNumber(value)))
    return numberOf(value as number) - limit;
  if (typeof limit !== 'string' || typeof value !== 'string') return undefined;
  // Dates to the precision that both have; instants in time zones of their own by their time.
  if (value.includes('T') && limit.includes('T')) return Date.parse(value) - Date.parse(limit);
  const length = Math.min(value.length, limit.length);
  return value.slice(0, length) < limit.slice(0, length)
    ? -1
    : Number(value.slice(0, length) > limit.slice(0, length));
}
