import type { DatabaseHandle } from '../../../engine/index.ts';
import { type BlockIndex, blockSchema, openBlockIndex } from '../block/index.ts';
import { createSketches, prepare } from '../compare/index.ts';
import { vetoesBetween } from '../decide/index.ts';
import type { RecordNo } from '../events.ts';
import { type Governed, type Ruling, type Shadow, shadowLogSchema } from '../policy/index.ts';
import type { PersonRecord } from '../record.ts';
import {
  type Crosswalk,
  governedBySchema,
  type IdentityRegistry,
  type Occasion,
  openRegistry,
  type RegistryOptions,
} from '../registry/index.ts';
import { openPeople, type People } from './people.ts';
import { openReign, type Reign } from './reign.ts';
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
  readonly shadowLog: Reign['shadowLog'];
  /** Hashes that decisions carry. */
  readonly model: string;
  readonly policy: string;
  /** What each record was last told here, to see at once that nothing is new. */
  readonly lastSaid: Map<RecordNo, Said>;
  /**
   * Runs `work` while two numbers of this authority are no conflict: a source that merges its own
   * numbers says so itself.
   */
  withinAuthority<Out>(system: string, work: () => Out): Out;
  /** The vetoes between two records; those of `withinAuthority` are left out. */
  vetoes(a: PersonRecord, b: PersonRecord): readonly { readonly id: string }[];
  /** From now on this policy decides; the log says so when it is used for the first time. */
  govern(governed: Governed, on: Occasion): void;
  begun(): void;
  committing(): void;
};

/** Hash of what a message said, and the fingerprint that the record had after it. */
export type Said = { readonly said: number; readonly fingerprint: number };

/** For tests and benches. */
export type StoreOptions = {
  readonly hotMax?: number;
  readonly recentMax?: number;
};

/** Makes the tables where they are not there yet. */
export function openIdentityStore(
  db: DatabaseHandle,
  governed: Governed,
  { hotMax, recentMax }: StoreOptions = {},
): IdentityStore {
  let authority: string | undefined;

  function vetoes(a: PersonRecord, b: PersonRecord) {
    const rules = reign.governed.ruling.policy;
    if (authority === undefined) return vetoesBetween(rules, prepare(a), prepare(b));
    return vetoesBetween(rules, prepare(without(authority, a)), prepare(without(authority, b)));
  }

  db.exec(blockSchema + tallySchema + shadowLogSchema);
  const reign = openReign(db, governed);
  const registry = openRegistry(db, registryOptions(reign, vetoes));
  db.exec(governedBySchema);
  const people = openPeople(registry, createSketches());
  const tally = openTally(db);
  const index = openBlockIndex(db, {
    blockedOf: people.blockedOf,
    ...(hotMax === undefined ? {} : { hotMax }),
    ...(recentMax === undefined ? {} : { recentMax }),
  });
  return {
    ...{ registry, index, people, tally, vetoes, crosswalk: registry.crosswalk },
    get ruling() {
      return reign.governed.ruling;
    },
    get shadow() {
      return reign.governed.shadow;
    },
    get shadowLog() {
      return reign.shadowLog;
    },
    get model() {
      return reign.governed.model.hash;
    },
    get policy() {
      return reign.governed.governance.hash;
    },
    lastSaid: new Map(),
    withinAuthority(system, work) {
      authority = system;
      try {
        return work();
      } finally {
        authority = undefined;
      }
    },
    govern(next, on) {
      if (!reign.follow(next)) return;
      registry.policyChanged(next.governance.hash, next.model.hash, on);
    },
    begun() {
      people.stale(registry.begun());
      index.refresh();
    },
    committing() {
      index.settle();
      tally.write();
    },
  };
}

/** As they are at each moment: the policy may change while the handle stays open. */
function registryOptions(reign: Reign, judge: IdentityStore['vetoes']): RegistryOptions {
  return {
    judge,
    get clusterMax() {
      return reign.governed.ruling.policy.clusterCap;
    },
    get audit() {
      const { governance, model } = reign.governed;
      return { share: governance.auditShare, seed: model.hash };
    },
    get model() {
      return reign.governed.model.hash;
    },
    get policy() {
      return reign.governed.governance.hash;
    },
  };
}

const without = (system: string, record: PersonRecord): PersonRecord => ({
  ...record,
  identifiers: record.identifiers.filter((one) => one.system !== system),
});
