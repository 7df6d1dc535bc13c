import type { DatabaseHandle } from '../../../../engine/index.ts';
import type { PersonId, RecordNo, Sighting, StoredEvent } from '../../events.ts';
import type { PersonIdentifier } from '../../record.ts';
import { type EventRow, personIdOf, sightingOf } from './event-rows.ts';
import { carriedHash, type KeyIndex, personHash } from './key-index.ts';
import type { Words } from './words.ts';

/** A record as the state knows it; its attributes stand in the event `attributesAt`. */
export type RecordState = {
  readonly no: RecordNo;
  readonly system: string;
  readonly value: string;
  /** Id of the person that is anchored here; that of its person while it is the anchor. */
  readonly ownPerson: PersonId;
  fingerprint: number;
  normalisation: number;
  facility: string;
  attributesAt: number;
  /** The record that names its person. */
  anchor: RecordNo;
};

/** Records, their identifiers, and which record names the person of which. */
export type Records = {
  get(no: RecordNo): RecordState | undefined;
  recordOf(system: string, value: string): RecordNo | undefined;
  anchored(person: PersonId): RecordNo | undefined;
  carriers(system: string, value: string, limit: number): readonly RecordNo[];
  identifiers(no: RecordNo): readonly SourceIdentifier[];
  members(anchor: RecordNo): readonly RecordNo[];
  add(event: Extract<StoredEvent, { type: 'seen' }>): void;
  change(event: Extract<StoredEvent, { type: 'changed' }>): void;
  regroup(anchors: ReadonlyMap<RecordNo, RecordNo>): void;
  sighting(state: RecordState): Sighting;
  /** After another connection wrote about these records; undefined: about any. */
  stale(touched: Iterable<RecordNo> | undefined): void;
  forget(): void;
};

/** An identifier that a source gave at any time, and the message that gave it first. */
export type SourceIdentifier = PersonIdentifier & { readonly firstMessage: number | undefined };

/** Feeds speak of the same people all day; with its texts a record takes some 500 bytes. */
const knownMax = 20_000;

export function openRecords(db: DatabaseHandle, words: Words, keys: KeyIndex): Records {
  const sql = prepare(db);
  const known = new Map<RecordNo, RecordState>();
  const numbers = new Map<string, RecordNo>();

  function keep(state: RecordState): RecordState {
    if (known.size >= knownMax) {
      known.clear();
      numbers.clear();
    }
    known.set(state.no, state);
    numbers.set(keyOf(state.system, state.value), state.no);
    return state;
  }

  function get(no: RecordNo): RecordState | undefined {
    const state = known.get(no);
    if (state !== undefined) return state;
    const row = sql.record.get(no);
    if (row === undefined) return undefined;
    const { value, fingerprint, normalisation, anchor, attributes: attributesAt } = row;
    const [system, facility] = [words.text(row.system), words.text(row.facility)];
    let person: PersonId | undefined;
    return keep({
      ...{ no, system, value, fingerprint, normalisation, facility },
      ...{ attributesAt, anchor: anchor ?? no },
      // Of most candidates nobody asks it.
      get ownPerson() {
        person ??= personIdOf(system, value);
        return person;
      },
    });
  }

  function byPerson(person: PersonId): RecordNo | undefined {
    if (!isUuid.test(person)) return undefined;
    for (const no of keys.find(personHash(person))) if (get(no)?.ownPerson === person) return no;
    return undefined;
  }

  function recordOf(system: string, value: string): RecordNo | undefined {
    return numbers.get(keyOf(system, value)) ?? byPerson(personIdOf(system, value));
  }

  function addIdentifiers(
    no: RecordNo,
    event: Extract<StoredEvent, { type: 'seen' | 'changed' }>,
  ): void {
    const message = event.cause.kind === 'message' ? event.cause.message : null;
    for (const one of event.attributes.identifiers) {
      if (event.type === 'seen' && one.value === event.value && one.system === event.system)
        continue;
      const { changes } = sql.addIdentifier.run(no, words.no(one.system), one.value, message);
      if (changes === 0) continue;
      const carried = carriedHash(one.system, one.value);
      if (event.type === 'seen') keys.add(carried, no);
      else keys.addLate(carried, no);
    }
  }

  return {
    get,
    recordOf,
    anchored: byPerson,
    carriers(system, value, limit) {
      const own = recordOf(system, value);
      const systemNo = words.find(system);
      if (systemNo === undefined) return [];
      const carrying = keys
        .find(carriedHash(system, value), limit)
        .filter((no) => sql.carries.get(no, systemNo, value) !== undefined);
      return own === undefined ? carrying : [own, ...carrying].slice(0, limit);
    },
    identifiers(no) {
      return sql.identifiers.all(no).map(({ system, value, first_message: message }) => ({
        system: words.text(system),
        value,
        firstMessage: message ?? undefined,
      }));
    },
    members(anchor) {
      const members = sql.members.all(anchor);
      return members.length === 0 ? [anchor] : members;
    },
    add(event) {
      const { record: no, system, value, person, fingerprint, normalisation, facility } = event;
      const systemNo = words.no(system);
      const key = personHash(person);
      const at = words.no(facility);
      sql.add.run(no, systemNo, value, key, fingerprint, normalisation, at, event.seq);
      keys.add(key, no);
      const message = event.cause.kind === 'message' ? event.cause.message : null;
      sql.addIdentifier.run(no, systemNo, value, message);
      addIdentifiers(no, event);
      keep({
        ...{ no, system, value, ownPerson: person, fingerprint, normalisation, facility },
        ...{ attributesAt: event.seq, anchor: no },
      });
    },
    change(event) {
      const state = get(event.record);
      if (state === undefined) throw new Error('a record that was never seen changes');
      const { fingerprint, normalisation, facility, seq } = event;
      sql.change.run(fingerprint, normalisation, words.no(facility), seq, event.record);
      Object.assign(state, { fingerprint, normalisation, facility, attributesAt: seq });
      addIdentifiers(event.record, event);
    },
    regroup(anchors) {
      const sizes = new Map<RecordNo, number>();
      for (const anchor of anchors.values()) sizes.set(anchor, (sizes.get(anchor) ?? 0) + 1);
      for (const [no, anchor] of anchors) {
        if (sizes.get(anchor) === 1) sql.leave.run(no);
        else sql.join.run(no, anchor);
        const state = known.get(no);
        if (state !== undefined) state.anchor = anchor;
      }
    },
    sighting(state) {
      return sightingOf(sql.event.get(state.attributesAt)!, words);
    },
    stale(touched) {
      if (touched === undefined) known.clear();
      else for (const no of touched) known.delete(no);
    },
    forget() {
      known.clear();
      numbers.clear();
    },
  };
}

