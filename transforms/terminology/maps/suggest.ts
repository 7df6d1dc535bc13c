import type { Knowledge } from '../knowledge.ts';

export type Suggestion = {
  readonly system: string;
  readonly code: string;
  readonly display: string;
  /** 0 to 1: how much of both displays' three-letter pieces they share (Dice). */
  readonly likeness: number;
};

/** Larger code systems are asked for concepts that mention a word, not read through. */
const readWholeMax = 5_000;
const candidatesMax = 2_000;

/** Codes of a code system whose display is like a text; the likest first. */
export function suggestCodes(
  knowledge: Knowledge,
  system: string,
  text: string,
  limit = 5,
): readonly Suggestion[] {
  const [version] = knowledge.versions('CodeSystem', system);
  const found = version === undefined ? undefined : knowledge.codeSystem(system, version);
  const wanted = piecesOf(text);
  if (found === undefined || wanted.size === 0) return [];
  const all: Suggestion[] = [];
  const weigh = (code: string, display = '') => {
    const likeness = dice(wanted, piecesOf(display));
    if (likeness > 0.2) all.push({ system, code, display, likeness });
  };
  if ((found.count ?? Number.POSITIVE_INFINITY) <= readWholeMax)
    for (const { code, display } of found.concepts()) weigh(code, display);
  else for (const code of mentioning(found, text)) weigh(code, found.concept(code)?.display);
  return likest(all, limit);
}

/** Displays that a map in git gives to its own targets, where the code system is not at hand. */
export function suggestAmong(
  targets: Iterable<{ readonly system: string; readonly code: string; readonly display: string }>,
  text: string,
  limit = 5,
): readonly Suggestion[] {
  const wanted = piecesOf(text);
  const all = [...targets].map((target) => ({
    ...{ system: target.system, code: target.code, display: target.display },
    likeness: dice(wanted, piecesOf(target.display)),
  }));
  return likest(
    all.filter(({ likeness }) => likeness > 0.2),
    limit,
  );
}

function mentioning(found: { mentioning(text: string): Iterable<string> }, text: string) {
  const words = text.split(/[^\p{L}\p{N}]+/u).filter((word) => word.length > 2);
  const codes = new Set<string>();
  for (const word of words.sort((a, b) => b.length - a.length).slice(0, 3))
    for (const code of found.mentioning(word)) {
      if (codes.size >= candidatesMax) return codes;
      codes.add(code);
    }
  return codes;
}

function likest(all: readonly Suggestion[], limit: number): readonly Suggestion[] {
  return all
    .toSorted((a, b) => b.likeness - a.likeness || (a.code < b.code ? -1 : 1))
    .slice(0, limit);
}

function piecesOf(text: string): ReadonlySet<string> {
  const folded = text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
  const pieces = new Set<string>();
  for (const word of folded.split(/[^\p{L}\p{N}]+/u))
    if (word !== '') for (let at = -1; at < word.length - 1; at += 1) pieces.add(pieceAt(word, at));
  return pieces;
}

/** Three letters; a word begins and ends with a blank. */
const pieceAt = (word: string, at: number): string => ` ${word} `.slice(at + 1, at + 4);

function dice(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  if (a.size === 0 || b.size === 0) return 0;
  let both = 0;
  for (const piece of a) if (b.has(piece)) both += 1;
  return (2 * both) / (a.size + b.size);
}
