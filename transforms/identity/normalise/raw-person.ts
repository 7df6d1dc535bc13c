import type { InpatientStay } from '../record.ts';
import type { DateOrder } from './dates.ts';

export type RawName = {
  /** All given names in one text, or one a string; the first is the given name. */
  readonly given?: string | readonly string[];
  readonly middle?: string | readonly string[];
  readonly family?: string;
  readonly suffix?: string;
  /** Maiden, former or alias. */
  readonly isFormer?: boolean;
};

export type RawAddress = {
  readonly line?: string | readonly string[];
  readonly city?: string;
  readonly state?: string;
  readonly postalCode?: string;
  readonly country?: string;
};

export type RawIdentifier = {
  /** URI of the assigning authority. */
  readonly system: string;
  readonly value: string;
  /** Codes of HL7 table 0203. */
  readonly type?: string | readonly string[];
  readonly isOld?: boolean;
};

/** A person as a source wrote them: whatever text it had, in whatever form. */
export type RawPerson = {
  /** Current first. */
  readonly names?: readonly RawName[];
  readonly birthDate?: string;
  /** How this source writes dates that have their year last; month-first when absent. */
  readonly dateOrder?: DateOrder;
  /** HL7v2 (`F`, `M`), FHIR (`female`), digits (`1` male, `2` female: ISO/IEC 5218). */
  readonly sex?: string;
  /** Current first. */
  readonly addresses?: readonly RawAddress[];
  readonly phones?: readonly string[];
  readonly emails?: readonly string[];
  readonly identifiers?: readonly RawIdentifier[];
  readonly isMultipleBirth?: boolean;
  readonly birthOrder?: number;
  readonly mothersMaidenName?: string;
  readonly motherIdentifiers?: readonly RawIdentifier[];
  readonly deceased?: string | boolean;
  readonly lastActive?: string;
  readonly stays?: readonly InpatientStay[];
};