const isUuid = /^[0-9a-f]{8}-[0-9a-f]{4}-/;

const keyOf = (system: string, value: string) => `${value}\u001f${system}`;

type RecordRow = {
  readonly system: number;
  readonly value: string;
  readonly fingerprint: number;
  readonly normalisation: number;
  readonly facility: number;
  readonly attributes: number;
  readonly anchor: number | null;
};

function prepare(db: DatabaseHandle) {
  return {
    record: db.prepare<[number], RecordRow>(
      `SELECT record.*, anchor FROM record LEFT JOIN membership ON membership.record = record.no
        WHERE no = ?`,
    ),
    carries: db.prepare<[number, number, string]>(
      'SELECT 1 FROM identifier WHERE record = ? AND system = ? AND value = ?',
    ),
    identifiers: db.prepare<
      [number],
      { system: number; value: string; first_message: number | null }
    >('SELECT system, value, first_message FROM identifier WHERE record = ?'),
    members: db
      .prepare<[number]>('SELECT record FROM membership WHERE anchor = ? ORDER BY record')
      .pluck() as unknown as { all(anchor: number): number[] },
    event: db.prepare<[number], Pick<EventRow, 'type' | 'body'>>(
      'SELECT type, body FROM event WHERE seq = ?',
    ),
    add: db.prepare(
      `INSERT INTO record(no, system, value, key, fingerprint, normalisation, facility, attributes)
        VALUES(?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    addIdentifier: db.prepare<[number, number, string, number | null]>(
      `INSERT INTO identifier(record, system, value, first_message) VALUES(?, ?, ?, ?)
        ON CONFLICT DO NOTHING`,
    ),
    change: db.prepare(
      `UPDATE record SET fingerprint = ?, normalisation = ?, facility = ?, attributes = ?
        WHERE no = ?`,
    ),
    join: db.prepare<[number, number]>(
      `INSERT INTO membership(record, anchor) VALUES(?, ?)
        ON CONFLICT DO UPDATE SET anchor = excluded.anchor`,
    ),
    leave: db.prepare<[number]>('DELETE FROM membership WHERE record = ?'),
  };
}
