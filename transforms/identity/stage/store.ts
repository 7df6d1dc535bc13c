import type { DatabaseHandle } from '../../../engine/index.ts';
import { type BlockIndex, blockSchema, openBlockIndex } from '../block/index.ts';
import { prepare } from '../compare/index.ts';
import { vetoesBetween } from '../decide/index.ts';
import type { RecordNo } from '../events.ts';
import type { Governed, Ruling, Shadow } from '../policy/index.ts';
import type { PersonRecord } from '../record.ts';
import { type IdentityRegistry, openRegistry } from '../registry/index.ts';
import { type Crosswalk, crosswalkSchema, openCrosswalk } from './crosswalk.ts';
import { openPeople, type People } from './people.ts';
import { openTally, type Tally, tallySchema } from './tally.ts';

/** Everything that deciding needs, on one handle of identity.db. */
export type IdentityStore = {
  readonly registry: IdentityRegistry;
  readonly index: BlockIndex;
  readonly people: People;
  readonly crosswalk: Crosswalk;
  readonly tally: Tally;
  readonly ruling: Ruling;
  readonly shadow: Shadow | undefined;
  /** Hashes that decisions carry. */
  readonly model: string;
  readonly policy: string;
  /** What each record was last given by a message, to see at once that nothing is new. */
  readonly lastSaid: Map<RecordNo, number>;
  /**
   * Runs `work` while two numbers of this authority are no conflict: a source that merges its own
   * numbers says so itself.
   */
  withinAuthority<Out>(system: string, work: () => Out): Out;
  /** The vetoes between two records; those of `withinAuthority` are left out. */
  vetoes(a: PersonRecord, b: PersonRecord): readonly { readonly id: string }[];
  begun(): void;
  committing(): void;
};

/** For tests and benches. */
export type StoreOptions = {
  readonly hotMax?: number;
  readonly recentMax?: number;
};

/** Makes the tables where they are not there yet. */
export function openIdentityStore(
  db: DatabaseHandle,
  { governance, model, ruling, shadow }: Governed,
  { hotMax, recentMax }: StoreOptions = {},
): IdentityStore {
  const rules = ruling.policy;
  let authority: string | undefined;

  function vetoes(a: PersonRecord, b: PersonRecord) {
    if (authority === undefined) return vetoesBetween(rules, prepare(a), prepare(b));
    return vetoesBetween(rules, prepare(without(authority, a)), prepare(without(authority, b)));
  }

  db.exec(blockSchema + crosswalkSchema + tallySchema);
  const registry = openRegistry(db, {
    clusterMax: rules.clusterCap,
    judge: vetoes,
    audit: { share: governance.auditShare, seed: model.hash },
    model: model.hash,
    policy: governance.hash,
  });
  const people = openPeople(registry);
  const tally = openTally(db);
  const index = openBlockIndex(db, {
    blockedOf: people.blockedOf,
    ...(hotMax === undefined ? {} : { hotMax }),
    ...(recentMax === undefined ? {} : { recentMax }),
  });
  return {
    ...{ registry, index, people, tally, ruling, shadow, vetoes },
    ...{ crosswalk: openCrosswalk(db), model: model.hash, policy: governance.hash },
    lastSaid: new Map(),
    withinAuthority(system, work) {
      authority = system;
      try {
        return work();
      } finally {
        authority = undefined;
      }
    },
    begun() {
      registry.begun();
      index.refresh();
    },
    committing() {
      index.settle();
      tally.write();
    },
  };
}

const without = (system: string, record: PersonRecord): PersonRecord => ({
  ...record,
  identifiers: record.identifiers.filter((one) => one.system !== system),
});
