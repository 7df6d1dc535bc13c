import { attributesOf, type Blocked, blockingKeys } from '../block/index.ts';
import { type Prepared, prepare, type Sketched, type Sketches } from '../compare/index.ts';
import type { RecordNo, Sighting } from '../events.ts';
import type { IdentityRegistry } from '../registry/index.ts';

/** Records as comparisons need them; prepared once, kept while they are asked for. */
export type People = {
  of(no: RecordNo): Prepared;
  /** What was just written of a record need not be read. */
  put(no: RecordNo, sighting: Pick<Sighting, 'attributes' | 'fingerprint'>): void;
  blockedOf(no: RecordNo): Blocked;
  /** What is remembered of many more records than `of` can keep; undefined: read the record. */
  sketchOf(no: RecordNo): Sketched | undefined;
  /** After another connection's commit, which changed these records; undefined: any. */
  stale(changed: readonly RecordNo[] | undefined): void;
};

/** Some 2 kB each. */
const preparedMax = 10_000;

/** `sketches`: for whoever asks for sketches; it must hear at once of what others change. */
export function openPeople(registry: IdentityRegistry, sketches?: Sketches): People {
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
    sketches?.put(no, prepared);
    if (known.size >= preparedMax) known.clear();
    known.set(no, { fingerprint: one.fingerprint, prepared });
    return prepared;
  }

  return {
    of,
    put,
    sketchOf: (no) => sketches?.of(no),
    blockedOf: (no) => blockedBy(of(no)),
    stale(changed) {
      if (changed === undefined) sketches?.clear();
      else for (const no of changed) sketches?.drop(no);
    },
  };
}

export const blockedBy = (prepared: Prepared): Blocked => ({
  keys: blockingKeys(prepared),
  attributes: attributesOf(prepared.record),
});
