/**
 * The numbers that govern linking. A policy tunes numbers; it cannot switch a veto off, and no
 * score overrides one.
 */
export type IdentityPolicy = {
  readonly thresholds: {
    /** Calibrated probability from which a record may be linked without a person looking, 0..1. */
    readonly high: number;
    /** Below it two records are distinct; from it on, what is not linked is reviewed, 0..1. */
    readonly low: number;
    /** What every member of a cluster must reach against a record that joins it, 0..1. */
    readonly member: number;
    /** By how much the best cluster must lead every other one, in bits of weight. */
    readonly marginBits: number;
    /** Independent evidence groups that must agree; one of them is not shared by a household. */
    readonly evidenceGroups: number;
  };
  /** Records in a cluster, at most; a link that would exceed it is reviewed. */
  readonly clusterCap: number;
  readonly identifiers: {
    /**
     * Codes of HL7 table 0203 of which a person has one value within one authority: equal values
     * are strong evidence, different values a conflict. An identifier without a code counts too.
     */
    readonly strongTypes: readonly string[];
    /**
     * Strong types that families use together, a mother's number for her children: agreement does
     * not outweigh what tells the members of a family apart. An empty text stands for identifiers
     * without a code, which are else taken as one person's.
     */
    readonly familyTypes: readonly string[];
    /**
     * Strong types that a hospital counts up, so that neighbours differ by one digit: a value one
     * edit away is another person's, not a misread one.
     */
    readonly countedTypes: readonly string[];
    /** Authorities whose identifiers are not strong whatever their code: visits, accounts. */
    readonly weakSystems: readonly string[];
  };
  readonly vetoes: {
    /** Years between two birth dates from which a shared name is inherited, not the same. */
    readonly generationYears: number;
    /** Days after a death in which late results and paperwork still arrive. */
    readonly graceDaysAfterDeath: number;
    /** Hours for which two stays may overlap: a transfer is closed late. */
    readonly stayOverlapHours: number;
  };
};

/** The policy of an installation that has none of its own: it would rather ask than link. */
export const builtInPolicy: IdentityPolicy = {
  thresholds: { high: 0.99, low: 0.5, member: 0.9, marginBits: 6, evidenceGroups: 2 },
  clusterCap: 30,
  identifiers: {
    strongTypes: ['SS', 'NI', 'NH', 'TAX', 'MR', 'PI', 'PT', 'PE', 'PN', 'MA', 'MC', 'SB'],
    familyTypes: ['SS', 'MA', 'MC', 'SB'],
    countedTypes: ['MR', 'PI', 'PT', 'PE', 'PN'],
    weakSystems: [],
  },
  vetoes: {
    generationYears: 12,
    graceDaysAfterDeath: 30,
    stayOverlapHours: 24,
  },
};
