import {
  type DatabaseHandle,
  type Words as Remembered,
  rememberWords,
} from '../../../../engine/index.ts';

/** Texts that many events repeat (assigning authorities, facilities, hashes), by number. */
export type Words = Remembered & {
  /** All that are no hash of a policy or a model. */
  authorities(): readonly string[];
};

/** On a read-only handle a new text throws what SQLite throws. */
export function openWords(db: DatabaseHandle): Words {
  const find = db.prepare<[string], { no: number }>('SELECT no FROM word WHERE text = ?');
  const read = db.prepare<[number], { text: string }>('SELECT text FROM word WHERE no = ?');
  const all = db.prepare<[], string>(`SELECT text FROM word WHERE text <> ''`).pluck();
  const add = db.prepare<[string]>('INSERT INTO word(text) VALUES(?)');
  const words = rememberWords({
    find: (text) => find.get(text)?.no,
    add: (text) => Number(add.run(text).lastInsertRowid),
    read: (no) => read.get(no)?.text,
  });
  return {
    ...words,
    authorities: () => all.all().filter((text) => !/^[0-9a-f]{64}$/.test(text)),
  };
}
