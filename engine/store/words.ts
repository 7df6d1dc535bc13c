/** Where texts that repeat in every row have a number: a table of a database. */
export type WordTable = {
  find(text: string): number | undefined;
  /** Throws where the table is only read. */
  add(text: string): number;
  read(no: number): string | undefined;
};

/** Such texts and their numbers, remembered. */
export type Words = {
  /** The number of a text, which is added when there is none. */
  no(text: string): number;
  /** Without adding it. */
  find(text: string): number | undefined;
  text(no: number): string;
  /** After another connection's commit, or a lost transaction. */
  forget(): void;
};

/** Such texts are few (types, channels, authorities); the bound is for what one cannot know. */
const wordsMax = 5_000;

export function rememberWords(table: WordTable): Words {
  const numbers = new Map<string, number>();
  const texts = new Map<number, string>();
  return {
    no(text) {
      let no = numbers.get(text);
      if (no !== undefined) return no;
      no = table.find(text) ?? table.add(text);
      if (numbers.size >= wordsMax) numbers.clear();
      numbers.set(text, no);
      return no;
    },
    find: (text) => numbers.get(text) ?? table.find(text),
    text(no) {
      let text = texts.get(no);
      if (text !== undefined) return text;
      text = table.read(no);
      if (text === undefined) throw new Error('a word without text');
      if (texts.size >= wordsMax) texts.clear();
      texts.set(no, text);
      return text;
    },
    forget() {
      numbers.clear();
      texts.clear();
    },
  };
}
