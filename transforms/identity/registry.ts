import { join } from 'node:path';
import type { DatabaseHandle } from '../../engine/index.ts';
import { nameUuid } from '../fhir/index.ts';
import type { PersonIdentifier } from './record.ts';

export const identityFile = (dataDir: string) => join(dataDir, 'identity.db');

/** Every identifier ever seen, whom it names, and every decision, by effect key. */
export const identitySchema = `
CREATE TABLE IF NOT EXISTS system(no INTEGER PRIMARY KEY, uri TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE IF NOT EXISTS person(no INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE IF NOT EXISTS identifier(no INTEGER PRIMARY KEY, system INT NOT NULL,
  value TEXT NOT NULL, person INT NOT NULL, first_message INT NOT NULL,
  UNIQUE(system, value)) STRICT;
CREATE INDEX IF NOT EXISTS identifier_person ON identifier(person, system);
CREATE TABLE IF NOT EXISTS decision(message INT, generation INT, ordinal INT, person INT NOT NULL,
  identifier INT NOT NULL, is_new INT NOT NULL, conflicts INT NOT NULL,
  PRIMARY KEY(message, generation, ordinal)) STRICT, WITHOUT ROWID;
`;

/** A decision with what led to it. */
export type Decision = {
  readonly person: string;
  readonly isNew: boolean;
  readonly by: PersonIdentifier;
  /** How many other identifiers of the same patient name another person. */
  readonly conflicts: number;
};

/** The stage's view of identity.db; every call happens inside one transaction. */
export type IdentityRegistry = {
  /** At the start of a transaction. */
  begun(): void;
  /** The decision that this effect key has made before. */
  decided(message: number, generation: number, ordinal: number): Decision | undefined;
  /** Decides whom these identifiers name (not empty, the most important first) and records it. */
  decide(
    key: { readonly message: number; readonly generation: number; readonly ordinal: number },
    identifiers: readonly PersonIdentifier[],
  ): Decision;
};

/** An identifier that was seen before, and whom it names. */
type Known = { readonly no: number; readonly person: number; readonly uuid: string };

type Numbered = Pick<Known, 'no' | 'person'>;

/** Feeds speak of the same people all day; the bound keeps it under some 10 MB. */
const knownMax = 20_000;

/**
 * The policy of this version: an identifier names one person for ever, and the patient's first one
 * decides. When it is new, the others decide if they agree, and if that person has no other
 * identifier of the first one's authority. Identifiers that name somebody else are left with
 * them: two records in place of one are repaired by a merge, one in place of two harms a patient.
 */
