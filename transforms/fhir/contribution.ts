import type { Gate, Issue } from '../../engine/index.ts';
import type { Run } from './origins.ts';
import type { Sent } from './sent.ts';

/**
 * What one message says about one resource. A mapping emits, for each top-level element, set,
 * remove or (by not naming it) untouched; the stored resource is the fold of its contributions in
 * the order of the messages that brought them (docs/decisions, issue "history again").
 */
export type Contribution = {
  readonly type: string;
  /** uuidv5 of source, type and business key: a resend gives the same id. */
  readonly id: string;
  /** Element name to its whole value; a field that is sent replaces its repetitions. */
  readonly set: Readonly<Record<string, unknown>>;
  /**
   * For lists of `set` that several fields fill: what of it each of them gave, from the first item
   * on. It replaces what these fields gave before; what others gave stays.
   */
  readonly origins?: Readonly<Record<string, readonly Run[]>>;
  /**
   * Elements that the sender emptied (`""`), and the other forms of a choice element that is set;
   * `period.end` is a member of an element, `telecom:PID-14` what one field gave to it.
   */
  readonly remove: readonly string[];
  /**
   * Elements of `set` that join what is there, where all others replace it: a list keeps the items
   * that it does not name again, as identifiers end only by merge or change; an object keeps the
   * members that were not sent.
   */
  readonly joins?: readonly string[];
  /**
   * Items that are taken out of an element before `set` is applied: each goes that has all the
   * members of one of these.
   */
  readonly without?: Readonly<Record<string, readonly unknown[]>>;
  /**
   * Values for elements that have none yet, such as the status of an encounter first heard of by an
   * A08: the fold takes one only where neither an earlier message nor `set` gave the element a
   * value.
   */
  readonly initial?: Readonly<Record<string, unknown>>;
  /** The sender sent the resource whole (FHIR): what `set` does not name is gone. */
  readonly whole?: true;
  readonly corrects?: Correction;
  /** The resource is there no more; what is said of it later begins it anew. */
  readonly deleted?: true;
  /** FHIR only: how the sender addresses the resource, and what the store has to decide. */
  readonly sent?: Sent;
};

/**
 * The message says that it corrects, deletes or cancels what an earlier one told. Whether there is
 * such an earlier one, only the store knows: it holds the message when not exactly one is meant.
 */
export type Correction = {
  /** Where the message says so, e.g. `OBX-11`. */
  readonly path: string;
  readonly offset?: number;
  /** Id that one more resource of the same business key would have: then it is not clear which. */
  readonly rival: string;
  /** A cancellation may also be the first that is heard of a result. */
  readonly mayBeFirst?: true;
};

/** The body of a Work after `convert`; `translate` and `identify` add to it, `store` writes it. */
export type Conversion = {
  /** e.g. `ADT^A01`, or `Bundle` for FHIR input. */
  readonly messageType: string;
  readonly controlId: string;
  readonly contributions: readonly Contribution[];
  /** FHIR only: the contributions are requests for different resources, all granted or none. */
  readonly isTransaction?: true;
  /** Populated fields that no rule read, as `PID-11`, each once: the loss report. */
  readonly unvisited: readonly string[];
  readonly issues: readonly Issue[];
  /** CodeableConcepts that the mapping wants translated by a pinned map. */
  readonly marks: readonly Mark[];
  /** The lists that the message gives, whole or in part; absent where it gives none. */
  readonly lists?: readonly Listing[];
  /** What moves to another patient, and all that belongs to it; absent in all but a few. */
  readonly moves?: readonly Move[];
  /** What the message says of who is whom; absent in all but a few. */
  readonly statements?: readonly IdentityStatement[];
  readonly provenance: Provenance;
  /** Judges each resource as the message would leave it; set by the stage `validate`. */
  readonly gate?: Gate;
};

/**
 * A list such as the allergies of a patient, as one message gives it (HL7 v2.5.1, section 2.10.4).
 * What the list held before, and a whole one leaves out, is ended; that is decided where the
 * resources are folded, in the order of the messages.
 */
export type Listing = {
  /** Whose list it is: `Patient/id`, or `Encounter/id`. */
  readonly scope: string;
  /** Id of the mapping's row: a patient has several lists. */
  readonly row: string;
  /** Type of the resources it lists. */
  readonly type: string;
  /** False where the message speaks of changes only, or an item of it could not be read. */
  readonly whole: boolean;
  /** Ids of the resources that it lists. */
  readonly listed: readonly string[];
  /** Ids of those that are on it no longer, and whose own contribution says what became of them. */
  readonly gone: readonly string[];
  /** What ending sets; null removes. */
  readonly ended: Readonly<Record<string, unknown>>;
};

/**
 * A visit, an account or a file is of another patient than was told (HL7 v2.5.1, A43 to A45). What
 * messages told of it follows; that is decided where the resources are folded.
 */
export type Move = {
  /** `Encounter/id`, `Account/id`, or the file`s own `Patient/id`. */
  readonly what: string;
  /** `Patient/id`. */
  readonly from: string;
  readonly to: string;
};

/** A patient as a statement names them: by identifiers, or by the id of their resource. */
export type StatedPatient = {
  readonly identifiers: readonly StatedIdentifier[];
  /** Id of the Patient resource, as in `Contribution.id`. */
  readonly resource?: string;
};

export type StatedIdentifier = {
  /** URI of the assigning authority; absent where the sender named none. */
  readonly system?: string;
  readonly value: string;
  /** Code of HL7 table 0203. */
  readonly type?: string;
};

/**
 * What a source says of two of its patients (HL7 v2.5.1 chapter 3, FHIR R4 Patient.link):
 * `merge`: `other` was recorded twice and is `kept` from now on; `change`: the number of `other` is
 * now that of `kept`; `link` and `unlink`: the two are, or are not, one person, and both files
 * stay.
 */
export type IdentityStatement = {
  readonly verb: 'merge' | 'change' | 'link' | 'unlink';
  /** What said it: a trigger event (`A40`), or `replaced-by`. */
  readonly trigger: string;
  readonly kept: StatedPatient;
  readonly other: StatedPatient;
};

/** Points at one CodeableConcept inside a contribution's `set`. */
export type Mark = {
  /** Index into `contributions`. */
  readonly contribution: number;
  /** e.g. `['code']` or `['component', 0, 'code']`. */
  readonly path: readonly (string | number)[];
  /** What it is for, e.g. `lab-code`; the channel's translate stage pins a map release to it. */
  readonly use: string;
};

/** What a resource knows of its origin; `store` writes it beside each version. */
export type Provenance = {
  /** `name@hash` of the mapping. */
  readonly mapping: string;
  /** Map releases that translated its codes, `facility/name@version`. */
  readonly maps: readonly string[];
  /** The identity decision, once `identify` has made one. */
  readonly identity?: IdentityDecision;
};

export type IdentityDecision = {
  /** Enterprise person id (uuid). */
  readonly person: string;
  /** How it came about: `new`, or `exact-identifier`. */
  readonly method: string;
  /** The identifier that decided, as `system|value`; never logged. */
  readonly by: string;
};
