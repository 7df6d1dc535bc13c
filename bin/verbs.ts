import { suggestion } from '../engine/index.ts';
import { UsageError } from './command.ts';

/** What a command does by its first word. Throws UsageError with the nearest word. */
export function verbNamed<Verb>(verbs: Readonly<Record<string, Verb>>, word: string): Verb {
  const verb = Object.hasOwn(verbs, word) ? verbs[word] : undefined;
  if (verb !== undefined) return verb;
  throw new UsageError(`unknown verb \`${word}\`; ${suggestion(word, Object.keys(verbs))}`);
}
