import { isDate, isDateTime, isInstant, isTime } from './dates.ts';

/**
 * The primitive types of FHIR R4 (https://hl7.org/fhir/R4/datatypes.html#primitive) as they stand
 * in JSON. Texts are read by character where every resource has them.
 */
export type Primitive = {
  readonly json: 'string' | 'number' | 'boolean';
  readonly isValid: (value: unknown) => boolean;
  /** What a person should write there. */
  readonly expected: string;
};

const json = JSON as typeof JSON & { isRawJSON(value: unknown): boolean };

/** A decimal that was kept as it was written (`JSON.rawJSON`) is a number too. */
export const isRawNumber = (value: unknown): value is { readonly rawJSON: string } =>
  json.isRawJSON(value);

const uuid = /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const oid = /^urn:oid:[0-2](\.(0|[1-9][0-9]*))+$/;

/** 1 MB, as the standard limits every text (datatypes.html#string). */
const charactersMax = 1024 * 1024;

/**
 * No control character but tab, line feed and carriage return, no half of a surrogate pair (which
 * UTF-8 cannot write), and something to see.
 */
function isString(text: string): boolean {
  if (text.length === 0 || text.length > charactersMax || !text.isWellFormed()) return false;
  let isBlank = true;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code > 32) isBlank = false;
    else if (code < 32 && code !== 9 && code !== 10 && code !== 13) return false;
  }
  return !isBlank;
}

/** The blanks beyond ASCII, which a copied text brings along unseen. */
const isUnicodeSpace = (code: number): boolean => /\s/.test(String.fromCharCode(code));

/** Words with one space between them, none before or behind. */
function isCode(text: string): boolean {
  let wasSpace = true;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 32 || (code === 32 && wasSpace)) return false;
    if (code > 127 && isUnicodeSpace(code)) return false;
    wasSpace = code === 32;
  }
  return !wasSpace;
}

/** A URI without blanks; one of a form that FHIR knows is of that form. */
export function isUri(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code <= 32 || (code > 127 && isUnicodeSpace(code))) return false;
  }
  const first = text.charCodeAt(0);
  // `urn:`, and `uuid:` or `oid:` where `urn:` was forgotten.
  return text.length > 0 && (first === 117 || first === 111 ? isKnownUrn(text) : true);
}

const uuidOrOid = /^(?:u(?:rn:(?:oid|uuid)|uid)|oid):/i;

function isKnownUrn(text: string): boolean {
  if (!uuidOrOid.test(text)) return true;
  const [plain = ''] = text.split(/[|#]/, 1);
  return oid.test(plain) || uuid.test(plain);
}

/** With one version at most, and absolute, local, or by type and id on the same server. */
function isCanonical(text: string): boolean {
  if (!isUri(text)) return false;
  const bar = text.indexOf('|');
  if (bar === 0 || (bar > 0 && (bar === text.length - 1 || text.includes('|', bar + 1))))
    return false;
  return text.charCodeAt(0) === 35 || text.includes(':') || /^[A-Z][A-Za-z]+\/./.test(text);
}

export function isId(text: string): boolean {
  if (text.length === 0 || text.length > 64) return false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    const isLetter = (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
    if (!isLetter && !(code >= 48 && code <= 57) && code !== 45 && code !== 46) return false;
  }
  return true;
}

/** Groups of four characters; blanks may stand anywhere. */
function isBase64(text: string): boolean {
  let count = 0;
  let padding = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 32 || code === 10 || code === 13 || code === 9) continue;
    const isLetter = (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
    if (code === 61) padding += 1;
    else if (padding > 0) return false;
    else if (!isLetter && !(code >= 47 && code <= 57) && code !== 43) return false;
    count += 1;
  }
  return count > 0 && count % 4 === 0 && padding <= 2;
}

const text = (expected: string, isValid: (value: string) => boolean): Primitive => ({
  json: 'string',
  expected,
  isValid: (value) => typeof value === 'string' && isValid(value),
});

const whole = (expected: string, least: number): Primitive => ({
  json: 'number',
  expected,
  isValid: (value) => {
    const number = isRawNumber(value) ? wholeOf(value.rawJSON) : value;
    return Number.isInteger(number) && Number(number) >= least && Number(number) <= 2 ** 31 - 1;
  },
});

const wholeOf = (written: string): number =>
  /^-?\d+$/.test(written) ? Number(written) : Number.NaN;

const matching = (pattern: RegExp) => (value: string) => pattern.test(value);
const anyText = text('a text that is not blank and has no control characters', isString);
const anyUri = text(
  'a URI without spaces (after `urn:oid:` an OID, after `urn:uuid:` a UUID)',
  isUri,
);

export const primitives: ReadonlyMap<string, Primitive> = new Map(
  Object.entries({
    base64Binary: text('Base64', isBase64),
    boolean: {
      json: 'boolean',
      expected: '`true` or `false`',
      isValid: (value) => typeof value === 'boolean',
    },
    canonical: text('an absolute URL, with `|` and one version where that matters', isCanonical),
    code: text('a code without spaces before, behind or doubled', isCode),
    date: text('a date that the calendar has, as 2026-11-23, 2026-11 or 2026', isDate),
    dateTime: text('a date, or a date and time with seconds and time zone', isDateTime),
    decimal: {
      json: 'number',
      expected: 'a number that is not beyond 1e308',
      isValid: (value) => Number.isFinite(isRawNumber(value) ? Number(value.rawJSON) : value),
    },
    id: text('1 to 64 letters, digits, dashes or points', isId),
    instant: text('a date and time with seconds and time zone', isInstant),
    integer: whole('a whole number of 32 bits', -(2 ** 31)),
    markdown: anyText,
    oid: text('urn:oid: and an OID', matching(oid)),
    positiveInt: whole('a whole number from 1', 1),
    string: anyText,
    time: text('a time with seconds, as 23:59:00', isTime),
    unsignedInt: whole('a whole number from 0', 0),
    uri: anyUri,
    url: anyUri,
    uuid: text('urn:uuid: and a UUID', matching(uuid)),
    // What it must hold is a Narrative's own rule, and a large table is large.
    xhtml: text('XHTML', (value) => value.length > 0 && value.isWellFormed()),
  } satisfies Record<string, Primitive>),
);
