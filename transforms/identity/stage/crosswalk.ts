import type { DatabaseHandle } from '../../../engine/index.ts';
import type { RecordNo } from '../events.ts';

/** Which record each Patient resource is: what products join resources to persons by. */
export const crosswalkSchema = `
CREATE TABLE IF NOT EXISTS patient(resource BLOB PRIMARY KEY, record INT NOT NULL)
  STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS patient_record ON patient(record);
`;

export type Crosswalk = {
  /** Of a Patient by its id (a uuid). */
  recordOf(resource: string): RecordNo | undefined;
  /** Ids of the Patients that this record is; several where a source has renumbered. */
  resourcesOf(record: RecordNo): readonly string[];
  put(resource: string, record: RecordNo): void;
};

/** Feeds speak of the same people all day. */
const knownMax = 20_000;

export function openCrosswalk(db: DatabaseHandle): Crosswalk {
  const find = db.prepare<[Buffer], { record: number }>(
    'SELECT record FROM patient WHERE resource = ?',
  );
  const ofRecord = db
    .prepare<[number], Buffer>('SELECT resource FROM patient WHERE record = ?')
    .pluck() as unknown as { all(record: number): Buffer[] };
  const put = db.prepare<[Buffer, number]>(
    `INSERT INTO patient(resource, record) VALUES(?, ?)
      ON CONFLICT DO UPDATE SET record = excluded.record WHERE record <> excluded.record`,
  );
  const written = new Map<string, RecordNo>();
  return {
    recordOf: (resource) => find.get(bytesOf(resource))?.record,
    resourcesOf: (record) => ofRecord.all(record).map(uuidOf),
    put(resource, record) {
      if (written.get(resource) === record) return;
      put.run(bytesOf(resource), record);
      if (written.size >= knownMax) written.clear();
      written.set(resource, record);
    },
  };
}

const bytesOf = (uuid: string): Buffer => Buffer.from(uuid.replaceAll('-', ''), 'hex');

const uuidOf = (bytes: Buffer): string =>
  bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
