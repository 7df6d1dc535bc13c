import { type Header, peekHeader } from '../header.ts';

/** HL7 table 0155: always, never, on error or rejection only, on success only. */
export type AckRule = 'AL' | 'NE' | 'ER' | 'SU';

/**
 * What a sender wants to hear (HL7 v2.5.1 section 2.9): in original mode one answer; in enhanced
 * mode one when the receiver has made the message its own, and one when it has processed it.
 */
export type AckMode =
  | { readonly kind: 'original' }
  | {
      readonly kind: 'enhanced';
      readonly accept: AckRule;
      readonly application: AckRule;
      /** MSH-15 or MSH-16 holds what table 0155 does not. */
      readonly isUnknown: boolean;
    };

const original: AckMode = { kind: 'original' };

/**
 * Either of MSH-15 and MSH-16 makes it enhanced mode; the other, when it says nothing, is `NE`. A
 * word that the table does not have counts as `AL`: an answer too many is passed over, and one too
 * few is waited for.
 */
export function ackModeOf(header: Header | undefined): AckMode {
  if (!header) return original;
  const accept = ruleOf(header.acceptAck);
  const application = ruleOf(header.applicationAck);
  if (accept === undefined && application === undefined) return original;
  return {
    kind: 'enhanced',
    accept: accept === 'unknown' ? 'AL' : (accept ?? 'NE'),
    application: application === 'unknown' ? 'AL' : (application ?? 'NE'),
    isUnknown: accept === 'unknown' || application === 'unknown',
  };
}

/** Does the sender want the answer, which is a positive one or not? */
export function wantsAck(rule: AckRule, isPositive: boolean): boolean {
  switch (rule) {
    case 'AL':
      return true;
    case 'NE':
      return false;
    case 'ER':
      return !isPositive;
    case 'SU':
      return isPositive;
    default:
      return rule satisfies never;
  }
}

function ruleOf(field: string): AckRule | 'unknown' | undefined {
  const word = field.trim();
  switch (word) {
    case '':
    case '""':
      return undefined;
    case 'AL':
    case 'NE':
    case 'ER':
    case 'SU':
      return word;
    default:
      return 'unknown';
  }
}

/** The bytes with MSH-15 and MSH-16 put in place of what stands there; the rest as it was. */
export function applyAckRules(
  raw: Buffer,
  accept: AckRule | '',
  application: AckRule | '',
): Buffer {
  const header = peekHeader(raw);
  if (!header) return raw;
  const { start, end, fieldSeparator } = header;
  if (accept === '' && application === '' && !header.acceptAck && !header.applicationAck)
    return raw;
  // Every byte is one character here, whatever the encoding of the message.
  const separator = Buffer.from(fieldSeparator, header.bytesAs).toString('latin1');
  const fields = raw.toString('latin1', start, end).split(separator);
  while (fields.length < 16) fields.push('');
  fields[14] = accept;
  fields[15] = application;
  const msh = Buffer.from(fields.join(separator), 'latin1');
  return Buffer.concat([raw.subarray(0, start), msh, raw.subarray(end)]);
}
