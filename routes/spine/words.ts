import type { Reading } from './statements.ts';

/** Texts that repeat in every message (types, channels, mappings), and their numbers. */
export type Words = { no(text: string): number; text(no: number): string };

/** Types, channels and mappings are few; the bound is for what one cannot know. */
const wordsMax = 5_000;

/** `add` writes a word that the table does not hold; a reader has none to add. */
export function wordsOf(reading: Reading, add: (text: string) => number): Words {
  const numbers = new Map<string, number>();
  const texts = new Map<number, string>();
  return {
    no(text) {
      let no = numbers.get(text);
      if (no !== undefined) return no;
      no = reading.wordNo.get(text)?.no ?? add(text);
      if (numbers.size > wordsMax) numbers.clear();
      numbers.set(text, no);
      return no;
    },
    text(no) {
      let text = texts.get(no);
      if (text !== undefined) return text;
      text = reading.wordText.get(no)?.text;
      if (text === undefined) throw new Error('a word without text');
      if (texts.size > wordsMax) texts.clear();
      texts.set(no, text);
      return text;
    },
  };
}
