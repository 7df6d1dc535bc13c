// Rows of HL7's tables that the base leaves on purpose, each with its reason.
import type { Row } from './tables.ts';

type Reason = { readonly why: string; is(row: Row): boolean };

const reasons: readonly Reason[] = [];

/** Why a row is left on purpose; undefined when it is not. */
export const leftOf = (row: Row): string | undefined => reasons.find((one) => one.is(row))?.why;
