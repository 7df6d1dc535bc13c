/** Letters that have no decomposition, and what they are written as without their stroke. */
const spelled: Readonly<Record<string, string>> = {
  ß: 'SS',
  ẞ: 'SS',
  Æ: 'AE',
  Œ: 'OE',
  Ø: 'O',
  Ł: 'L',
  Đ: 'D',
  Ð: 'D',
  Þ: 'TH',
  Ħ: 'H',
  İ: 'I',
};

/**
 * Upper-case letters A-Z only: accents taken off (NFKD), apostrophes and full stops closed up,
 * whatever else is no letter becomes one blank. Letters of other scripts are kept apart by a blank.
 */
export function plainLetters(text: string): string {
  const upper = text.toUpperCase();
  if (/^[A-Z]+(?: [A-Z]+)*$/.test(upper)) return upper;
  const known = plain.get(text);
  if (known !== undefined) return known;
  const letters = unaccented(upper)
    .replaceAll(/['’‘`´ʼ.]/g, '')
    .replaceAll(/[^A-Z]+/g, ' ')
    .trim();
  if (text.length > plainLengthMax) return letters;
  if (plain.size >= plainMax) plain.clear();
  plain.set(text, letters);
  return letters;
}

/** Names and places are few and come again and again; the bounds keep the table under 10 MB. */
const plainMax = 50_000;
/** A longer text may be a slice that keeps all of its message in memory. */
const plainLengthMax = 12;
const plain = new Map<string, string>();

/** Upper-case letters and digits, whatever else becomes one blank. */
export function plainWords(text: string): string {
  const upper = text.toUpperCase();
  if (/^[A-Z0-9]+(?: [A-Z0-9]+)*$/.test(upper)) return upper;
  return unaccented(upper)
    .replaceAll(/['’‘`´ʼ.]/g, '')
    .replaceAll(/[^A-Z0-9]+/g, ' ')
    .trim();
}

function unaccented(upper: string): string {
  if (/^[\x20-\x7e]*$/.test(upper)) return upper;
  return upper
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[ßẞÆŒØŁĐÐÞĦİ]/g, (letter) => spelled[letter] ?? letter)
    .toUpperCase();
}
