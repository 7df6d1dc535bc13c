import type { Issue } from '../../../engine/index.ts';

const issue = (
  severity: Issue['severity'],
  code: string,
  diagnostics: string,
  path = 'Patient.identifier',
): Issue => ({ severity, code, diagnostics, path });

/** Everything that the identify stage may remark; none of them stops a message. */
export const identityIssues = {
  placeholder: issue(
    'information',
    'identity-placeholder',
    'an identifier of this patient is a placeholder and was not used to link',
  ),
  unresolved: issue(
    'warning',
    'identity-unresolved',
    'this patient has no identifier of a known authority, so no person was linked',
  ),
  review: issue(
    'information',
    'identity-review',
    'somebody on file may be this patient; a steward was asked, and nobody was linked',
    'Patient',
  ),
  overlay: issue(
    'warning',
    'identity-overlay',
    'this number was that of a patient with another name, birth date and sex or family name',
  ),
  unlinked: issue(
    'warning',
    'identity-unlinked',
    'what this message says contradicts an automatic link, which was taken back for review',
    'Patient',
  ),
  hotKey: issue(
    'information',
    'identity-key-hot',
    'very many records share a phone, address or name with this patient; only those that share ' +
      'more were compared',
    'Patient',
  ),
  hidden: issue(
    'warning',
    'identity-not-findable',
    'all that is known of this patient, or of one before, is shared by too many records to be ' +
      'compared with each',
    'Patient',
  ),
  statementUnusable: issue(
    'warning',
    'identity-statement-unusable',
    'this merge, link or change of number names a patient by no number that can be used',
  ),
  mergeIntoItself: issue(
    'warning',
    'identity-merge-into-itself',
    'this message merges or links a number with itself, so nothing was done',
  ),
  mergeNumberUnknown: issue(
    'information',
    'identity-merge-number-unknown',
    'the number that was merged or changed had never been seen; it names the survivor from now on',
  ),
  mergeCycle: issue(
    'warning',
    'identity-merge-cycle',
    'these two numbers were merged the other way round before, so nothing was done',
  ),
  mergeVetoed: issue(
    'warning',
    'identity-merge-vetoed',
    'this merge joins records that a rule keeps apart; the persons stay apart until a steward ' +
      'has decided',
  ),
  mergeAcrossAuthorities: issue(
    'warning',
    'identity-merge-across-authorities',
    'this message merges numbers of two assigning authorities; a steward was asked',
  ),
  linkUnknown: issue(
    'information',
    'identity-link-unknown',
    'this message links or unlinks a patient of whom there is no record',
  ),
  shadowDisagrees: issue(
    'information',
    'identity-shadow-disagrees',
    'the candidate policy would have decided otherwise; nothing came of it',
    'Patient',
  ),
  shadowSkipped: issue(
    'information',
    'identity-shadow-skipped',
    'the candidate policy was not asked: the decision had too many pairs of records',
    'Patient',
  ),
} as const satisfies Readonly<Record<string, Issue>>;

const byCode = new Map<string, Issue>(Object.values(identityIssues).map((one) => [one.code, one]));

/** Throws for a code that is none of these. */
export function identityIssue(code: string): Issue {
  const found = byCode.get(code);
  if (found === undefined) throw new Error('an issue of identity that is not known');
  return found;
}
