import type { RecordFlag } from '../record.ts';
import { isPlaceholder, isPlaceholderPhone } from './placeholders.ts';

export type NormalPhone = { readonly phone?: string; readonly flags: readonly RecordFlag[] };

/**
 * National significant digits of a phone (ITU-T E.164), 7 to 15: extension, trunk zero and a known
 * country code in front are taken off.
 */
export function normalisePhone(text: string): NormalPhone {
  const [number = ''] = text.split(/(?:ext|x|#|;)/i);
  let digits = number.replace('(0)', '').replaceAll(/\D/g, '');
  if (digits.startsWith('00')) digits = digits.slice(2);
  if (/^\s*(\+|00)/.test(number)) digits = digits.slice(countryCodeLength(digits));
  digits = digits.replace(/^0+/, '');
  // Without a plus, eleven digits with a one in front are North American.
  if (digits.length === 11 && digits.startsWith('1')) digits = digits.slice(1).replace(/^0+/, '');
  if (digits !== '' && isPlaceholderPhone(digits)) return { flags: ['placeholder-phone'] };
  return digits.length >= 7 && digits.length <= 15 ? { phone: digits, flags: [] } : { flags: [] };
}

/** Zones 1 and 7 have one digit; two-digit codes of ITU-T E.164, the others have three. */
const twoDigits = /^(20|27|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])/;

function countryCodeLength(digits: string): number {
  if (/^[17]/.test(digits)) return 1;
  return twoDigits.test(digits) ? 2 : 3;
}

/** Lower-case, or undefined when it is none or a placeholder such as `none@none.com`. */
export function normaliseEmail(text: string): string | undefined {
  const email = text
    .trim()
    .toLowerCase()
    .replace(/^mailto:/, '');
  const [local = '', domain = '', ...more] = email.split('@');
  if (local === '' || domain === '' || more.length > 0 || /\s/.test(email)) return undefined;
  const isNone = isPlaceholder(local) || /^(no|noemail|noreply|declined|patient)$/.test(local);
  return isNone ? undefined : email;
}
