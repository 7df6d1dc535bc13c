/** Counts by word, most frequent first when read. */
export type Tally = Map<string, number>;

export const add = (tally: Tally, word: string, by = 1): void =>
  void tally.set(word, (tally.get(word) ?? 0) + by);

export const counted = (tally: Tally): readonly (readonly [string, number])[] =>
  [...tally].sort(([left, a], [right, b]) => b - a || (left < right ? -1 : 1));

/** Names of systems and codes look like this; free text, which may be a patient`s, does not. */
const wordShape = /^[A-Za-z0-9][\w.:/&+%*^{}[\]()-]{0,39}$/;

export const isWord = (text: string): boolean => wordShape.test(text);

/** Stands for a text that is no such name. */
export const unreadable = 'unreadable';
