import { existsSync } from 'node:fs';
import {
  type DatabaseHandle,
  type MessageId,
  openDatabase,
  type ResourceLine,
  type ResourceReader,
  type Words,
} from '../../engine/index.ts';
import type { Provenance } from '../../transforms/fhir/index.ts';
import { render } from './fold/index.ts';
import { linesOf } from './lines.ts';
import {
  chain,
  packId,
  prepareReading,
  prepareShowing,
  type ResourceRow,
  readAnswer,
  spineFile,
  unpackId,
  wordsOf,
} from './rows/index.ts';
import { stateOf } from './spine.ts';
import { type Told, toldBefore } from './told.ts';

/** One version of a resource, and all that it knows of where it came from. */
export type SpineVersion = {
  readonly version: number;
  /** Undefined where the resource ceased to be: the only message that spoke of it took it back. */
  readonly json: string | undefined;
  /** `meta.lastUpdated`, microseconds since the epoch. */
  readonly changedUs: number;
  readonly origin: SpineOrigin;
};

export type SpineOrigin = {
  readonly message: MessageId;
  readonly generation: number;
  /** Of the raw bytes, lower-case hex. */
  readonly sha256: string;
  readonly channel: string;
  readonly revision: string;
  readonly receivedUs: number;
  readonly provenance: Provenance;
  /** The generation of the same message that this one took the place of, and its mapping. */
  readonly supersedes?: { readonly generation: number; readonly mapping: string };
};

/** What a message said when it was processed last. */
export type ToldLast = {
  readonly generation: number;
  /** `name@hash` of the mapping. */
  readonly mapping: string;
  readonly told: readonly Told[];
};

export type TypeCount = {
  readonly type: string;
  readonly resources: number;
  readonly versions: number;
};

export type SpineReader = ResourceReader & {
  current(type: string, id: string): ResourceLine | undefined;
  /** Oldest first; empty when the resource is not there. */
  versions(type: string, id: string): readonly SpineVersion[];
  /**
   * Resources of one type in the order of their making; `after` is the `next` of the page before.
   */
  list(query: { readonly type: string; readonly after?: number; readonly limit: number }): {
    readonly lines: readonly ResourceLine[];
    /** Undefined at the end. */
    readonly next: number | undefined;
  };
  /** Undefined when nothing of the message is there. */
  toldLast(message: MessageId): ToldLast | undefined;
  /** What `read` reads, it reads of one moment, and faster than piece by piece. */
  together<Found>(read: () => Found): Found;
  /** By type, in the alphabet's order. */
  counts(): readonly TypeCount[];
  close(): void;
};

/**
 * Reads the spine of a data folder on a handle of its own, while a writer runs or without one. A
 * spine that is not there yet reads as empty. Throws what `openDatabase` throws.
 */
export function openSpineReader(dataDir: string, key: Buffer): SpineReader {
  let opened: ReturnType<typeof prepare> | undefined;
  const open = () => {
    opened ??= tryOpen(spineFile(dataDir), key);
    return opened;
  };
  return {
    resourcesOf(id, generation) {
      const spine = open();
      return spine === undefined ? [] : linesOf(spine.reading, spine.words, id, generation);
    },
    writtenBy(id) {
      const row = open()?.showing.answered.get(id);
      return row === undefined ? undefined : readAnswer(row.answer);
    },
    current(type, id) {
      const spine = open();
      const row = spine && find(spine, type, id);
      return spine && row && lineOf(spine, row);
    },
    versions(type, id) {
      const spine = open();
      const row = spine && find(spine, type, id);
      return spine === undefined || row === undefined ? [] : versionsOf(spine, row);
    },
    list({ type, after = 0, limit }) {
      const spine = open();
      const typeNo = spine?.reading.wordNo.get(type)?.no;
      if (spine === undefined || typeNo === undefined) return { lines: [], next: undefined };
      const rows = spine.showing.list.all(after, typeNo, limit);
      const lines = rows.flatMap((row) => lineOf(spine, row) ?? []);
      return { lines, next: rows.length < limit ? undefined : rows.at(-1)?.no };
    },
    toldLast(message) {
      const spine = open();
      const last = spine?.showing.latest.get(message);
      if (spine === undefined || last === undefined) return undefined;
      const { generation, mapping } = last;
      const told = toldBefore(spine.reading, spine.words, message, generation);
      return { generation, mapping: spine.words.text(mapping), told };
    },
    together(read) {
      const spine = open();
      return spine === undefined ? read() : spine.db.transaction(read)();
    },
    counts() {
      const spine = open();
      return spine === undefined ? [] : spine.showing.counts.all();
    },
    close() {
      opened?.db.close();
      opened = undefined;
    },
  };
}

type Opened = ReturnType<typeof prepare>;

function tryOpen(file: string, key: Buffer): Opened | undefined {
  if (!existsSync(file)) return undefined;
  const db = openDatabase(file, { key, readonly: true });
  // The writer may be between making the file and making its tables, of which this is the last.
  const made = db.prepare(`SELECT 1 FROM sqlite_master WHERE name = 'sweep'`).get();
  if (made !== undefined) return prepare(db);
  db.close();
  return undefined;
}

function prepare(db: DatabaseHandle) {
  const reading = prepareReading(db);
  const words: Words = wordsOf(reading, () => {
    throw new Error('a reader adds no words');
  });
  return { db, reading, showing: prepareShowing(db), words };
}

function find(spine: Opened, type: string, id: string): ResourceRow | undefined {
  const typeNo = spine.reading.wordNo.get(type)?.no;
  return typeNo === undefined
    ? undefined
    : spine.showing.find.get({ type: typeNo, id: packId(id) });
}

function lineOf(spine: Opened, row: ResourceRow): ResourceLine | undefined {
  const state = stateOf(spine.reading, spine.words.text(row.type), unpackId(row.id), row);
  if (state.text === '') return undefined;
  return { type: state.type, id: state.id, json: render(state, state.text) };
}

function versionsOf(spine: Opened, row: ResourceRow): readonly SpineVersion[] {
  const versions: SpineVersion[] = [];
  const [type, id] = [spine.words.text(row.type), unpackId(row.id)];
  for (const one of chain(spine.reading, row.last)) {
    const { text, version, changedMs } = one;
    if (text === undefined) continue;
    versions.push({
      version,
      json: text === '' ? undefined : render({ type, id, version, changedMs }, text),
      changedUs: changedMs * 1000,
      origin: originOf(spine, one.message, one.generation),
    });
  }
  return versions.reverse();
}

function originOf(spine: Opened, message: number, generation: number): SpineOrigin {
  const row = spine.showing.origin.get(message, generation)!;
  const text = (no: number) => spine.words.text(no);
  const maps = text(row.maps);
  const { person, method, decided_by: by } = row;
  const before = generation === 0 ? undefined : spine.showing.superseded.get(message, generation);
  const identity =
    person === null || method === null || by === null
      ? {}
      : { identity: { person, method: text(method), by } };
  return {
    message: message as MessageId,
    generation,
    sha256: row.sha.toString('hex'),
    channel: text(row.channel),
    revision: text(row.revision),
    receivedUs: row.received_us,
    provenance: {
      mapping: text(row.mapping),
      maps: maps === '' ? [] : maps.split(' '),
      ...identity,
    },
    ...(before === undefined
      ? {}
      : { supersedes: { generation: before.generation, mapping: text(before.mapping) } }),
  };
}
