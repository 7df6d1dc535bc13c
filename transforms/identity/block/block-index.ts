import type { DatabaseHandle } from '../../../engine/index.ts';
import type { RecordNo } from '../events.ts';
import { type Blocked, compound, levelsMax } from './compound.ts';
import { createRecent, firstKeyOf, sliceOf, slices } from './recent.ts';
import { createTableKeys } from './table-keys.ts';

/** What looking a record up gave. */
export type Found = {
  /** Records that share a key, each once, in the order of their numbers; never the asked one. */
  readonly records: readonly RecordNo[];
  /** Keys of this record that are hot, so that an attribute had to go with them. */
  readonly hotKeys: number;
  /**
   * Nothing is left by which this record could be found: its keys are all hot, and so is, or is
   * not known, what could go with them.
   */
  readonly isHidden: boolean;
};

/** `nowHidden`: how many, this one or those who had made its keys hot, cannot be found from now. */
export type Added = Found & { readonly nowHidden: number };

export type BlockIndex = {
  /** `record`: the one that is looked up, when it is in the index itself. */
  find(blocked: Blocked, record?: RecordNo): Found;
  /** Makes the record findable; what it was found by before stays. */
  add(record: RecordNo, blocked: Blocked): Added;
  /** Do more than `max` records share this key? */
  isCrowded(key: number, max: number): boolean;
  /** At the start of a transaction: learns what other connections have added. */
  refresh(): void;
  /** Before a commit: moves a part of what is recent into the table. */
  settle(): void;
  counts(): { readonly hotKeys: number; readonly recent: number };
};

export type BlockOptions = {
  /** A key with more records is hot: it tells too little to be worth scoring all of them. */
  readonly hotMax?: number;
  /** Entries kept in memory before they are moved into the table. */
  readonly recentMax?: number;
  /** What a record that is in the index already is found by. */
  blockedOf(record: RecordNo): Blocked;
};

const hotMaxDefault = 24;
/** About 20 MB, and a dozen entries for each page of a table of ten million. */
const recentMaxDefault = 500_000;

/** A place of the index where a record stands, or would stand. */
type Place = { readonly key: number; readonly level: number; readonly from: number };

/**
 * The streaming block index on the tables of `blockSchema`. Writes happen inside the caller's
 * transaction; on a read-only handle everything but `add` and `settle` works.
 */
export function openBlockIndex(db: DatabaseHandle, options: BlockOptions): BlockIndex {
  const { hotMax = hotMaxDefault, recentMax = recentMaxDefault, blockedOf } = options;
  const sql = prepare(db);
  const recent = createRecent();
  const inTable = createTableKeys(slices, sliceOf);
  const hot = new Set<number>();
  /** Last log row of each slice that the table holds. */
  const through = new Float64Array(slices);
  /** Numbers of the last log row, flush and hot key that are known here. */
  let [logged, turned, heated] = [0, 0, 0];
  let isOpened = false;
  /** Of the `add` that is going on: how many it hides, and whom it met. */
  let nowHidden = 0;
  let met = new Set<RecordNo>();

  function refresh(): void {
    for (const { turn, through: last } of sql.turns.all(turned)) {
      turned = turn;
      through[turn % slices] = last;
      recent.drop(turn % slices, last, inTable.add);
    }
    const before = logged;
    for (const { seq, record, keys } of sql.log.all(logged)) {
      // What was logged and put away since is nowhere told: all slices have had a turn.
      if (logged === before && seq > logged + 1) inTable.forget();
      logged = seq;
      for (const key of unpackKeys(keys))
        if (seq > through[sliceOf(key)]!) recent.add(key, record, seq);
        else inTable.add(key);
    }
    // Rows that have gone into the table whole are not in the log any more.
    const latest = through.reduce((one, other) => Math.max(one, other), logged);
    if (latest > logged) inTable.forget();
    logged = latest;
    if (!isOpened && turned === 0) inTable.empty();
    isOpened = true;
    for (const { no, key } of sql.hot.all(heated)) {
      heated = no;
      hot.add(key);
    }
  }

  function recordsAt(key: number): RecordNo[] {
    const found: RecordNo[] = inTable.mayHave(key) ? sql.find.all(key) : [];
    recent.find(key, found);
    return found;
  }

  /** Calls back for every place of a record under a key; says whether there is one. */
  function walk(place: Place, { attributes }: Blocked, visit: (place: Place) => void): boolean {
    if (!hot.has(place.key)) {
      visit(place);
      return true;
    }
    if (place.level === levelsMax) return false;
    let hasPlace = false;
    for (let index = place.from; index < attributes.length; index += 1) {
      if (attributes[index] === 0) continue;
      const key = compound(place.key, attributes[index]!);
      const inner = { key, level: place.level + 1, from: index + 1 };
      hasPlace = walk(inner, { keys: [], attributes }, visit) || hasPlace;
    }
    return hasPlace;
  }

  /** Everybody who has the key moves one level down: where they stood is not looked at again. */
  function heat(place: Place, records: readonly RecordNo[]): void {
    heated += 1;
    sql.addHot.run(heated, place.key, place.level);
    hot.add(place.key);
    for (const record of records) {
      const added: number[] = [];
      const blocked = blockedOf(record);
      if (!put(place, record, blocked, added) && isHidden(blocked)) nowHidden += 1;
      log(record, added);
    }
  }

  const isHidden = (blocked: Blocked): boolean =>
    !blocked.keys.some((key) => walk({ key, level: 0, from: 0 }, blocked, () => undefined));

  function put(place: Place, record: RecordNo, blocked: Blocked, added: number[]): boolean {
    return walk(place, blocked, (leaf) => {
      if (stand(leaf.key, record, added)) return;
      heat(leaf, recordsAt(leaf.key));
      put(leaf, record, blocked, added);
    });
  }

  /** Where nothing is hot, which is nearly always, without what a walk needs. */
  function putAll(record: RecordNo, blocked: Blocked): number[] {
    const added: number[] = [];
    for (const key of blocked.keys)
      if (hot.has(key) || !stand(key, record, added))
        put({ key, level: 0, from: 0 }, record, blocked, added);
    return added;
  }

  /** False where the key would be hot. */
  function stand(key: number, record: RecordNo, added: number[]): boolean {
    if (added.includes(key)) return true;
    const records = recordsAt(key);
    for (const other of records) met.add(other);
    if (records.includes(record)) return true;
    if (records.length >= hotMax) return false;
    added.push(key);
    return true;
  }

  function log(record: RecordNo, keys: readonly number[]): void {
    if (keys.length === 0) return;
    logged += 1;
    sql.addLog.run(logged, record, packKeys(keys));
    for (const key of keys) recent.add(key, record, logged);
  }

  function find({ keys, attributes }: Blocked, record?: RecordNo): Found {
    const records = new Set<RecordNo>();
    let hotKeys = 0;
    let isHidden = true;
    for (const key of keys) {
      if (hot.has(key)) hotKeys += 1;
      const hasPlace = walk({ key, level: 0, from: 0 }, { keys, attributes }, (leaf) => {
        for (const other of recordsAt(leaf.key)) records.add(other);
      });
      if (hasPlace) isHidden = false;
    }
    if (record !== undefined) records.delete(record);
    return { records: [...records].sort((one, other) => one - other), hotKeys, isHidden };
  }

  return {
    find,
    isCrowded: (key, max) => hot.has(key) || recordsAt(key).length > max,
    add(record, blocked) {
      let hotKeys = 0;
      if (hot.size > 0) for (const key of blocked.keys) if (hot.has(key)) hotKeys += 1;
      const wasHidden = hotKeys === blocked.keys.length && isHidden(blocked);
      if (met.size > 0) met = new Set();
      nowHidden = 0;
      const added = putAll(record, blocked);
      log(record, added);
      const isNowHidden = added.length === 0 && isHidden(blocked);
      if (isNowHidden && !wasHidden) nowHidden += 1;
      met.delete(record);
      const records = met.size < 2 ? [...met] : [...met].sort((one, other) => one - other);
      return { records, hotKeys, isHidden: isNowHidden, nowHidden };
    },
    refresh,
    settle() {
      while (recent.entries > recentMax) {
        turned += 1;
        const slice = turned % slices;
        for (const [key, record] of recent.slice(slice)) {
          sql.insert.run(key, record);
          inTable.add(key);
        }
        // Its pages have just been at hand.
        if (inTable.isDue(slice))
          inTable.read(slice, sql.keysOf.all(firstKeyOf(slice), firstKeyOf(slice + 1)));
        sql.addTurn.run(turned, logged);
        sql.dropTurns.run(turned - slices);
        through[slice] = logged;
        recent.drop(slice, logged);
        sql.dropLog.run(through[(turned + 1) % slices]!);
      }
    },
    counts: () => ({ hotKeys: hot.size, recent: recent.entries }),
  };
}

