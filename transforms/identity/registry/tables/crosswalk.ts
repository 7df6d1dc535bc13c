import type { DatabaseHandle } from '../../../../engine/index.ts';
import type { RecordNo } from '../../events.ts';
import { type KeyIndex, resourceHash } from './key-index.ts';

/**
 * Which record each Patient resource is: what products join resources to persons by. Rows stand in
 * the order in which the records came; by a resource's id they are found through the key index.
 */
export const crosswalkSchema = `
CREATE TABLE IF NOT EXISTS patient_of(record INT, resource BLOB, PRIMARY KEY(record, resource))
  STRICT, WITHOUT ROWID;
`;

export type Crosswalk = {
  /** Of a Patient by its id (a uuid). */
  recordOf(resource: string): RecordNo | undefined;
  /** Ids of the Patients that this record is; several where a source has renumbered. */
  resourcesOf(record: RecordNo): readonly string[];
  /**
   * A resource is one record's at a time. `isNew`: the record is first seen in this transaction.
   */
  put(resource: string, record: RecordNo, isNew?: boolean): void;
  /** After a lost transaction. */
  forget(): void;
};

/** Feeds speak of the same people all day. */
const knownMax = 20_000;

export function openCrosswalk(db: DatabaseHandle, keys: KeyIndex): Crosswalk {
  const has = db.prepare<[RecordNo, Buffer]>(
    'SELECT 1 FROM patient_of WHERE record = ? AND resource = ?',
  );
  const ofRecord = db
    .prepare<[RecordNo], Buffer>('SELECT resource FROM patient_of WHERE record = ?')
    .pluck() as unknown as { all(record: RecordNo): Buffer[] };
  const add = db.prepare<[RecordNo, Buffer]>(
    'INSERT INTO patient_of(record, resource) VALUES(?, ?) ON CONFLICT DO NOTHING',
  );
  const drop = db.prepare<[RecordNo, Buffer]>(
    'DELETE FROM patient_of WHERE record = ? AND resource = ?',
  );
  const written = new Map<string, RecordNo>();

  function recordOf(resource: string): RecordNo | undefined {
    const candidates = keys.find(resourceHash(resource));
    if (candidates.length === 0) return undefined;
    const bytes = bytesOf(resource);
    return candidates.find((record) => has.get(record, bytes) !== undefined);
  }

  return {
    recordOf,
    resourcesOf: (record) => ofRecord.all(record).map(uuidOf),
    put(resource, record, isNew = false) {
      if (written.get(resource) === record) return;
      const before = recordOf(resource);
      if (before !== record) {
        const bytes = bytesOf(resource);
        if (before !== undefined) {
          drop.run(before, bytes);
          keys.remove(resourceHash(resource), before);
        }
        add.run(record, bytes);
        if (isNew) keys.add(resourceHash(resource), record);
        else keys.addLate(resourceHash(resource), record);
      }
      if (written.size >= knownMax) written.clear();
      written.set(resource, record);
    },
    forget: () => written.clear(),
  };
}

const bytesOf = (uuid: string): Buffer => Buffer.from(uuid.replaceAll('-', ''), 'hex');

const uuidOf = (bytes: Buffer): string =>
  bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
