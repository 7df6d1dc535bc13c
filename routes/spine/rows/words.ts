import { rememberWords, type Words } from '../../../engine/index.ts';
import type { Reading } from './statements.ts';

/**
 * Texts that repeat in every message (types, channels, mappings), and their numbers. `add` writes
 * a word that the table does not hold; a reader has none to add.
 */
export const wordsOf = (reading: Reading, add: (text: string) => number): Words =>
  rememberWords({
    find: (text) => reading.wordNo.get(text)?.no,
    add,
    read: (no) => reading.wordText.get(no)?.text,
  });