export function identityRegistry(db: DatabaseHandle): IdentityRegistry {
  const sql = prepare(db);
  const systems = new Map<string, number>();
  const known = new Map<string, Known>();
  const dataVersion = db.prepare<[], number>('PRAGMA data_version').pluck();
  let seen: unknown;
  /** No later message has a decision. */
  let lastDecided = 0;

  function systemNo(uri: string): number {
    let no = systems.get(uri);
    if (no !== undefined) return no;
    no = sql.system.get(uri)?.no ?? Number(sql.addSystem.run(uri).lastInsertRowid);
    if (systems.size > 5_000) systems.clear();
    systems.set(uri, no);
    return no;
  }

  function find({ system, value }: PersonIdentifier): Known | undefined {
    const no = systemNo(system);
    const key = `${no} ${value}`;
    let one = known.get(key);
    if (one !== undefined) return one;
    one = sql.identifier.get(no, value);
    if (one === undefined) return undefined;
    if (known.size >= knownMax) known.clear();
    known.set(key, one);
    return one;
  }

  /**
   * A person named after the first identifier that was ever seen of them: a replay gives the same.
   */
  function newPerson({ system, value }: PersonIdentifier): number {
    return Number(
      sql.addPerson.run(nameUuid(`person\u001f${system}\u001f${value}`)).lastInsertRowid,
    );
  }

  /** Has the person an identifier of this authority that this message does not name? */
  function hasOther(person: number, system: string, known: readonly (Numbered | undefined)[]) {
    const rows = sql.sameAuthority.all(person, systemNo(system));
    return rows.some(({ no }) => !known.some((one) => one?.no === no));
  }

  /** Index of the identifier that decides; undefined: this is somebody new. */
  function deciding(
    identifiers: readonly PersonIdentifier[],
    known: readonly (Numbered | undefined)[],
  ): number | undefined {
    if (known[0] !== undefined) return 0;
    const index = known.findIndex((one) => one !== undefined);
    if (index < 0) return undefined;
    const { person } = known[index]!;
    if (known.some((one) => one !== undefined && one.person !== person)) return undefined;
    return hasOther(person, identifiers[0]!.system, known) ? undefined : index;
  }

  /** Gives what is new to the person; answers with the number of identifiers that contradict it. */
  function register(
    person: number,
    message: number,
    identifiers: readonly PersonIdentifier[],
    known: readonly (Numbered | undefined)[],
  ): number {
    let conflicts = 0;
    const added: Numbered[] = [];
    identifiers.forEach((identifier, index) => {
      // Asked again, because a message may name an identifier twice.
      const one = known[index] ?? find(identifier);
      const isForeign = one !== undefined && one.person !== person;
      const isSecond =
        one === undefined && index > 0 && hasOther(person, identifier.system, [...known, ...added]);
      if (isForeign || isSecond) conflicts += 1;
      if (one !== undefined || isSecond) return;
      const { system, value } = identifier;
      const no = sql.addIdentifier.run(systemNo(system), value, person, message).lastInsertRowid;
      added.push({ no: Number(no), person });
    });
    return conflicts;
  }

  return {
    /** What another connection has committed since makes everything in memory doubtful. */
    begun() {
      const version = dataVersion.get();
      if (version === seen) return;
      seen = version;
      known.clear();
      systems.clear();
      lastDecided = sql.lastDecided.get()!.message;
    },
    decided(message, generation, ordinal) {
      if (message > lastDecided) return undefined;
      const row = sql.decision.get(message, generation, ordinal);
      if (row === undefined) return undefined;
      const { person, is_new: isNew, conflicts, system, value } = row;
      return { person, isNew: isNew === 1, by: { system, value }, conflicts };
    },
    decide({ message, generation, ordinal }, identifiers) {
      const known = identifiers.map(find);
      const decider = deciding(identifiers, known);
      const by = identifiers[decider ?? 0]!;
      const isNew = decider === undefined;
      const person = isNew ? newPerson(by) : known[decider]!.person;
      const conflicts = register(person, message, identifiers, known);
      const { no, uuid } = find(by)!;
      sql.addDecision.run(message, generation, ordinal, person, no, isNew ? 1 : 0, conflicts);
      lastDecided = Math.max(lastDecided, message);
      return { person: uuid, isNew, by, conflicts };
    },
  };
}

function prepare(db: DatabaseHandle) {
  return {
    system: db.prepare<[string], { no: number }>('SELECT no FROM system WHERE uri = ?'),
    addSystem: db.prepare<[string]>('INSERT INTO system(uri) VALUES(?)'),
    addPerson: db.prepare<[string]>('INSERT INTO person(id) VALUES(?)'),
    identifier: db.prepare<[number, string], Known>(
      `SELECT identifier.no, person, person.id AS uuid
        FROM identifier JOIN person ON person.no = identifier.person
        WHERE system = ? AND value = ?`,
    ),
    addIdentifier: db.prepare<[number, string, number, number]>(
      'INSERT INTO identifier(system, value, person, first_message) VALUES(?, ?, ?, ?)',
    ),
    sameAuthority: db.prepare<[number, number], { no: number }>(
      'SELECT no FROM identifier WHERE person = ? AND system = ?',
    ),
    decision: db.prepare<
      [number, number, number],
      { person: string; is_new: number; conflicts: number; system: string; value: string }
    >(
      `SELECT person.id AS person, is_new, conflicts, system.uri AS system,
        identifier.value AS value
        FROM decision JOIN person ON person.no = decision.person
        JOIN identifier ON identifier.no = decision.identifier
        JOIN system ON system.no = identifier.system
        WHERE message = ? AND generation = ? AND ordinal = ?`,
    ),
    lastDecided: db.prepare<[], { message: number }>(
      'SELECT coalesce(max(message), 0) AS message FROM decision',
    ),
    addDecision: db.prepare<[number, number, number, number, number, number, number]>(
      `INSERT INTO decision(message, generation, ordinal, person, identifier, is_new, conflicts)
        VALUES(?, ?, ?, ?, ?, ?, ?)`,
    ),
  };
}
