import { attributesOf, type Blocked, blockingKeys } from '../block/index.ts';
import { type Prepared, prepare } from '../compare/index.ts';
import type { RecordNo, Sighting } from '../events.ts';
import type { IdentityRegistry } from '../registry/index.ts';

/** Records as comparisons need them; prepared once, kept while they are asked for. */
export type People = {
  of(no: RecordNo): Prepared;
  /** What was just written of a record need not be read. */
  put(no: RecordNo, sighting: Pick<Sighting, 'attributes' | 'fingerprint'>): void;
  blockedOf(no: RecordNo): Blocked;
  /** After a lost transaction. */
  forget(): void;
};

/** Some 2 kB each. */
const preparedMax = 10_000;

export function openPeople(registry: IdentityRegistry): People {
  const known = new Map<RecordNo, { readonly fingerprint: number; readonly prepared: Prepared }>();

  /** A record that another connection has changed has another fingerprint. */
  function of(no: RecordNo): Prepared {
    const { fingerprint } = registry.record(no);
    const found = known.get(no);
    if (found?.fingerprint === fingerprint) return found.prepared;
    return put(no, { attributes: registry.sighting(no).attributes, fingerprint });
  }

  function put(no: RecordNo, one: Pick<Sighting, 'attributes' | 'fingerprint'>): Prepared {
    const prepared = prepare(one.attributes);
    if (known.size >= preparedMax) known.clear();
    known.set(no, { fingerprint: one.fingerprint, prepared });
    return prepared;
  }

  return { of, put, blockedOf: (no) => blockedBy(of(no)), forget: () => known.clear() };
}

export const blockedBy = (prepared: Prepared): Blocked => ({
  keys: blockingKeys(prepared),
  attributes: attributesOf(prepared.record),
});
