import type { DatabaseHandle, Words } from '../../engine/index.ts';
import type { Placed } from './fold/index.ts';
import { type ResourceCache, resourceCache, type State } from './resource-cache.ts';
import {
  type IdIndex,
  listType,
  moveType,
  type OpenPack,
  openIdIndex,
  openPack,
  packId,
  prepareReading,
  prepareWriting,
  type Reading,
  type ResourceRow,
  textAfter,
  unpack,
  type Writing,
  wordsOf,
} from './rows/index.ts';

/**
 * The one writer of an open spine; everything happens inside transactions that lock writers out.
 */
export type Spine = {
  readonly reading: Reading;
  readonly writing: Writing;
  readonly words: Words;
  readonly cache: ResourceCache;
  readonly ids: IdIndex;
  readonly pack: OpenPack;
  /** Resources and versions by type that this transaction added. */
  readonly tally: Map<string, { resources: number; versions: number }>;
  /** Histories of lists that were read for the message in hand. */
  readonly listHistories: Map<number, readonly Placed[]>;
  readonly moves: Moves;
  /** The newest message that was ever written. */
  newest: number;
};

/** What the fold asks of what has moved; see `inner/moves.ts`. */
export type Moves = {
  /** Has anything ever moved? */
  any: boolean;
  /** Has an account? */
  anyAccount: boolean;
  /** As read for the message in hand. */
  readonly byReference: Map<string, readonly Moved[]>;
  /** What was read of the accounts of visits, by the number of the visit. */
  readonly read: Map<number, { readonly last: number; readonly said: readonly Named[] }>;
  /**
   * The message in hand, the visits of which it tells, and how those, and the ones of its earlier
   * generations, had moved before.
   */
  now: {
    readonly message: number;
    readonly generation: number;
    readonly visits: readonly string[];
    readonly before: ReadonlyMap<string, string>;
  };
};

/** What a message said of the accounts of a visit; absent where nothing. */
export type Named = Pick<Placed, 'message' | 'generation' | 'ordinal' | 'retraction'> & {
  readonly named?: readonly string[];
};

const noMoves = (): Moves => ({
  any: false,
  anyAccount: false,
  byReference: new Map(),
  read: new Map(),
  now: { message: 0, generation: 0, visits: [], before: new Map() },
});

export type Moved = { readonly message: number; readonly from: string; readonly to: string };

/** The message whose contributions are being written. */
export type Origin = {
  readonly id: number;
  readonly generation: number;
  readonly receivedUs: number;
  /** Its earlier generations, the latest first. */
  readonly earlier: readonly number[];
  /** What the latest of them said, by the number of the resource. */
  readonly before: ReadonlyMap<number, Placed>;
};

/** How a contribution's head says what it set, see `rows/packing.ts`. */
export type Spelling = {
  readonly elements: string | undefined;
  readonly removed: string | undefined;
  readonly own: string | undefined;
};

export function openSpine(db: DatabaseHandle): Spine & { begun(): void; committing(): void } {
  const reading = prepareReading(db);
  const writing = prepareWriting(db);
  const words = wordsOf(reading, (text) => Number(writing.addWord.run(text).lastInsertRowid));
  const dataVersion = db.prepare<[], number>('PRAGMA data_version').pluck();
  let seen: unknown;
  return {
    reading,
    writing,
    words,
    cache: resourceCache(),
    ids: openIdIndex(db),
    pack: openPack(writing),
    tally: new Map(),
    listHistories: new Map(),
    moves: noMoves(),
    newest: 0,
    /** What another connection has committed since makes everything in memory doubtful. */
    begun() {
      const version = dataVersion.get();
      if (version === seen) return;
      seen = version;
      this.cache.clear();
      this.ids.refresh();
      this.moves.read.clear();
      this.moves.any = reading.wordNo.get(moveType) !== undefined;
      this.moves.anyAccount = this.moves.any;
      this.newest = writing.newest.get()!.message;
      const lastPack = writing.lastPack.get();
      this.pack.restart(lastPack === undefined ? 0 : unpack(lastPack).at(-1)!.row);
    },
    committing() {
      this.ids.committing();
      this.tally.delete(listType);
      this.tally.delete(moveType);
      for (const [type, { resources, versions }] of this.tally)
        writing.addTally.run(words.no(type), resources, versions);
      this.tally.clear();
    },
  };
}

/** Has nobody newer spoken of it, nor an earlier generation of this message? */
export const isInOrder = ({ id, earlier }: Origin, { newest }: State): boolean =>
  id > newest || (id === newest && earlier.length === 0);

/** The state of a resource; undefined when nobody has spoken of it. */
export function load(spine: Spine, type: string, id: string): State | undefined {
  const cached = spine.cache.get(type, id);
  if (cached !== undefined) return cached;
  const no = spine.ids.find(spine.words.no(type), id);
  if (no === undefined) return undefined;
  return stateOf(spine.reading, type, id, spine.reading.resourceByNo.get(no)!);
}

export function stateOf(reading: Reading, type: string, id: string, row: ResourceRow): State {
  const { no, last, current, newest } = row;
  const found = reading.contribution(current);
  const { version, changedMs } = found;
  return {
    no,
    type,
    id,
    last,
    current,
    version,
    newest,
    changedMs,
    text: textAfter(reading, found),
  };
}

/** A resource of which nobody has spoken before; its first contribution MUST follow at once. */
export function create(spine: Spine, origin: Origin, type: string, id: string): State {
  const no = spine.ids.last + 1;
  const row = spine.pack.nextRow();
  const typeNo = spine.words.no(type);
  spine.writing.addResource.run(no, typeNo, packId(id), row, row, origin.id);
  spine.ids.add(typeNo, id, no);
  tallyOf(spine, type).resources += 1;
  const numbers = { last: 0, current: 0, version: 0, newest: origin.id, changedMs: 0 };
  return { no, type, id, ...numbers, text: '' };
}

/**
 * Appends a contribution to the resource's chain. With a text it makes a version, whose
 * `meta.lastUpdated` is the message's time, but never goes back: who polls by it misses nothing.
 */
export function append(
  spine: Spine,
  state: State,
  origin: Origin,
  text: string | undefined,
  { elements, removed, own }: Spelling,
): void {
  const row = spine.pack.nextRow();
  if (text !== undefined) {
    state.version += 1;
    state.changedMs = Math.max(Math.floor(origin.receivedUs / 1000), state.changedMs + 1);
    state.current = row;
    state.text = text;
    tallyOf(spine, state.type).versions += 1;
  }
  const { no: resource, last: previous, version, changedMs, current } = state;
  const head = { resource, previous, version, changedMs, current, elements, removed, own };
  spine.pack.add(origin.id, origin.generation, head, text);
  state.last = row;
  state.newest = Math.max(state.newest, origin.id);
  spine.cache.put(state);
}

/** Writes where the resource's chain and its current version are now. */
export function save(spine: Spine, { last, current, newest, no }: State): void {
  spine.writing.setResource.run(last, current, newest, no);
}

function tallyOf(spine: Spine, type: string): { resources: number; versions: number } {
  let entry = spine.tally.get(type);
  if (entry === undefined) {
    entry = { resources: 0, versions: 0 };
    spine.tally.set(type, entry);
  }
  return entry;
}
