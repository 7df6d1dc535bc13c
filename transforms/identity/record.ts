/** An identifier that can stand for a person: a value within one assigning authority. */
export type PersonIdentifier = {
  /** URI of the assigning authority. */
  readonly system: string;
  /** Trimmed, as the source wrote it; comparisons use a form without case and punctuation. */
  readonly value: string;
  /** Code of HL7 table 0203 where the source gave one: `MR`, `SS`, `PPN`. */
  readonly type?: string;
};

/** A name, normalised; an absent part is unknown. Upper-case A-Z and single blanks only. */
export type PersonName = {
  /** First given name. */
  readonly given?: string;
  /** The further given names, in order. */
  readonly middle?: readonly string[];
  /**
   * Without suffix; particles joined (`VANDERBERG`), a double surname with one blank between its
   * parts, see `surnames`.
   */
  readonly family?: string;
  /** The parts of a double surname (`GARCIA`, `LOPEZ`); one part for all others. */
  readonly surnames?: readonly string[];
  /** `JR`, `SR`, `II`, `III`, `IV`. */
  readonly suffix?: string;
  /** Former, maiden or alias: compared as an alternative, never against the own current name. */
  readonly isFormer?: true;
};

export type PersonAddress = {
  /** House number and street, abbreviations expanded, upper-case. */
  readonly line?: string;
  readonly city?: string;
  readonly state?: string;
  /** Letters and digits only. */
  readonly postalCode?: string;
  readonly country?: string;
};

/** Why an attribute was made unknown, or must be doubted. */
export type RecordFlag =
  | 'placeholder-name'
  | 'newborn-name'
  | 'placeholder-birth-date'
  /** A date that is in no calendar; its digits are kept. */
  | 'impossible-date'
  | 'placeholder-identifier'
  | 'placeholder-phone'
  | 'placeholder-address';

/** An inpatient stay, ISO instants; an open one has no end. */
export type InpatientStay = {
  readonly facility: string;
  readonly from: string;
  readonly to?: string;
};

/**
 * A person as one source's record knows them, normalised. What is absent is unknown: it is never
 * evidence for or against anything.
 */
export type PersonRecord = {
  /** Current first. */
  readonly names: readonly PersonName[];
  /**
   * `YYYY-MM-DD`, or `YYYY-MM` or `YYYY` when no more is known. Flagged `impossible-date` when no
   * calendar has it: a day with a typing error.
   */
  readonly birthDate?: string;
  readonly sex?: 'female' | 'male' | 'other';
  /** Current first. */
  readonly addresses: readonly PersonAddress[];
  /** National significant digits, 7 to 15 of them. */
  readonly phones: readonly string[];
  /** Lower-case. */
  readonly emails: readonly string[];
  readonly identifiers: readonly PersonIdentifier[];
  /** True when the source says that the person is one of several born together. */
  readonly isMultipleBirth?: boolean;
  readonly birthOrder?: number;
  readonly mothersMaidenName?: string;
  /** Identifiers of the mother (PID-21). */
  readonly motherIdentifiers?: readonly PersonIdentifier[];
  /** `true` when the day is not known. */
  readonly deceased?: string | true;
  /** ISO date of the last contact that a living person must have had (admission, specimen). */
  readonly lastActive?: string;
  readonly stays?: readonly InpatientStay[];
  readonly flags: readonly RecordFlag[];
};

/** Of whom nothing is known yet. */
export const unknownPerson: PersonRecord = {
  names: [],
  addresses: [],
  phones: [],
  emails: [],
  identifiers: [],
  flags: [],
};

/** Raised whenever a normaliser gives another result for the same input; stored by record. */
export const normalisationVersion = 1;