/** What SQLite copies is written over by the next: an allocation would cost more than the row. */
const packed = new Float64Array(256);

function packKeys(keys: readonly number[]): Buffer {
  if (keys.length > packed.length) return Buffer.from(Float64Array.from(keys).buffer);
  for (let at = 0; at < keys.length; at += 1) packed[at] = keys[at]!;
  return Buffer.from(packed.buffer, 0, keys.length * 8);
}

/** The bytes of a blob need not stand where a Float64Array may begin. */
function unpackKeys(blob: Buffer): Float64Array {
  const bytes = Uint8Array.from(blob);
  return new Float64Array(bytes.buffer, 0, bytes.length / 8);
}

function prepare(db: DatabaseHandle) {
  return {
    find: db.prepare<[number]>('SELECT record FROM block WHERE key = ?').pluck() as unknown as {
      all(key: number): number[];
    },
    keysOf: db
      .prepare<[number, number]>('SELECT key FROM block WHERE key >= ? AND key < ?')
      .pluck() as unknown as { all(from: number, to: number): number[] },
    insert: db.prepare<[number, number]>(
      'INSERT INTO block(key, record) VALUES(?, ?) ON CONFLICT DO NOTHING',
    ),
    log: db.prepare<[number], { seq: number; record: number; keys: Buffer }>(
      'SELECT seq, record, keys FROM block_log WHERE seq > ? ORDER BY seq',
    ),
    addLog: db.prepare<[number, number, Buffer]>(
      'INSERT INTO block_log(seq, record, keys) VALUES(?, ?, ?)',
    ),
    dropLog: db.prepare<[number]>('DELETE FROM block_log WHERE seq <= ?'),
    turns: db.prepare<[number], { turn: number; through: number }>(
      'SELECT turn, through FROM block_flush WHERE turn > ? ORDER BY turn',
    ),
    addTurn: db.prepare<[number, number]>('INSERT INTO block_flush(turn, through) VALUES(?, ?)'),
    dropTurns: db.prepare<[number]>('DELETE FROM block_flush WHERE turn <= ?'),
    hot: db.prepare<[number], { no: number; key: number }>(
      'SELECT no, key FROM block_hot WHERE no > ? ORDER BY no',
    ),
    addHot: db.prepare<[number, number, number]>(
      'INSERT INTO block_hot(no, key, level) VALUES(?, ?, ?)',
    ),
  };
}
