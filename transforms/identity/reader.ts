import type { DatabaseHandle } from '../../engine/index.ts';
import { reviewKinds } from './events.ts';
import { identityFile } from './identity-file.ts';
import {
  type Crosswalk,
  type IdentityRegistry,
  openRegistry,
  openToRead,
  type ReviewCount,
} from './registry/index.ts';
import { type Tallied, tallied } from './stage/index.ts';

/** Questions to the identity store, on a read-only handle of its own. */
export type IdentityReader = {
  /** The person (uuid) of the record that is filed under this identifier. */
  personOf(system: string, value: string): string | undefined;
  /** The person that a Patient resource is of, by its id. */
  personOfPatient(resource: string): string | undefined;
  counts(): { readonly persons: number; readonly records: number };
  figures(): IdentityFigures;
  close(): void;
};

/** What an operator watches. No patient data. */
export type IdentityFigures = {
  /** Since the store was made: `decision` by verdict, `veto` by id, `shadow` by what it said. */
  readonly tally: readonly Tallied[];
  /** Keys that too many records share to compare all of them. */
  readonly hotKeys: number;
  /** Open reviews by kind, with the age of the oldest. */
  readonly reviews: readonly {
    readonly kind: string;
    readonly open: number;
    /** Microseconds since the epoch; 0 when none is open. */
    readonly oldestUs: number;
  }[];
};

type Opened = {
  readonly db: DatabaseHandle;
  readonly registry: IdentityRegistry;
  readonly crosswalk: Crosswalk;
};

/** A store that is not there yet reads as empty. Throws what `openToRead` throws. */
export function openIdentityReader(dataDir: string, key: Buffer): IdentityReader {
  let opened: Opened | undefined;

  /** Each question sees what is committed now. */
  function ask<Out>(question: (opened: Opened) => Out, otherwise: Out): Out {
    opened ??= tryOpen(identityFile(dataDir), key);
    if (opened === undefined) return otherwise;
    const { db, registry } = opened;
    return db.transaction((open: Opened) => {
      registry.begun();
      return question(open);
    })(opened);
  }

  return {
    personOf: (system, value) =>
      ask(({ registry }) => {
        const record = registry.recordOf(system, value);
        return record === undefined ? undefined : registry.personOf(record);
      }, undefined),
    personOfPatient: (resource) =>
      ask(({ registry, crosswalk }) => {
        const record = crosswalk.recordOf(resource);
        return record === undefined ? undefined : registry.personOf(record);
      }, undefined),
    counts: () =>
      ask(
        ({ db }) =>
          db
            .prepare<[], { records: number; persons: number }>(
              `SELECT records, records - linked + anchors AS persons FROM
                (SELECT count(*) AS records FROM record),
                (SELECT count(*) AS linked, count(DISTINCT anchor) AS anchors FROM membership)`,
            )
            .get()!,
        { persons: 0, records: 0 },
      ),
    figures: () =>
      ask(
        ({ db, registry }) => ({
          tally: tallied(db),
          hotKeys: db.prepare<[], number>('SELECT count(*) FROM block_hot').pluck().get()!,
          reviews: openReviews(registry.reviewCounts()),
        }),
        { tally: [], hotKeys: 0, reviews: openReviews([]) },
      ),
    close() {
      opened?.db.close();
      opened = undefined;
    },
  };
}

/** Each kind says how many are open, also none, so that an alert on it can end. */
const openReviews = (counts: readonly ReviewCount[]): IdentityFigures['reviews'] =>
  reviewKinds.map((kind) => {
    const found = counts.find((one) => one.kind === kind && one.outcome === undefined);
    return { kind, open: found?.count ?? 0, oldestUs: found?.oldestUs ?? 0 };
  });

function tryOpen(file: string, key: Buffer): Opened | undefined {
  const db = openToRead(file, key);
  if (db === undefined) return undefined;
  const registry = openRegistry(db, { clusterMax: 0 });
  return { db, registry, crosswalk: registry.crosswalk };
}
