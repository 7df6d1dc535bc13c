import { type Head, packHead } from './packing.ts';
import type { Writing } from './statements.ts';

/** A row holds so many contributions or characters, so that a Bundle of thousands reads well. */
const contributionsMax = 100;
const charactersMax = 32 * 1024;

/** The row of contributions that is being filled; written when full and at the message's end. */
export type OpenPack = {
  /** The number that the next contribution gets. */
  nextRow(): number;
  /** `text`: the elements of the version that it made, undefined when it made none. */
  add(message: number, generation: number, head: Head, text: string | undefined): void;
  /** MUST be called before the message's own contributions are read back, and at its end. */
  flush(): void;
  /** After `lastRow`, which somebody else may have written. */
  restart(lastRow: number): void;
};

export function openPack(writing: Writing): OpenPack {
  let next = 1;
  let message = 0;
  let generation = 0;
  /** Contributions of the message that are in rows already. */
  let flushed = 0;
  let count = 0;
  let heads = '';
  let texts = '';

  function flush(): void {
    if (count === 0) return;
    writing.addPack.run(next - count, message, generation, flushed, `[${heads}]`, texts);
    flushed += count;
    count = 0;
    heads = '';
    texts = '';
  }

  return {
    nextRow: () => next,
    add(ofMessage, ofGeneration, head, text) {
      if (ofMessage !== message || ofGeneration !== generation) {
        message = ofMessage;
        generation = ofGeneration;
        flushed = 0;
      }
      const packed = packHead(head, text?.length);
      heads = count === 0 ? packed : `${heads},${packed}`;
      if (text !== undefined) texts += text;
      next += 1;
      count += 1;
      if (count >= contributionsMax || texts.length > charactersMax) flush();
    },
    flush,
    restart(lastRow) {
      next = lastRow + 1;
      message = 0;
      count = 0;
      heads = '';
      texts = '';
    },
  };
}
