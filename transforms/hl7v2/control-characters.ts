/**
 * Control characters but TAB, LF and CR, which no FHIR string may have
 * (https://hl7.org/fhir/R4/datatypes.html#string) and no HL7 text means: padding and damage.
 */
const controls = /[\x00-\x08\x0b\x0c\x0e-\x1f]/;
const allControls = /[\x00-\x08\x0b\x0c\x0e-\x1f]/g;

export const hasControls = (text: string): boolean => controls.test(text);

/** A blank for each: positions in the text stay those of the bytes. */
export const withoutControls = (text: string): string =>
  hasControls(text) ? text.replace(allControls, ' ') : text;
