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

/** What is wrong with it, in words; undefined when nothing is. */
export function narrativeFault(div: string): string | undefined {
  const text = div.trim();
  const open: string[] = [];
  let hasContent = false;
  for (let at = 0; at < text.length; ) {
    const code = text.charCodeAt(at);
    if (code === 60) {
      const comment = commentEnd(text, at);
      if (comment === -1) return 'a comment in it does not end';
      if (comment > 0) {
        at = comment;
        continue;
      }
      tag.lastIndex = at;
      const found = tag.exec(text);
      if (found === null) return 'a tag in it is not well-formed XML';
      const [all, slash, name, said, selfClosing] = found;
      const fault = faultOfTag(name!, said!, slash === '/', open, at);
      if (fault !== undefined) return fault;
      if (name === 'img') hasContent = true;
      if (slash === '/') open.pop();
      else if (selfClosing !== '/') open.push(name!);
      at += all!.length;
      if (open.length === 0 && at < text.length) return 'text stands behind its `div`';
      continue;
    }
    if (open.length === 0) return 'it does not begin with a `div`';
    if (code === 38 && !isEntity(text, at)) return 'an `&` in it is no entity';
    if (code > 32) hasContent = true;
    at += 1;
  }
  if (open.length > 0 || text === '') return 'an element in it is not closed';
  return hasContent ? undefined : 'it has no content';
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

function faultOfTag(
  name: string,
  said: string,
  isEnd: boolean,
  open: readonly string[],
  at: number,
): string | undefined {
  if (at === 0 && name !== 'div') return 'it does not begin with a `div`';
  if (isEnd) return open.at(-1) === name ? undefined : 'its elements are not nested properly';
  if (!elements.has(name)) return 'it holds an element that a narrative must not hold';
  attribute.lastIndex = 0;
  let xmlns: string | undefined;
  for (let one = attribute.exec(said); one !== null; one = attribute.exec(said)) {
    const [, key = '', double, single] = one;
    if (key === 'xmlns') xmlns = double ?? single;
    if (!attributes.has(key) && !key.startsWith('xmlns:'))
      return 'it holds an attribute that a narrative must not hold';
    if (/^\s*javascript:/i.test(double ?? single ?? '')) return 'it holds a script';
  }
  if (at === 0 && xmlns !== namespace) return 'its `div` is not in the XHTML namespace';
  return undefined;
}
