/**
 * That somebody looked at identity data or changed it: who, what, whom, why. Names persons and
 * records by their ids and holds nothing that is known of them.
 */
export type IdentityAccess = {
  /** Whose token it was. */
  readonly principal: string;
  /** The steward who answers for an order; otherwise the principal. */
  readonly by: string;
  readonly action: string;
  readonly isChange: boolean;
  /** Code of http://terminology.hl7.org/ValueSet/v3-PurposeOfUse, or `unstated`. */
  readonly purpose: string;
  readonly persons: readonly string[];
  readonly records: readonly number[];
  /** `ok`, or the code of the refusal. */
  readonly outcome: string;
};

/** Keeps accesses; MUST NOT throw. */
export type Audit = (access: IdentityAccess) => void;

/** What a handler has to tell of the people it gave out or changed. */
export type Touched = {
  readonly persons: readonly string[];
  readonly records?: readonly number[];
};

/** The header that names the purpose of use; anything that is no code is unstated. */
export function purposeOf(header: string | undefined): string {
  return header !== undefined && /^[A-Z]{3,20}$/.test(header) ? header : 'unstated';
}
