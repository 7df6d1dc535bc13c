type Reviver = (name: string, value: unknown, context: { readonly source?: string }) => unknown;

// Of ECMAScript's "JSON.parse source text access", which the compiler's library does not know yet.
const json = JSON as unknown as {
  parse(text: string, reviver: Reviver): unknown;
  rawJSON(text: string): unknown;
  isRawJSON(value: unknown): boolean;
};

/**
 * Finds what a number would not print as it was written: a fraction that ends in zero, an exponent,
 * more digits than a number holds, minus zero. It may also find such a text inside a string, which
 * costs time and nothing else.
 */
const unfaithful = /[:[,]\s*-?(?:\d+\.\d*0(?!\d)|\d[\d.]*[eE]|[\d.]{16}|(?<=-)0(?![.\d]))/;

const keepDigits: Reviver = (_name, value, { source }) =>
  typeof value === 'number' && source !== undefined && String(value) !== source
    ? json.rawJSON(source)
    : value;

/**
 * Parses JSON so that `JSON.stringify` prints each number with the digits that it came with: in
 * FHIR the precision of a decimal is part of the value. Such a number is one that
 * `JSON.isRawJSON` tells, see `numberOf`. Throws a SyntaxError, which quotes the text.
 */
export function parseFaithfully(text: string): unknown {
  if (!unfaithful.test(text)) return JSON.parse(text) as unknown;
  return json.parse(text, keepDigits);
}

/** Is it a number that is kept as it was written? */
export const isRawNumber = (value: unknown): boolean => json.isRawJSON(value);
