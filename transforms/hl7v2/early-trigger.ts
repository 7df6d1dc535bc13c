import type { Header } from './header.ts';

/** Up to version 2.2 these had one event; MSH-9 says no more than what they are. */
const onlyTriggers: Readonly<Record<string, string>> = { ORM: 'O01', ORU: 'R01' };

/**
 * The header with its trigger event, where MSH-9 has none: versions up to 2.2 say it in EVN-1
 * (HL7 v2.1 section 2.4.1.9, v2.2 section 3.3.1).
 *
 * @param bounds Start and end of each segment in the text.
 */
export function withTrigger(header: Header, text: string, bounds: readonly number[]): Header {
  const { messageCode, triggerEvent } = header;
  if (triggerEvent !== '' || messageCode === '') return header;
  const trigger = eventOf(header, text, bounds) ?? onlyTriggers[messageCode];
  if (trigger === undefined) return header;
  return { ...header, triggerEvent: trigger, messageType: `${messageCode}^${trigger}` };
}

function eventOf(
  { fieldSeparator }: Header,
  text: string,
  bounds: readonly number[],
): string | undefined {
  for (let at = 0; at < bounds.length; at += 2) {
    const start = bounds[at]!;
    if (!text.startsWith(`EVN${fieldSeparator}`, start)) continue;
    const word = text.slice(start + 4, Math.min(start + 8, bounds[at + 1]!));
    return /^[A-Z]\d\d(?![A-Za-z\d])/.exec(word)?.[0];
  }
  return undefined;
}
