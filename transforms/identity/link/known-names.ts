import { isGivenName, type Prepared } from '../compare/index.ts';

/** Records with one spelling of a given name from which on it is a name, not a typing error. */
const recordsMin = 3;

/** Which words are given names: the common ones of many countries, and those that the file has. */
export function knownNames(people: readonly Prepared[]): (text: string) => boolean {
  const counts = new Map<string, number>();
  for (const { record } of people)
    for (const { given, middle = [] } of record.names)
      for (const word of new Set([given ?? '', ...middle]))
        if (word.length > 1) counts.set(word, (counts.get(word) ?? 0) + 1);
  const often = new Set([...counts].flatMap(([word, n]) => (n >= recordsMin ? [word] : [])));
  return (text) => often.has(text) || isGivenName(text);
}
