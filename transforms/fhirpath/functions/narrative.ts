import { createRequire } from 'node:module';
import type { SaxesParser } from 'saxes';

const set = (names: string): ReadonlySet<string> => new Set(names.split(' '));

/** What R4 lets a narrative hold (R4, narrative, txt-1). */
const elements = set(
  'p br div h1 h2 h3 h4 h5 h6 a span b em i strong small big tt dfn q var abbr acronym cite ' +
    'blockquote hr address bdo kbd sub sup ul ol li dl dt dd pre table caption colgroup col ' +
    'thead tr tfoot tbody th td code samp img',
);
const attributes = set(
  'title style class id lang dir accesskey tabindex xmlns span align valign char charoff abbr ' +
    'axis headers scope rowspan colspan',
);
const attributesOf: Readonly<Record<string, ReadonlySet<string>>> = {
  a: set('href name'),
  img: set('src border alt longdesc height width'),
  blockquote: set('cite'),
  q: set('cite'),
  table: set('summary width border frame rules cellspacing cellpadding'),
  col: set('width'),
  colgroup: set('width'),
  th: set('width'),
  td: set('width nowrap'),
};
const namespace = 'http://www.w3.org/1999/xhtml';

let Parser: typeof SaxesParser | undefined;

function newParser(): SaxesParser {
  const require = createRequire(import.meta.url);
  Parser ??= (require('saxes') as { SaxesParser: typeof SaxesParser }).SaxesParser;
  return new Parser();
}

/**
 * Is this the XHTML of a narrative: well-formed, one `div`, only the elements and attributes that
 * R4 allows (txt-1), and something to read in it (txt-2)?
 */
export function isNarrative(text: string): boolean {
  const parser = newParser();
  let depth = 0;
  let wrong = false;
  let shown = false;
  parser.on('error', () => {
    wrong = true;
  });
  parser.on('doctype', () => {
    wrong = true;
  });
  parser.on('processinginstruction', () => {
    wrong = true;
  });
  parser.on('opentag', ({ name, attributes: given }) => {
    if (depth === 0 && name !== 'div') wrong = true;
    depth += 1;
    if (!elements.has(name)) wrong = true;
    if (name === 'img') shown = true;
    for (const [key, value] of Object.entries(given)) {
      if (!attributes.has(key) && !attributesOf[name]?.has(key)) wrong = true;
      if (key === 'xmlns' && value !== namespace) wrong = true;
    }
  });
  parser.on('closetag', () => {
    depth -= 1;
  });
  const read = (content: string): void => {
    if (depth > 0 && /\S/.test(content)) shown = true;
  };
  parser.on('text', read);
  parser.on('cdata', read);
  parser.write(text).close();
  return !wrong && shown;
}
