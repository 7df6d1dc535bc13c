import type { DatabaseHandle } from '../../../engine/index.ts';
import type { RecordNo } from '../events.ts';

/** Which record each Patient resource is: what products join resources to persons by. */
export const crosswalkSchema = `
CREATE TABLE IF NOT EXISTS patient(resource BLOB PRIMARY KEY, record INT NOT NULL)
  STRICT, WITHOUT ROWID;
`;

export type Crosswalk = {
  /** Of a Patient by its id (a uuid). */
  recordOf(resource: string): RecordNo | undefined;
  put(resource: string, record: RecordNo): void;
};

/** Feeds speak of the same people all day. */
const knownMax = 20_000;

export function openCrosswalk(db: DatabaseHandle): Crosswalk {
  const find = db.prepare<[Buffer], { record: number }>(
    'SELECT record FROM patient WHERE resource = ?',
  );
  const put = db.prepare<[Buffer, number]>(
    `INSERT INTO patient(resource, record) VALUES(?, ?)
      ON CONFLICT DO UPDATE SET record = excluded.record WHERE record <> excluded.record`,
  );
  const written = new Map<string, RecordNo>();
  return {
    recordOf: (resource) => find.get(bytesOf(resource))?.record,
    put(resource, record) {
      if (written.get(resource) === record) return;
      put.run(bytesOf(resource), record);
      if (written.size >= knownMax) written.clear();
      written.set(resource, record);
    },
  };
}

const bytesOf = (uuid: string): Buffer => Buffer.from(uuid.replaceAll('-', ''), 'hex');
