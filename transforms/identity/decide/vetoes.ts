import type { Veto } from '../assessment.ts';
import type { IdentityPolicy } from '../policy/index.ts';
import { isDeathBeforeActivity, isMother, isNameless, staysOverlap } from './circumstances.ts';
import { agrees, isMistypedNumber, isOneSpelling, isSameName, type Pair } from './pair.ts';

/** A rule that no score overrides: two records on which it fires are never linked by themselves. */
export type VetoRule = {
  /** Stable; stored with each assessment. */
  readonly id: string;
  /** What a steward reads beside the pair. */
  readonly text: string;
  /** Who may change the rule. */
  readonly owner: 'health-information-management' | 'neonatology' | 'patient-safety';
  /** Symmetric in the two records. */
  readonly fires: (pair: Pair, policy: IdentityPolicy) => boolean;
};

/** The register, in the order in which a steward reads the reasons. */
export const pairVetoes: readonly VetoRule[] = [
  {
    id: 'strong-identifier-conflict',
    text: 'One authority, which gives each person one number, gave these two different numbers.',
    owner: 'health-information-management',
    fires: (pair) => pair.strong.conflicts || isOtherNumber(pair),
  },
  {
    id: 'given-name-conflict',
    text: 'The given names are two different names, and no number of one person alone agrees.',
    owner: 'health-information-management',
    fires: (pair) => pair.given === 'different' && !isOnePersonsNumber(pair),
  },
  {
    id: 'given-name-unknown',
    text: 'The given name of one is unknown: it may be a brother, a sister or a twin.',
    owner: 'patient-safety',
    fires: (pair) => pair.given === 'unknown' && !isOnePersonsNumber(pair),
  },
  {
    id: 'birth-date-conflict',
    text: 'The birth dates are not the same, and no strong identifier outweighs it.',
    owner: 'health-information-management',
    fires: (pair) => isOtherBirthDate(pair) && !outweighsBirthDate(pair),
  },
  {
    id: 'birth-date-unknown',
    text: 'The birth date of one is unknown: parent and child may share all the rest.',
    owner: 'patient-safety',
    fires: (pair) => pair.birth === 'unknown' && !isOnePersonsNumber(pair),
  },
  {
    id: 'suffix-conflict',
    text: 'The suffixes tell father and son apart: they differ, or one has one and the ages do.',
    owner: 'health-information-management',
    fires: (pair) => hasOtherSuffix(pair),
  },
  {
    id: 'sex-with-given-name',
    text: 'The sex differs, and the given names are not the same.',
    owner: 'health-information-management',
    fires: ({ sexesDiffer, given }) => sexesDiffer && !isSameName(given),
  },
  {
    id: 'multiple-birth',
    text: 'Born together with others: birth order or given names differ, or are not known.',
    owner: 'neonatology',
    fires: (pair) => isBornTogether(pair) && !isSameChild(pair),
  },
  {
    id: 'mother-identifier',
    text: 'One is the mother of the other.',
    owner: 'neonatology',
    fires: ({ a, b }) => isMother(a, b) || isMother(b, a),
  },
  {
    id: 'placeholder-name',
    text: 'One has only a placeholder for a name: BABY BOY, UNKNOWN, TEST.',
    owner: 'neonatology',
    fires: ({ a, b }) => isNameless(a) || isNameless(b),
  },
  {
    id: 'similar-twins',
    text: 'Born on the same day, and the given names are not quite the same: perhaps twins.',
    owner: 'patient-safety',
    fires: (pair) => areLikeTwins(pair) && !outweighsSpelling(pair),
  },
  {
    id: 'death-before-activity',
    text: 'One had died before the other was last seen alive.',
    owner: 'patient-safety',
    fires: ({ a, b }, { vetoes }) =>
      isDeathBeforeActivity(a, b, vetoes.graceDaysAfterDeath) ||
      isDeathBeforeActivity(b, a, vetoes.graceDaysAfterDeath),
  },
  {
    id: 'overlapping-stays',
    text: 'Both were inpatients at the same time, in two hospitals.',
    owner: 'patient-safety',
    fires: ({ a, b }, { vetoes }) => staysOverlap(a, b, vetoes.stayOverlapHours),
  },
];

/** The vetoes that fire on a pair, in the order of the register. */
export function vetoesOf(policy: IdentityPolicy, pair: Pair): Veto[] {
  return pairVetoes.filter((rule) => rule.fires(pair, policy)).map(({ id }) => ({ id }));
}

/** A number nearly the same is another number, unless name and birth date say whose it is. */
function isOtherNumber(pair: Pair): boolean {
  const { strong, given, birth } = pair;
  if (!strong.isMisread || isMistypedNumber(pair)) return false;
  return !(agrees(given) && birth === 'equal');
}

/**
 * A number that is one person's alone agrees, and so do two things that a mix-up of numbers would
 * not bring along: of given name, birth date, and family name or home.
 */
function isOnePersonsNumber({ strong, given, birth, sharesHome }: Pair): boolean {
  if (!strong.personalAgrees) return false;
  const others = [agrees(given), birth === 'equal', sharesHome];
  return others.filter(Boolean).length >= 2;
}

/**
 * A family that uses one number for all is still told apart by names, not by a misspelling. Two
 * names are two persons whatever number both have, unless one is short for the other.
 */
function outweighsSpelling(pair: Pair): boolean {
  const { given, spelling, strong } = pair;
  if (given === 'different') return false;
  if (spelling === 'two-names' && given !== 'nickname') return false;
  return (
    isOnePersonsNumber(pair) || (strong.familyAgrees && isMisspelt(pair)) || isMistypedNumber(pair)
  );
}

const isMisspelt = ({ given, spelling }: Pair): boolean =>
  isOneSpelling(given) && spelling === 'typing-error';

const isOtherBirthDate = ({ birth }: Pair): boolean => birth === 'near' || birth === 'different';

/** A family's number outweighs a date misread; a father's on his son's record no other date. */
function outweighsBirthDate(pair: Pair): boolean {
  const { given, spelling, family, birth, isGenerationApart, strong, sharesHome } = pair;
  // A son has his father's name, a twin born on another day nearly the same one.
  if (!agrees(given) || isGenerationApart || spelling === 'two-names') return false;
  if (strong.personalAgrees) return sharesHome;
  if (isMistypedNumber(pair)) return true;
  const isOneName = isSameName(given) || isMisspelt(pair);
  return strong.familyAgrees && agrees(family) && birth === 'near' && isOneName;
}

function hasOtherSuffix({ a, b, birth, strong }: Pair): boolean {
  const suffixesOf = ({ names }: typeof a) => names.flatMap(({ suffix }) => suffix ?? []);
  const [own, others] = [suffixesOf(a), suffixesOf(b)];
  if (own.length > 0 && others.length > 0) return !own.some((one) => others.includes(one));
  if (own.length === 0 && others.length === 0) return false;
  return birth !== 'equal' && !strong.personalAgrees;
}

/** Of one day, or of days that a typing error tells apart; a nickname may be the twin's name. */
const areLikeTwins = ({ birth, given }: Pair): boolean =>
  (birth === 'equal' || birth === 'near') && !isSameName(given);

const isBornTogether = ({ a, b }: Pair): boolean =>
  [a, b].some((one) => one.isMultipleBirth === true || one.birthOrder !== undefined);

function isSameChild({ a, b, given }: Pair): boolean {
  const isOtherOrder =
    a.birthOrder !== undefined && b.birthOrder !== undefined && a.birthOrder !== b.birthOrder;
  return !isOtherOrder && isSameName(given);
}
