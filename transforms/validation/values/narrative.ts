/**
 * The rules of a Narrative's XHTML (https://hl7.org/fhir/R4/narrative.html, txt-1 and txt-2), read
 * by character in one pass that copies nothing: well-formed, only the elements and attributes of
 * basic HTML, something to see. It is the longest text of nearly every resource.
 */
import { isScriptStyle, isScriptUrl } from './xhtml-script.ts';
import { isAttribute, isElement, nameEnd, wordAt, words } from './xhtml-words.ts';

const namespace = 'http://www.w3.org/1999/xhtml';

/** One way through a text; of the last tag, what it was. */
type Scan = {
  readonly text: string;
  at: number;
  word: number;
  isEnd: boolean;
  isClosed: boolean;
  hasNamespace: boolean;
  /** No `&` stands before this. */
  nextAnd: number;
};

const noDiv = 'it does not begin with a `div`';
const noEntity = 'an `&` in it is none of the entities of XML (`&#160;` for `&nbsp;`)';
const notWellFormed = 'a tag in it is not well-formed XML';

/** XML 1.0, section 2.2, as far as JSON could hold it. */
const noXml = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

/** What is wrong with it, in words; undefined when nothing is. */
export function narrativeFault(div: string): string | undefined {
  const text = div.trim();
  const { length } = text;
  if (noXml.test(text)) return 'a character in it is none of XML';
  const scan: Scan = {
    ...{ text, at: 0, word: 0, nextAnd: -1 },
    ...{ isEnd: false, isClosed: false, hasNamespace: false },
  };
  const open: number[] = [];
  let hasContent = false;
  while (scan.at < length) {
    const { at } = scan;
    if (text.charCodeAt(at) !== lessThan) {
      if (open.length === 0) return at === 0 ? noDiv : 'text stands behind its `div`';
      const next = text.indexOf('<', at);
      const end = next < 0 ? length : next;
      if (hasWrongEntity(scan, at, end)) return noEntity;
      hasContent ||= isVisible(text, at, end);
      scan.at = end;
      continue;
    }
    if (text.startsWith('!--', at + 1)) {
      const end = text.indexOf('--', at + 4);
      if (end < 0 || text.charCodeAt(end + 2) !== greaterThan)
        return 'a comment in it does not end';
      scan.at = end + 3;
      continue;
    }
    const fault = readTag(scan) ?? faultOfPlace(scan, open, at);
    if (fault !== undefined) return fault;
    if (scan.word === words.img) hasContent = true;
    if (scan.isEnd) open.pop();
    else if (!scan.isClosed) open.push(scan.word);
  }
  if (open.length > 0 || text === '') return 'an element in it is not closed';
  return hasContent ? undefined : 'it has no content';
}

const [lessThan, slash, equals, greaterThan] = [60, 47, 61, 62];
const [doubleQuote, singleQuote] = [34, 39];

/** XML knows five by name; HTML's others (`&nbsp;`) are written as their characters. */
const entity = /&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(?:amp|lt|gt|quot|apos));/y;

/** Is there an `&` before `end` that begins no entity? */
function hasWrongEntity(scan: Scan, from: number, end: number): boolean {
  const { text } = scan;
  if (scan.nextAnd < from) scan.nextAnd = andFrom(text, from);
  while (scan.nextAnd < end) {
    entity.lastIndex = scan.nextAnd;
    const found = entity.exec(text);
    if (found === null || !isCharacter(found)) return true;
    scan.nextAnd = andFrom(text, scan.nextAnd + 1);
  }
  return false;
}

/** XML 1.0, section 2.2: a number stands for a character that XML may hold. */
function isCharacter([, decimal, hex]: RegExpExecArray): boolean {
  if (decimal === undefined && hex === undefined) return true;
  const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
  if (code < 32) return isSpace(code);
  return code < 0xd800 || (code > 0xdfff && code < 0xfffe) || (code > 0xffff && code <= 0x10ffff);
}

function andFrom(text: string, from: number): number {
  const at = text.indexOf('&', from);
  return at < 0 ? Number.POSITIVE_INFINITY : at;
}

