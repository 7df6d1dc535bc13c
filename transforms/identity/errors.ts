import { exitCodes, PlexusError } from '../../engine/index.ts';

/** Why persons or records cannot be joined, taken apart or judged; the codes are stable. */
const refusals = {
  'identity-merge-into-itself': 'a person cannot be merged into itself',
  'identity-merge-cycle': 'the two already are one person, so this merge would close a cycle',
  'identity-do-not-link': 'a steward said that two of these records are different persons',
  'identity-cluster-cap': 'the person would have more records than the policy allows',
  'identity-vetoed': 'a veto keeps records of the two persons apart; a steward must decide',
  'identity-second-person':
    'a veto speaks against it, so a second, other person must agree (`second`)',
  'identity-unknown-person': 'no person has this id',
  'identity-unknown-record': 'no record has this number',
  'identity-ambiguous': 'several persons carry this number; name one by a number of its own',
  'identity-not-merged': 'this is no merge, or it has been undone already',
  'identity-not-a-member': 'a record that was named does not belong to this person',
  'identity-nothing-to-split': 'at least one record must go and one must stay',
  'identity-unknown-review': 'no review has this number',
  'identity-review-closed': 'this review has been decided already',
  'identity-review-choice': 'the record that was chosen is not one of the candidates',
  'identity-review-outcome': 'this outcome does not apply to one record alone',
} as const;

export type RefusalCode = keyof typeof refusals;

/** An order that the identity registry cannot follow; nothing was changed. */
export function identityRefusal(code: RefusalCode): PlexusError {
  return new PlexusError(code, refusals[code], { exit: exitCodes.usage });
}
