import type { AckRule } from '../../transforms/hl7v2/index.ts';
import type { Address } from './dial.ts';
import type { Reply } from './reply.ts';

export type Target = Address & {
  readonly ackMs: number;
  /** From the accept acknowledgement to that of the application. */
  readonly applicationMs: number;
  /** False closes the connection after each answer, for receivers that can do no more. */
  readonly keepOpen: boolean;
};

/** What the receiver of a message in enhanced mode will say, by its MSH-15 and MSH-16. */
export type Wants = {
  readonly accept: AckRule;
  readonly application: AckRule;
  /** The application acknowledgement is waited for as well. */
  readonly isAwaited: boolean;
};

/** What became of one message. */
export type Exchange =
  /** `isAccepted`: it is the answer of the application to a message that was accepted before. */
  | { readonly kind: 'answered'; readonly reply: Reply; readonly isAccepted: boolean }
  /** It was accepted; what came of it is not known (yet). */
  | { readonly kind: 'accepted' }
  /** It was sent, and the peer was to keep silent, as it did. */
  | { readonly kind: 'unasked' }
  /** Nothing was sent. */
  | { readonly kind: 'unreachable'; readonly cause: string }
  /** It was sent; whether the peer has it nobody knows. */
  | { readonly kind: 'unanswered'; readonly cause: string };
