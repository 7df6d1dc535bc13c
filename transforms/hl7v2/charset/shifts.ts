import iconv from 'iconv-lite';

/**
 * The character set that an escape `\Cxxyy\` or `\Mxxyyzz\` shifts to (HL7 v2.5.1 section 2.7.2;
 * the hex digits are those of the ISO 2022 sequence): null is back to the message's own, undefined
 * is unknown.
 */
export function shiftTarget(hex: string): string | null | undefined {
  return shifts[hex.toUpperCase()];
}

/**
 * Reads text that was decoded in the message's encoding again, in the set that it was shifted to.
 */
export function decodeShifted(text: string, encoding: string, target: string): string {
  const bytes = iconv.encode(text, encoding);
  if (target === 'jis-x-0208') return iconv.decode(highBits(bytes, []), 'euc-jp');
  if (target === 'jis-x-0212') return iconv.decode(highBits(bytes, [0x8f]), 'euc-jp');
  return iconv.decode(bytes, target);
}

const shifts: Readonly<Record<string, string | null>> = {
  '2842': null,
  '284A': null,
  '2D41': 'iso-8859-1',
  '2D42': 'iso-8859-2',
  '2D43': 'iso-8859-3',
  '2D44': 'iso-8859-4',
  '2D4C': 'iso-8859-5',
  '2D47': 'iso-8859-6',
  '2D46': 'iso-8859-7',
  '2D48': 'iso-8859-8',
  '2D4D': 'iso-8859-9',
  '2949': 'shift_jis',
  '2442': 'jis-x-0208',
  '242844': 'jis-x-0212',
};

/** A two-byte set shifted into seven bits is the same set in EUC with the high bits set. */
function highBits(bytes: Buffer, prefix: readonly number[]): Buffer {
  const out: number[] = [];
  for (let at = 0; at + 1 < bytes.length; at += 2) {
    out.push(...prefix, bytes[at]! | 0x80, bytes[at + 1]! | 0x80);
  }
  return Buffer.from(out);
}
