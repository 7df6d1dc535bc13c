/**
 * What runs, or fetches what runs, from the attributes of a narrative: the text that a browser
 * makes of a value counts, not how it was written (`&#106;avascript:`, a tab in the middle).
 */
const schemes = /^(?:javascript:|vbscript:|data:(?!image\/))/i;
const styles = /expression\(|javascript:|vbscript:|-moz-binding|behaviou?r:|@import/i;

/** Is this a URL that a browser would run? */
export function isScriptUrl(text: string, from: number, end: number): boolean {
  const code = text.charCodeAt(from);
  const letter = code | 32;
  // `j`, `v` and `d` begin a scheme of these; an entity or a blank may stand before one.
  const isFirst = letter === 106 || letter === 118 || letter === 100;
  return (isFirst || code <= 32 || code === 38 || code > 127) && hasScheme(text, from, end);
}

const hasScheme = (text: string, from: number, end: number): boolean =>
  schemes.test(plain(text.slice(from, end)));

/** Does a style run something, or load more style? */
export function isScriptStyle(text: string, from: number, end: number): boolean {
  for (let at = from; at < end; at += 1) {
    const code = text.charCodeAt(at);
    // Without `(`, `@`, an entity or an escape there is nothing that runs: most styles end here.
    if (code === 40 || code === 64 || code === 38 || code === 92)
      return styles.test(plain(text.slice(from, end)));
  }
  return false;
}

const named: Readonly<Record<string, string>> = { colon: ':', lpar: '(', Tab: '', NewLine: '' };

/** Without entities, blanks, control characters, and comments and escapes of CSS. */
function plain(value: string): string {
  return value
    .replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(\w{1,30}));/gi, (all, decimal, hex, name) => {
      if (name !== undefined) return named[name] ?? all;
      const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
      return code <= 0x10ffff ? String.fromCodePoint(code) : all;
    })
    .replace(/\/\*.*?\*\/|\\(?=[^0-9a-f])/gis, '')
    .replace(/\\([0-9a-f]{1,6})\s?/gi, (all, hex) => {
      const code = Number.parseInt(hex, 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : all;
    })
    .replace(/[\s\p{Cc}]/gu, '');
}
