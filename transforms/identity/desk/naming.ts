import { identityRefusal } from '../errors.ts';
import type { PersonId, RecordNo } from '../events.ts';
import type { Reading } from './reading.ts';

/** How people and systems name somebody: a source's number, or an id (of a person or a Patient). */
export type Named = { readonly system: string; readonly value: string } | { readonly id: string };

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** `system|value`, an id, `Person/ID` or `Patient/ID`; undefined for anything else. */
export function namedBy(text: string): Named | undefined {
  const bar = text.indexOf('|');
  if (bar > 0 && bar < text.length - 1)
    return { system: text.slice(0, bar), value: text.slice(bar + 1) };
  const id = text.replace(/^(Person|Patient)\//, '').toLowerCase();
  return uuid.test(id) ? { id } : undefined;
}

/** Persons who carry one identifier: more than this and it names nobody. */
const carriersMax = 64;

/**
 * The record that is meant. Of a number that is not a record's own, the first record that carries
 * it, where all who carry it are one person. Throws `identity-unknown-record`,
 * `identity-unknown-person` and `identity-ambiguous`.
 */
export function recordNamed(reading: Pick<Reading, 'registry' | 'crosswalk'>, named: Named) {
  const found = findNamed(reading, named);
  if (found !== undefined) return found;
  throw identityRefusal('id' in named ? 'identity-unknown-person' : 'identity-unknown-record');
}

/** As `recordNamed`, but undefined for an unknown one. Throws `identity-ambiguous`. */
export function findNamed(
  { registry, crosswalk }: Pick<Reading, 'registry' | 'crosswalk'>,
  named: Named,
): RecordNo | undefined {
  if ('id' in named) return registry.anchored(named.id) ?? crosswalk.recordOf(named.id);
  const { system, value } = named;
  const own = registry.recordOf(system, value);
  if (own !== undefined) return own;
  const carriers = registry.carriers(system, value, carriersMax);
  if (new Set(carriers.map(registry.personOf)).size > 1)
    throw identityRefusal('identity-ambiguous');
  return carriers[0];
}

/** The person that this id names now. Throws `identity-unknown-person`. */
export function personNamed({ registry }: Pick<Reading, 'registry'>, id: string): PersonId {
  const person = uuid.test(id) ? registry.resolve(id) : undefined;
  if (person === undefined) throw identityRefusal('identity-unknown-person');
  return person;
}
