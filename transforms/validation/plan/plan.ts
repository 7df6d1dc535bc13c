import type { Walk } from './walk.ts';

/**
 * Checks one value, the walk standing at it. `type` is the FHIR type that it was written as,
 * `extra`
 * the sibling of a primitive that holds its id and extensions.
 */
export type Check = (value: unknown, walk: Walk, type: string, extra?: unknown) => void;

export type Holder = Readonly<Record<string, unknown>>;

/** How a member of an object is checked. One element with a choice of types has several. */
export type Slot = {
  /** As FHIRPath says it: `value`, where JSON says `valueQuantity`. */
  readonly name: string;
  /** This element's bit in what an object was seen to hold. */
  readonly bit: number;
  readonly isChoice: boolean;
  /**
   * Checks a member; `holder` is the object it stands in, where that has siblings of primitives
   * (`_birthDate`): to ask each object for each sibling costs more than the checks.
   */
  readonly check: (value: unknown, walk: Walk, holder: Holder | undefined) => void;
};

/** A member that must be there. */
export type Needed = {
  readonly name: string;
  readonly bit: number;
  readonly message: string;
};

/** How an object of one type, or below one element of a profile, is checked. */
export type ObjectPlan = {
  readonly slots: ReadonlyMap<string, Slot>;
  readonly needed: readonly Needed[];
  /** The bits of all that is needed. */
  readonly neededBits: number;
  /**
   * Elements that may be of several types, to say what is wrong with a type that is not allowed.
   */
  readonly choices: readonly string[];
  /** After the members: invariants and what else is about the object as a whole. */
  readonly rules: readonly Check[];
  readonly isResource: boolean;
};