function isVisible(text: string, from: number, end: number): boolean {
  for (let at = from; at < end; at += 1) if (text.charCodeAt(at) > 32) return true;
  return false;
}

const isSpace = (code: number): boolean => code === 32 || code === 10 || code === 9 || code === 13;

function afterSpaces(text: string, from: number): number {
  let at = from;
  while (isSpace(text.charCodeAt(at))) at += 1;
  return at;
}

/** In which tag of this process an attribute was met last: twice in one is not well-formed. */
const lastMet = new Float64Array(words.count);
let tags = 0;

/** Reads a tag and goes behind it; what is wrong with it alone. */
function readTag(scan: Scan): string | undefined {
  const { text } = scan;
  scan.isEnd = text.charCodeAt(scan.at + 1) === slash;
  const from = scan.at + (scan.isEnd ? 2 : 1);
  let at = nameEnd(text, from);
  if (!isLetter(text.charCodeAt(from))) return notWellFormed;
  scan.word = wordAt(text, from, at);
  scan.hasNamespace = false;
  let fault = isElement(scan.word)
    ? undefined
    : 'it holds an element that a narrative must not hold';
  tags += 1;
  for (;;) {
    const name = afterSpaces(text, at);
    const end = name === at ? name : nameEnd(text, name);
    if (end === name) {
      at = name;
      break;
    }
    const quote = quoteBehind(text, end);
    const close = quote < 0 ? -1 : valueEnd(text, quote);
    if (close < 0 || scan.isEnd) return notWellFormed;
    const word = wordAt(text, name, end);
    if (isAttribute(word)) {
      if (lastMet[word] === tags) return notWellFormed;
      lastMet[word] = tags;
      if (word === words.xmlns) {
        scan.hasNamespace = isNamespace(text, quote + 1, close);
        if (!scan.hasNamespace && scan.at > 0) fault ??= 'an element in it is of another namespace';
      }
    } else if (!text.startsWith('xmlns:', name))
      fault ??= 'it holds an attribute that a narrative must not hold';
    if (isScript(word, text, quote + 1, close)) fault ??= 'it holds a script';
    if (hasWrongEntity(scan, quote + 1, close)) return noEntity;
    at = close + 1;
  }
  scan.isClosed = text.charCodeAt(at) === slash;
  if (scan.isClosed) at += 1;
  if (text.charCodeAt(at) !== greaterThan || (scan.isClosed && scan.isEnd)) return notWellFormed;
  scan.at = at + 1;
  return fault;
}

const isLetter = (code: number): boolean =>
  (code >= 97 && code <= 122) || (code >= 65 && code <= 90);

/** The place of the quote that begins an attribute's value; -1 where there is none. */
function quoteBehind(text: string, nameEnds: number): number {
  const at = afterSpaces(text, nameEnds);
  if (text.charCodeAt(at) !== equals) return -1;
  const quote = afterSpaces(text, at + 1);
  const code = text.charCodeAt(quote);
  return code === doubleQuote || code === singleQuote ? quote : -1;
}

/** The place of the quote that ends it; a `<` must not stand in between. */
function valueEnd(text: string, quote: number): number {
  const wanted = text.charCodeAt(quote);
  for (let at = quote + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === wanted) return at;
    if (code === lessThan) return -1;
  }
  return -1;
}

const isNamespace = (text: string, from: number, end: number): boolean =>
  end - from === namespace.length && text.startsWith(namespace, from);

const urls = new Set<number>([words.href, words.src, words.cite, words.longdesc]);

function isScript(word: number, text: string, from: number, end: number): boolean {
  if (word === words.style) return isScriptStyle(text, from, end);
  return urls.has(word) && isScriptUrl(text, from, end);
}

function faultOfPlace(
  { word, isEnd, hasNamespace }: Scan,
  open: readonly number[],
  at: number,
): string | undefined {
  if (at === 0 && (word !== words.div || isEnd)) return noDiv;
  if (at === 0 && !hasNamespace) return 'its `div` is not in the XHTML namespace';
  if (open.length === 0 && at > 0) return 'text stands behind its `div`';
  if (isEnd && open[open.length - 1] !== word) return 'its elements are not nested properly';
  return undefined;
}
