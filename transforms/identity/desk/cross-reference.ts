import { PlexusError } from '../../../engine/index.ts';
import type { PersonId, RecordNo } from '../events.ts';
import type { PersonIdentifier } from '../record.ts';
import { findNamed } from './naming.ts';
import type { Reading } from './reading.ts';

/** IHE ITI-83: the numbers of whoever has this number, in the wanted domains. */
export type CrossQuestion = {
  readonly system: string;
  readonly value: string;
  /** Assigning authorities; none: all of them. */
  readonly targets: readonly string[];
};

export type CrossReference = {
  readonly person: PersonId;
  readonly records: readonly RecordNo[];
  /** Without the number that was asked for. */
  readonly identifiers: readonly PersonIdentifier[];
  /** Ids of the Patients of the sources. */
  readonly patients: readonly string[];
};

/**
 * Throws `identity-source-unknown`, `identity-domain-unknown`, `identity-target-unknown` and
 * `identity-ambiguous`.
 */
export function crossReference(
  reading: Reading | undefined,
  { system, value, targets }: CrossQuestion,
): CrossReference {
  // A reading that is not there yet knows no authority.
  if (!reading?.registry.authorities().includes(system))
    throw new PlexusError(
      'identity-domain-unknown',
      'sourceIdentifier Assigning Authority not found',
    );
  const { registry, crosswalk } = reading;
  const authorities = registry.authorities();
  if (targets.some((target) => !authorities.includes(target)))
    throw new PlexusError('identity-target-unknown', 'targetSystem not found');
  const no = findNamed(reading, { system, value });
  if (no === undefined)
    throw new PlexusError(
      'identity-source-unknown',
      'sourceIdentifier Patient Identifier not found',
    );
  const isWanted = (one: PersonIdentifier) =>
    (targets.length === 0 || targets.includes(one.system)) &&
    !(one.system === system && one.value === value);
  const records = registry.membersOf(no);
  const found = new Map<string, PersonIdentifier>();
  const inDomains = new Set<RecordNo>();
  for (const record of records)
    for (const one of registry.sighting(record).attributes.identifiers) {
      if (targets.length === 0 || targets.includes(one.system)) inDomains.add(record);
      if (isWanted(one)) found.set(`${one.value}\u001f${one.system}`, one);
    }
  return {
    ...{ person: registry.personOf(no), records, identifiers: [...found.values()] },
    patients: [...inDomains].flatMap(crosswalk.resourcesOf),
  };
}
