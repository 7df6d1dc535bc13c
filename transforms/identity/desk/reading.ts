import { existsSync } from 'node:fs';
import { type DatabaseHandle, openDatabase } from '../../../engine/index.ts';
import { type BlockIndex, openBlockIndex } from '../block/index.ts';
import { prepare } from '../compare/index.ts';
import { vetoesBetween } from '../decide/index.ts';
import { identityFile } from '../identity-file.ts';
import type { Governed } from '../policy/index.ts';
import { type IdentityRegistry, type Judge, openRegistry } from '../registry/index.ts';
import { type Crosswalk, openCrosswalk, openPeople, type People } from '../stage/index.ts';

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

/** Undefined while no stage has identified anybody. Throws what `openDatabase` throws. */
export function openReading(
  dataDir: string,
  key: Buffer,
  governed: () => Governed,
): Reading | undefined {
  const file = identityFile(dataDir);
  if (!existsSync(file)) return undefined;
  const db = openDatabase(file, { key, readonly: true });
  // The stage may be between making the file and making its tables, of which these are the last.
  const made = db.prepare<[], number>(
    `SELECT count(*) FROM sqlite_master WHERE name IN ('tally', 'decision_no_DELETE')`,
  );
  if (made.pluck().get() !== 2) {
    db.close();
    return undefined;
  }
  const registry = openRegistry(db, { clusterMax: 0, judge: judgeOf(governed) });
  const people = openPeople(registry);
  const index = openBlockIndex(db, { blockedOf: people.blockedOf });
  return { db, registry, index, people, crosswalk: openCrosswalk(db) };
}

/** Asks in one snapshot, which sees what is committed now. */
export function asking<Out>(reading: Reading, question: (reading: Reading) => Out): Out {
  return reading.db.transaction(() => {
    reading.registry.begun();
    reading.index.refresh();
    return question(reading);
  })();
}
