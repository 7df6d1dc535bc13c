/**
 * HL7 table 0211 (alternate character sets) and the other names that senders write in MSH-18,
 * reduced to capitals and digits, each with the name that the decoder knows.
 */
const names: Readonly<Record<string, string>> = {
  ASCII: 'ascii',
  USASCII: 'ascii',
  ISOIR6: 'ascii',
  UTF8: 'utf-8',
  UNICODE: 'utf-8',
  UNICODEUTF8: 'utf-8',
  UNICODEUTF16: 'utf-16',
  UTF16: 'utf-16',
  UNICODEUTF32: 'utf-32',
  UTF32: 'utf-32',
  ISOIR14: 'shift_jis',
  SHIFTJIS: 'shift_jis',
  SJIS: 'shift_jis',
  MS932: 'shift_jis',
  CP932: 'shift_jis',
  WINDOWS31J: 'shift_jis',
  EUCJP: 'euc-jp',
  ISOIR87: 'iso-2022-jp',
  ISOIR159: 'iso-2022-jp',
  ISO2022JP: 'iso-2022-jp',
  GB18030: 'gb18030',
  GB180302000: 'gb18030',
  GBK: 'gb18030',
  GB2312: 'gb18030',
  KSX1001: 'euc-kr',
  EUCKR: 'euc-kr',
  CP949: 'euc-kr',
  BIG5: 'big5',
  LATIN1: 'iso-8859-1',
  ANSI: 'windows-1252',
};

const parts8859 = new Set([
  '1',
  '2',
  '3',
  '4',
  '5',
  '6',
  '7',
  '8',
  '9',
  '10',
  '13',
  '14',
  '15',
  '16',
]);

/**
 * The decoder's name for a character set as HL7 (`8859/1`, `UNICODE UTF-8`), IANA or a vendor
 * writes it; undefined when nobody here knows it.
 */
export function charsetName(written: string): string | undefined {
  if (seen.has(written)) return seen.get(written);
  const name = lookUp(written);
  if (seen.size < seenMax) seen.set(written, name);
  return name;
}

/** A feed writes the same name in every message. */
const seen = new Map<string, string | undefined>();
const seenMax = 256;

function lookUp(written: string): string | undefined {
  const word = written.toUpperCase().replace(/[^A-Z0-9]/g, '');
  const known = names[word];
  if (known) return known;
  const iso = /^(?:ISO)?8859(\d{1,2})$/.exec(word);
  if (iso) return parts8859.has(iso[1]!) ? `iso-8859-${iso[1]}` : undefined;
  const windows = /^(?:WINDOWS|CP|WIN)(125[0-8]|874)$/.exec(word);
  if (windows) return `windows-${windows[1]}`;
  const pages = /^(?:IBM|CP)(437|850|852|855|857|858|860|861|862|863|865|866)$/.exec(word);
  return pages ? `cp${pages[1]}` : undefined;
}
