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
  if (/^[A-Z]+$/.test(text)) return text;
  return unaccented(text)
    .replaceAll(/['’‘`´ʼ.]/g, '')
    .replaceAll(/[^A-Z]+/g, ' ')
    .trim();
}

/** Upper-case letters and digits, whatever else becomes one blank. */
export function plainWords(text: string): string {
  if (/^[A-Z0-9]+$/.test(text)) return text;
  return unaccented(text)
    .replaceAll(/['’‘`´ʼ.]/g, '')
    .replaceAll(/[^A-Z0-9]+/g, ' ')
    .trim();
}

function unaccented(text: string): string {
  const upper = text.toUpperCase();
  if (/^[\x20-\x7e]*$/.test(upper)) return upper;
  return upper
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[ßẞÆŒØŁĐÐÞĦİ]/g, (letter) => spelled[letter] ?? letter)
    .toUpperCase();
}
