import type { DatabaseHandle } from '../../../engine/index.ts';
import type { Knowledge, ResourceType } from '../knowledge.ts';
import type { Change } from './change.ts';
import { openStoreDatabase, type StoreOptions } from './database.ts';
import { diffReleases } from './diff.ts';
import { exportRelease } from './export.ts';
import { storedKnowledge } from './knowledge.ts';
import { type ReleaseRow, type ReleaseState, releaseQueries } from './releases.ts';
import { type Verification, verifyReleases } from './seal.ts';
import type { MemberRow } from './staging.ts';
import { askedAnew, everyRead, turnReads } from './turn-reads.ts';

/** What the store says of a release; times in microseconds since 1970. */
export type ReleaseInfo = {
  readonly kind: ResourceType;
  readonly url: string;
  readonly version: string;
  readonly state: ReleaseState;
  readonly name?: string;
  readonly title?: string;
  readonly count: number;
  /** SHA-256 in hex of what it means. */
  readonly content: string;
  readonly source: string;
  readonly licence?: string;
  readonly approvedBy?: string;
  readonly commit?: string;
  readonly publishedUs?: number;
  readonly retiredUs?: number;
};

/** A source of a map that stands there without a target: somebody has to decide. */
export type OpenSource = {
  readonly system: string;
  readonly code: string;
  readonly display?: string;
};

export type TerminologyStore = {
  readonly knowledge: Knowledge;
  find(kind: ResourceType, url: string, version: string): ReleaseInfo | undefined;
  list(kind?: ResourceType): readonly ReleaseInfo[];
  /** Which kind an url is of; a release of each kind may have it. */
  kindsOf(url: string, version: string): readonly ResourceType[];
  /** Throws RangeError when one of them is not there. */
  diff(
    kind: ResourceType,
    earlier: { url: string; version: string },
    later: { url: string; version: string },
  ): Iterable<Change>;
  /** The FHIR resource piece by piece as JSON text; together they are one document. */
  export(kind: ResourceType, url: string, version: string): Iterable<string>;
  /** The stored expansion of a value set; undefined where there is no such value set. */
  members(url: string, version: string): readonly MemberRow[] | undefined;
  /** Rows of a map that name neither a target nor that there is none. */
  openSources(url: string, version: string): Iterable<OpenSource>;
  /** Reads every published release again; `only` one of them. */
  verify(only?: { kind: ResourceType; url: string; version: string }): Verification;
  /** The store's own handle, for the importer alone. */
  readonly db: DatabaseHandle;
  close(): void;
} & Disposable;

/** Opens the store of a data folder. Throws what `openStoreDatabase` throws. */
export function openTerminology(options: StoreOptions): TerminologyStore {
  const db = openStoreDatabase(options);
  const turn = options.isTranslator === true ? turnReads(db) : everyRead;
  const releases = askedAnew(releaseQueries(db), turn);
  const knowledge = storedKnowledge(db, releases, turn);
  const needed = (kind: ResourceType, url: string, version: string): ReleaseRow => {
    const row = releases.find(kind, url, version);
    if (row === undefined) throw new RangeError(`there is no release ${url}|${version}`);
    return row;
  };
  const info = (row: ReleaseRow) => infoOf(row, releases.licence(row));
  const close = () => db.close();
  return {
    db,
    knowledge,
    find(kind, url, version) {
      const row = releases.find(kind, url, version);
      return row && info(row);
    },
    list: (kind) => releases.list(kind).map(info),
    kindsOf: (url, version) =>
      (['CodeSystem', 'ValueSet', 'ConceptMap'] as const).filter(
        (kind) => releases.find(kind, url, version) !== undefined,
      ),
    diff: (kind, earlier, later) =>
      diffReleases(
        db,
        needed(kind, earlier.url, earlier.version),
        needed(kind, later.url, later.version),
      ),
    export: (kind, url, version) => {
      const row = needed(kind, url, version);
      return exportRelease(db, knowledge, row, releases.licence(row));
    },
    members(url, version) {
      const row = releases.find('ValueSet', url, version);
      return row && membersOf(db, row.id);
    },
    *openSources(url, version) {
      for (const row of knowledge.conceptMap(url, version)?.rows() ?? [])
        if (row.isOpen === true) {
          const { code, source, sourceDisplay: display } = row;
          yield { system: source.system, code, ...(display === undefined ? {} : { display }) };
        }
    },
    verify(only) {
      if (only === undefined) return verifyReleases(db);
      return verifyReleases(db, needed(only.kind, only.url, only.version).id);
    },
    close,
    [Symbol.dispose]: close,
  };
}

function membersOf(db: DatabaseHandle, release: number): readonly MemberRow[] {
  const rows = db.prepare(
    'SELECT system, version, code, display, detail FROM member WHERE release = ? ORDER BY ord',
  );
  type Row = { system: string; code: string } & Record<string, string | null>;
  return (rows.all(release) as Row[]).map(({ system, code, version, display, detail }) => ({
    ...{ system, code, ...given('version', version), ...given('display', display) },
    ...(detail ? { detail: JSON.parse(detail) } : {}),
  }));
}

function infoOf(row: ReleaseRow, licence: string | undefined): ReleaseInfo {
  return {
    ...{ kind: row.kind, url: row.url, version: row.version, state: row.state },
    ...given('name', row.name),
    ...given('title', row.title),
    ...{ count: row.count ?? 0, content: row.content ?? '', source: row.source },
    ...given('licence', licence ?? null),
    ...given('approvedBy', row.approved_by),
    ...given('commit', row.commit_ref),
    ...given('publishedUs', row.published_us),
    ...given('retiredUs', row.retired_us),
  };
}

const given = (key: string, value: unknown) => (value == null ? {} : { [key]: value });
