import type { DatabaseHandle } from '../../../engine/index.ts';

/** Texts that many events repeat (assigning authorities, facilities, hashes), by number. */
export type Words = {
  no(text: string): number;
  /** Without adding it. */
  find(text: string): number | undefined;
  text(no: number): string;
  /** All that are no hash of a policy or a model. */
  authorities(): readonly string[];
  /** After another connection's commit, or a lost transaction. */
  forget(): void;
};

/** Authorities, facilities and hashes are few; the bound is for what one cannot know. */
const wordsMax = 5_000;

/** On a read-only handle a new text throws what SQLite throws. */
export function openWords(db: DatabaseHandle): Words {
  const find = db.prepare<[string], { no: number }>('SELECT no FROM word WHERE text = ?');
  const read = db.prepare<[number], { text: string }>('SELECT text FROM word WHERE no = ?');
  const all = db.prepare<[], string>(`SELECT text FROM word WHERE text <> ''`).pluck();
  const add = db.prepare<[string]>('INSERT INTO word(text) VALUES(?)');
  const numbers = new Map<string, number>();
  const texts = new Map<number, string>();
  return {
    no(text) {
      let no = numbers.get(text);
      if (no !== undefined) return no;
      no = find.get(text)?.no ?? Number(add.run(text).lastInsertRowid);
      if (numbers.size >= wordsMax) numbers.clear();
      numbers.set(text, no);
      return no;
    },
    find: (text) => numbers.get(text) ?? find.get(text)?.no,
    text(no) {
      let text = texts.get(no);
      if (text !== undefined) return text;
      text = read.get(no)?.text;
      if (text === undefined) throw new Error('a word without text');
      if (texts.size >= wordsMax) texts.clear();
      texts.set(no, text);
      return text;
    },
    authorities: () => all.all().filter((text) => !/^[0-9a-f]{64}$/.test(text)),
    forget() {
      numbers.clear();
      texts.clear();
    },
  };
}
