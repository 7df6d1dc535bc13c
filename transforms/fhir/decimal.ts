const grammar = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)$/;
/** Longer than any measurement; FHIR asks for eighteen digits. */
const charactersMax = 64;

/**
 * A decimal as it was written, `5.10` with its zero (FHIR R4, Datatypes, decimal: the precision
 * is part of the value). It is a number where a number prints the same; else what JSON.stringify
 * prints as these digits, which `JSON.isRawJSON` tells. Undefined when the text is no decimal.
 */
export function decimalOf(text: string): number | undefined {
  if (isPlain(text)) return Number(text);
  if (text.length > charactersMax || !grammar.test(text)) return undefined;
  const number = Number(text);
  const printed = String(number);
  if (printed === text) return number;
  const written = plain(text);
  return printed === written ? number : rawNumber(written);
}

/** Has `decimalOf` a value for it? */
export const isDecimal = (text: string): boolean =>
  isPlain(text) || (text.length <= charactersMax && grammar.test(text));

/**
 * Digits as most results have them, which a number prints again as they are: none before the first
 * that counts, no zero behind the point at the end, and fewer than a double holds.
 */
function isPlain(text: string): boolean {
  const { length } = text;
  if (length === 0 || length > 15) return false;
  let point = -1;
  for (let at = 0; at < length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 46 && point < 0 && at > 0) point = at;
    else if (code < 48 || code > 57) return false;
  }
  const whole = point < 0 ? length : point;
  if (text.charCodeAt(0) === 48 && whole > 1) return false;
  // A number below a millionth prints an exponent.
  if (point >= 0 && length - point > 7) return false;
  return point < 0 || (point < length - 1 && text.charCodeAt(length - 1) !== 48);
}

/** As a JSON number: no plus, no leading zeros, digits on both sides of the point. */
function plain(text: string): string {
  const sign = text.startsWith('-') ? '-' : '';
  const [whole = '', fraction = ''] = text.replace(/^[+-]/, '').split('.');
  const digits = whole.replace(/^0+(?=\d)/, '') || '0';
  return fraction === '' ? sign + digits : `${sign}${digits}.${fraction}`;
}

// Of ECMAScript's "JSON.parse source text access", which the compiler's library does not know yet.
const json = JSON as typeof JSON & { rawJSON(text: string): unknown };

const rawNumber = (text: string): number => json.rawJSON(text) as number;

/** The number, for who counts with it. */
export function numberOf(value: number): number {
  return typeof value === 'number' ? value : Number((value as { rawJSON: string }).rawJSON);
}
