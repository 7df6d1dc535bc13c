import type { DatabaseHandle } from '../../engine/index.ts';
import { type ResourceCache, resourceCache, type State } from './resource-cache.ts';
import { packId } from './schema.ts';
import { prepareReading, prepareWriting, type Reading, type Writing } from './statements.ts';
import { type Words, wordsOf } from './words.ts';

/**
 * The one writer of an open spine; everything happens inside transactions that lock writers out.
 */
export type Spine = {
  readonly reading: Reading;
  readonly writing: Writing;
  readonly words: Words;
  readonly cache: ResourceCache;
  /** Resources and versions by type that this transaction added. */
  readonly tally: Map<string, { resources: number; versions: number }>;
  /** The last numbers given. */
  lastResource: number;
  lastRow: number;
};

/** The message whose contributions are being written. */
export type Origin = {
  readonly id: number;
  readonly generation: number;
  readonly receivedUs: number;
  /** True when an earlier generation of this message has been here. */
  readonly again: boolean;
};

/** Where a row says what it set, see `schema.ts`. */
export type Spelling = {
  readonly elements: string | null;
  readonly removed: string | null;
  readonly own: string | null;
};

export function openSpine(db: DatabaseHandle): Spine & { begun(): void; committing(): void } {
  const reading = prepareReading(db);
  const writing = prepareWriting(db);
  const words = wordsOf(reading, (text) => Number(writing.addWord.run(text).lastInsertRowid));
  let seen: unknown;
  return {
    reading,
    writing,
    words,
    cache: resourceCache(),
    tally: new Map(),
    lastResource: 0,
    lastRow: 0,
    /** What another connection has committed since makes everything in memory doubtful. */
    begun() {
      const version = db.pragma('data_version', { simple: true });
      if (version === seen) return;
      seen = version;
      this.cache.clear();
      const last = writing.lastRows.get()!;
      this.lastResource = last.resource;
      this.lastRow = last.contribution;
    },
    committing() {
      for (const [type, { resources, versions }] of this.tally)
        writing.addTally.run(words.no(type), resources, versions);
      this.tally.clear();
    },
  };
}

export function load(spine: Spine, type: string, id: string): State | undefined {
  const cached = spine.cache.get(type, id);
  if (cached !== undefined) return cached;
  const row = spine.reading.resource.get(spine.words.no(type), packId(id));
  if (row === undefined) return undefined;
  const { no, last, current, version, newest, changed_ms: changedMs } = row;
  const body = spine.reading.contribution.get(current)?.body;
  if (body === undefined || body === null) throw new Error('a resource without a version');
  return { no, type, id, last, current, version, newest, changedMs, body, elements: undefined };
}

/**
 * `meta.lastUpdated` is the message's time, but never goes back: who polls by it misses nothing.
 */
export function nextVersion(spine: Spine, state: State, origin: Origin): void {
  state.version += 1;
  state.changedMs = Math.max(Math.floor(origin.receivedUs / 1000), state.changedMs + 1);
  tallyOf(spine, state.type).versions += 1;
}

/** Appends a row to the resource's chain; with a body it is a version. */
export function append(
  spine: Spine,
  state: State,
  origin: Origin,
  ordinal: number,
  body: string | null,
  spelling: Spelling,
): void {
  spine.lastRow += 1;
  spine.writing.addContribution.run(
    spine.lastRow,
    state.no,
    state.last === 0 ? null : state.last,
    origin.id,
    origin.generation,
    ordinal,
    state.version,
    state.changedMs,
    body,
    spelling.elements,
    spelling.removed,
    spelling.own,
  );
  state.last = spine.lastRow;
  state.newest = Math.max(state.newest, origin.id);
  if (body === null) return;
  state.current = spine.lastRow;
  state.body = body;
}

export function save(spine: Spine, state: State): void {
  const { last, current, version, newest, changedMs, no } = state;
  spine.writing.setResource.run(last, current, version, newest, changedMs, no);
  spine.cache.put(state);
}

export function tallyOf(spine: Spine, type: string): { resources: number; versions: number } {
  const entry = spine.tally.get(type) ?? { resources: 0, versions: 0 };
  spine.tally.set(type, entry);
  return entry;
}
