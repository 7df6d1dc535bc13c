import type { DatabaseHandle } from '../../../engine/index.ts';
import { type BlockIndex, openBlockIndex } from '../block/index.ts';
import { prepare } from '../compare/index.ts';
import { vetoesBetween } from '../decide/index.ts';
import { identityFile } from '../identity-file.ts';
import type { Governed } from '../policy/index.ts';
import {
  type Crosswalk,
  type IdentityRegistry,
  type Judge,
  openRegistry,
  openToRead,
} from '../registry/index.ts';
import { openPeople, type People } from '../stage/index.ts';

/** Everything that a question is answered from: one read-only handle of identity.db. */
export type Reading = {
  readonly db: DatabaseHandle;
  readonly registry: IdentityRegistry;
  readonly index: BlockIndex;
  readonly people: People;
  readonly crosswalk: Crosswalk;
};

/** The vetoes of the policy that governs at the time of asking. */
export const judgeOf =
  (governed: () => Governed): Judge =>
  (a, b) =>
    vetoesBetween(governed().ruling.policy, prepare(a), prepare(b));

/** Undefined while no stage has identified anybody. Throws what `openToRead` throws. */
export function openReading(
  dataDir: string,
  key: Buffer,
  governed: () => Governed,
): Reading | undefined {
  const db = openToRead(identityFile(dataDir), key);
  if (db === undefined) return undefined;
  const registry = openRegistry(db, { clusterMax: 0, judge: judgeOf(governed) });
  const people = openPeople(registry);
  const index = openBlockIndex(db, { blockedOf: people.blockedOf });
  return { db, registry, index, people, crosswalk: registry.crosswalk };
}

/** Asks in one snapshot, which sees what is committed now. */
export function asking<Out>(reading: Reading, question: (reading: Reading) => Out): Out {
  return reading.db.transaction(() => {
    reading.registry.begun();
    reading.index.refresh();
    return question(reading);
  })();
}
