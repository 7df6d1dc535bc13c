/**
 * The word of `candidates` that `word` was probably meant to be, or undefined when none is near: at
 * most a third of the letters (and at least one) may differ. Distance is Damerau-Levenshtein with
 * adjacent transpositions ("optimal string alignment"); case, `-` and `_` count for nothing.
 */
export function nearestWord(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = plain(word);
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const other = plain(candidate);
    const allowed = Math.max(1, Math.floor(Math.max(wanted.length, other.length) / 3));
    const distance = editDistance(wanted, other);
    if (distance <= allowed && distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

const plain = (text: string) => text.toLowerCase().replaceAll(/[-_ ]/g, '');

/** Edits (insert, delete, replace, swap of neighbours) that turn one text into the other. */
export function editDistance(left: string, right: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const same = left[row - 1] === right[column - 1];
      let cost = Math.min(
        last[column]! + 1,
        current[column - 1]! + 1,
        last[column - 1]! + (same ? 0 : 1),
      );
      const swapped =
        row > 1 &&
        column > 1 &&
        left[row - 1] === right[column - 2] &&
        left[row - 2] === right[column - 1];
      if (swapped) cost = Math.min(cost, beforeLast[column - 2]! + 1);
      current.push(cost);
    }
    beforeLast = last;
    last = current;
  }
  return last[right.length]!;
}

/** The closing half-sentence of a message about an unknown word. */
export function suggestion(word: string, candidates: readonly string[]): string {
  const near = nearestWord(word, candidates);
  if (near !== undefined) return `did you mean \`${near}\`?`;
  if (candidates.length === 0) return 'nothing is known here';
  const shown = candidates.slice(0, 12).map((candidate) => `\`${candidate}\``);
  const more = candidates.length > shown.length ? ', ...' : '';
  return `expected one of ${shown.join(', ')}${more}`;
}
