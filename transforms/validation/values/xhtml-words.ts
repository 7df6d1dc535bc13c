/**
 * The elements and attributes of basic HTML that a narrative may hold
 * (https://hl7.org/fhir/R4/narrative.html, txt-1), as one table that is walked a character at a
 * time: a name is known when it has been read, without a copy of it.
 */
const elements = (
  'a abbr acronym address b big blockquote br caption center cite code col colgroup dd del dfn ' +
  'div dl dt em font h1 h2 h3 h4 h5 h6 hr i img ins kbd li map ol p pre q s samp small span ' +
  'strike strong sub sup table tbody td tfoot th thead tr tt u ul var area bdo'
).split(' ');
const attributes = (
  'abbr accesskey align alt axis bgcolor border cellhalign cellpadding cellspacing cellvalign ' +
  'char charoff charset cite class color colspan compact coords datetime dir face frame ' +
  'headers height href hreflang hspace id lang longdesc name nowrap noshade rel rev rowspan ' +
  'rules scope shape size span src start style summary tabindex target title type valign ' +
  'value vspace width xml:lang xml:space xmlns usemap'
).split(' ');

/** Characters of a name that the table has columns for: ASCII. */
const columns = 128;
/** What no word begins with; from here no character leads anywhere else. */
const nowhere = 0;
const start = 1;
const elementFlag = 1;
const attributeFlag = 2;

const states = 2 + [...elements, ...attributes].reduce((sum, { length }) => sum + length, 0);
const next = new Uint16Array(states * columns);
const flags = new Uint8Array(states);

let used = start + 1;
function add(word: string, flag: number): number {
  let at = start;
  for (let index = 0; index < word.length; index += 1) {
    const cell = at * columns + word.charCodeAt(index);
    if (next[cell] === nowhere) {
      next[cell] = used;
      used += 1;
    }
    at = next[cell]!;
  }
  flags[at]! |= flag;
  return at;
}
for (const word of elements) add(word, elementFlag);
for (const word of attributes) add(word, attributeFlag);

/** Words by the number that `wordAt` gives. */
export const words = {
  count: states,
  div: add('div', elementFlag),
  img: add('img', elementFlag),
  xmlns: add('xmlns', attributeFlag),
  style: add('style', attributeFlag),
  href: add('href', attributeFlag),
  src: add('src', attributeFlag),
  cite: add('cite', attributeFlag),
  longdesc: add('longdesc', attributeFlag),
} as const;

export const isElement = (word: number): boolean => (flags[word]! & elementFlag) !== 0;
export const isAttribute = (word: number): boolean => (flags[word]! & attributeFlag) !== 0;

const inNames = new Uint8Array(columns);
for (const one of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_:.-')
  inNames[one.charCodeAt(0)] = 1;

/** Where the name that begins at `from` ends; `from` itself where there is none. */
export function nameEnd(text: string, from: number): number {
  let at = from;
  // NaN past the end of the text has no column either.
  for (let code = text.charCodeAt(at); inNames[code] === 1; code = text.charCodeAt(at)) at += 1;
  return at;
}

/** The number of the name that stands there; 0 for what begins as no word does. */
export function wordAt(text: string, from: number, end: number): number {
  let word = start;
  for (let at = from; at < end; at += 1) word = next[word * columns + text.charCodeAt(at)]!;
  return word;
}
