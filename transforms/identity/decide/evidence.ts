import type { EvidenceGroup } from '../assessment.ts';
import type { IdentityPolicy } from '../policy/index.ts';
import type { KnowsName } from './crossing.ts';
import { agrees, isMistypedNumber, isSameName, type Pair } from './pair.ts';

/** What is known beside the two records of how common their values are. */
export type AssessmentContext = {
  /** The shared address is one of more records than a household has: a dormitory, a prison. */
  readonly isPlaceCrowded?: boolean;
  /** The shared phone or e-mail is one of more records than a household has. */
  readonly isContactCrowded?: boolean;
  /** Whether people are given this name; a list of common ones when absent. */
  readonly isName?: KnowsName;
};

/** The groups of evidence that agree; what is unknown or crowded never does. */
export function agreeingGroups(pair: Pair, context: AssessmentContext = {}): EvidenceGroup[] {
  const { given, family, birth, sharesPlace, sharesContact, strong } = pair;
  const groups: EvidenceGroup[] = [];
  if (agrees(given) && agrees(family)) groups.push('name');
  if (birth === 'equal') groups.push('birth');
  if (sharesPlace && !context.isPlaceCrowded) groups.push('place');
  if (sharesContact && !context.isContactCrowded) groups.push('contact');
  if (
    strong.personalAgrees ||
    strong.familyAgrees ||
    isMisreadNumber(pair) ||
    isMistypedNumber(pair)
  )
    groups.push('identifier');
  return groups;
}

/**
 * Numbers that one digit tells apart are one number where name and birth date are the same: two
 * strangers who share these do not have neighbouring numbers, and twins do not share their name.
 */
const isMisreadNumber = ({ strong, given, family, birth }: Pair): boolean =>
  strong.isMisread && isSameName(given) && agrees(family) && birth === 'equal';

/** A household shares its home, its phone and its surname; not its given names and birth dates. */
const ofOnePerson: readonly EvidenceGroup[] = ['name', 'birth', 'identifier'];

/** Strangers share names and birth dates; not homes, phones and numbers. */
const notOfStrangers: readonly EvidenceGroup[] = ['place', 'contact', 'identifier'];

/**
 * Whether enough groups agree for a link that nobody looks at: the policy's number of them, one
 * that a household does not share, and one that two strangers of one name and age do not.
 */
export function isEnoughEvidence(
  policy: IdentityPolicy,
  agreeing: readonly EvidenceGroup[],
): boolean {
  return (
    agreeing.length >= policy.thresholds.evidenceGroups &&
    agreeing.some((group) => ofOnePerson.includes(group)) &&
    agreeing.some((group) => notOfStrangers.includes(group))
  );
}
