/**
 * The rules of a Narrative's XHTML (https://hl7.org/fhir/R4/narrative.html, txt-1 and txt-2), read
 * in one pass: well-formed, only the elements and attributes of basic HTML, something to see.
 */
const elements = new Set(
  (
    'a abbr acronym address b big blockquote br caption center cite code col colgroup dd del dfn ' +
    'div dl dt em font h1 h2 h3 h4 h5 h6 hr i img ins kbd li map ol p pre q s samp small span ' +
    'strike strong sub sup table tbody td tfoot th thead tr tt u ul var area bdo'
  ).split(' '),
);
const attributes = new Set(
  (
    'abbr accesskey align alt axis bgcolor border cellhalign cellpadding cellspacing cellvalign ' +
    'char charoff charset cite class color colspan compact coords datetime dir face frame ' +
    'headers height href hreflang hspace id lang longdesc name nowrap noshade rel rev rowspan ' +
    'rules scope shape size span src start style summary tabindex target title type valign ' +
    'value vspace width xml:lang xml:space xmlns usemap'
  ).split(' '),
);
const namespace = 'http://www.w3.org/1999/xhtml';

/** A sticky pattern each, so that no text is copied and none is read twice. */
const tag = /<(\/?)([A-Za-z][\w:.-]*)((?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/y;
const attribute = /\s+([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/y;
const entity = /&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});/y;

/** A tag as it was written. */
type Tag = {
  readonly length: number;
  readonly name: string;
  readonly isEnd: boolean;
  readonly isClosed: boolean;
  readonly hasNamespace: boolean;
  readonly fault: string | undefined;
};

/** Narratives are generated: the same few short tags stand in all of them. */
const known = new Map<string, Tag>();
const knownMax = 2_000;
const knownCharactersMax = 48;

/** What is wrong with it, in words; undefined when nothing is. */
export function narrativeFault(div: string): string | undefined {
  const text = div.trim();
  const open: string[] = [];
  let hasContent = false;
  for (let at = 0; at < text.length; ) {
    if (text.charCodeAt(at) !== 60) {
      if (open.length === 0) return at === 0 ? noDiv : 'text stands behind its `div`';
      const next = text.indexOf('<', at);
      const end = next < 0 ? text.length : next;
      const said = textBetween(text, at, end);
      if (said === undefined) return 'an `&` in it is no entity';
      hasContent ||= said;
      at = end;
      continue;
    }
    const comment = commentEnd(text, at);
    if (comment === -1) return 'a comment in it does not end';
    if (comment > 0) {
      at = comment;
      continue;
    }
    const found = tagAt(text, at);
    if (found === undefined) return 'a tag in it is not well-formed XML';
    const fault = found.fault ?? faultOfPlace(found, open, at);
    if (fault !== undefined) return fault;
    if (found.name === 'img') hasContent = true;
    if (found.isEnd) open.pop();
    else if (!found.isClosed) open.push(found.name);
    at += found.length;
  }
  if (open.length > 0 || text === '') return 'an element in it is not closed';
  return hasContent ? undefined : 'it has no content';
}

const noDiv = 'it does not begin with a `div`';

/** Is there something to see? Undefined where an `&` is no entity. */
function textBetween(text: string, from: number, end: number): boolean | undefined {
  let isBlank = true;
  for (let at = from; at < end; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 38 && !isEntity(text, at)) return undefined;
    if (code > 32) isBlank = false;
  }
  return !isBlank;
}

function tagAt(text: string, at: number): Tag | undefined {
  const end = text.indexOf('>', at);
  const isShort = end > 0 && end - at < knownCharactersMax;
  const written = isShort ? text.slice(at, end + 1) : '';
  const before = isShort ? known.get(written) : undefined;
  if (before !== undefined) return before;
  tag.lastIndex = at;
  const found = tag.exec(text);
  if (found === null) return undefined;
  const read = readTag(found);
  if (isShort && read.length === written.length && known.size < knownMax) known.set(written, read);
  return read;
}

function readTag([all, slash, name = '', said = '', selfClosing]: RegExpExecArray): Tag {
  const isEnd = slash === '/';
  let hasNamespace = false;
  let fault = elements.has(name) ? undefined : 'it holds an element that a narrative must not hold';
  attribute.lastIndex = 0;
  for (let one = attribute.exec(said); one !== null; one = attribute.exec(said)) {
    const [, key = '', double, single] = one;
    const value = double ?? single ?? '';
    if (key === 'xmlns' && value === namespace) hasNamespace = true;
    if (!attributes.has(key) && !key.startsWith('xmlns:'))
      fault ??= 'it holds an attribute that a narrative must not hold';
    if (/^\s*javascript:/i.test(value)) fault ??= 'it holds a script';
  }
  return { length: all.length, name, isEnd, isClosed: selfClosing === '/', hasNamespace, fault };
}

function faultOfPlace(
  { name, isEnd, hasNamespace }: Tag,
  open: readonly string[],
  at: number,
): string | undefined {
  if (at === 0 && (name !== 'div' || isEnd)) return noDiv;
  if (at === 0 && !hasNamespace) return 'its `div` is not in the XHTML namespace';
  if (open.length === 0 && at > 0) return 'text stands behind its `div`';
  if (isEnd && open.at(-1) !== name) return 'its elements are not nested properly';
  return undefined;
}

function isEntity(text: string, at: number): boolean {
  entity.lastIndex = at;
  return entity.test(text);
}

/** 0 when there is no comment here; -1 when it has no end. */
function commentEnd(text: string, at: number): number {
  if (!text.startsWith('<!--', at)) return 0;
  const end = text.indexOf('-->', at + 4);
  return end < 0 ? -1 : end + 3;
}
