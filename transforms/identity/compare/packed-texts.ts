/** Digits, at most 15 of them, as one number; 0 for any other text. */
export const packNumber = (text: string): number =>
  text.length <= 15 && /^\d+$/.test(text) ? Number(`1${text}`) : 0;

/**
 * A number that a person has, in the form in which numbers are compared: digits, or at most ten
 * capital letters and digits. As one number, 0 for any other text.
 */
export function packValue(text: string): number {
  if (text.length <= 10 && /^[A-Z0-9]+$/.test(text) && /[A-Z]/.test(text))
    return -Number.parseInt(`1${text}`, 36);
  return packNumber(text);
}

/** What `packNumber` or `packValue` packed. */
export const unpacked = (packed: number): string =>
  (packed < 0 ? (-packed).toString(36).toUpperCase() : String(packed)).slice(1);
