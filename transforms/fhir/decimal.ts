const grammar = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)$/;
/** Longer than any measurement; FHIR asks for eighteen digits. */
const charactersMax = 64;

/**
 * A decimal as it was written, `5.10` with its zero (FHIR R4, Datatypes, decimal: the precision
 * is part of the value). It is a number where a number prints the same; else what JSON.stringify
 * prints as these digits, which `JSON.isRawJSON` tells. Undefined when the text is no decimal.
 */
export function decimalOf(text: string): number | undefined {
  if (text.length > charactersMax || !grammar.test(text)) return undefined;
  const number = Number(text);
  const printed = String(number);
  if (printed === text) return number;
  const written = plain(text);
  return printed === written ? number : rawNumber(written);
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
