/**
 * Every sentence that the operations say, in one place, by the message id that HL7's terminology
 * ecosystem gives it. Tools compare these ids, and tests the words.
 */
export const messages = {
  VALUESET_SUPPLEMENT_MISSING: (url: string) => `Required supplement not found: ${url}`,
  Display_Name_for__should_be_one_of__instead_of: (
    display: string,
    code: string,
    valid: string,
    languages: string,
  ) => `Wrong Display Name '${display}' for ${code}. ${valid} (for the language(s) '${languages}')`,
  Display_Name_WS_for__should_be_one_of__instead_of: (
    display: string,
    code: string,
    valid: string,
    languages: string,
  ) =>
    `Wrong whitespace in Display Name '${display}' for ${code}. ${valid} ` +
    `(for the language(s) '${languages}')`,
  NO_VALID_DISPLAY_FOUND_NONE_FOR_LANG_OK: (display: string, code: string, languages: string) =>
    `There are no valid display names found for the code ${code} for language(s) ` +
    `'${languages}'. The display is '${display}' which is a valid display for the default language`,
  NO_VALID_DISPLAY_FOUND_NONE_FOR_LANG_ERR: (
    display: string,
    code: string,
    languages: string,
    fallback: string,
  ) =>
    `Wrong Display Name '${display}' for ${code}. There are no valid display names found for ` +
    `language(s) '${languages}'. Default display is '${fallback}'`,
  INVALID_DISPLAY_NAME: (language: string) => `Invalid displayLanguage: '${language}'`,
  INACTIVE_DISPLAY_FOUND: (display: string, code: string, valid: string) =>
    `'${display}' is no longer considered a correct display for code '${code}' ` +
    `(status = deprecated). The correct display is one of ${valid}.`,
  CODESYSTEM_CS_NO_SUPPLEMENT: (canonical: string) =>
    `CodeSystem ${canonical} is a supplement, so can't be used as a value in Coding.system`,
  CONCEPT_DEPRECATED_IN_VALUESET: (
    code: string,
    system: string,
    status: string,
    valueSet: string,
  ) =>
    `The presence of the concept '${code}' in the system '${system}' in the value set ` +
    `${valueSet} is marked with a status of ${status} and its use should be reviewed`,
  DEPRECATED_CONCEPT_FOUND: (code: string) =>
    `The concept '${code}' is deprecated and its use should be reviewed`,
  INACTIVE_CONCEPT_FOUND: (code: string, status: string) =>
    `The concept '${code}' has a status of ${status} and its use should be reviewed`,
  STATUS_CODE_WARNING_CODE: (code: string) => `The concept '${code}' is valid but is not active`,
  None_of_the_provided_codes_are_in_the_value_set_one: (code: string, valueSet: string) =>
    `The provided code '${code}' was not found in the value set '${valueSet}'`,
  TX_GENERAL_CC_ERROR_MESSAGE: (valueSet: string) =>
    `No valid coding was found for the value set '${valueSet}'`,
  Unknown_Code_in_Version: (code: string, system: string, version: string) =>
    `Unknown code '${code}' in the CodeSystem '${system}'` +
    (version === '' ? '' : ` version '${version}'`),
  UNKNOWN_CODE_IN_FRAGMENT: (code: string, system: string, version: string) =>
    `Unknown Code '${code}' in the CodeSystem '${system}'` +
    `${version === '' ? '' : ` version '${version}'`} - note that the code system is labeled ` +
    'as a fragment, so the code may be valid in some other fragment',
  UNABLE_TO_INFER_CODESYSTEM: (code: string, valueSet: string) =>
    `The System URI could not be determined for the code '${code}' in the ValueSet '${valueSet}'`,
  Unable_to_resolve_system__value_set_has_multiple_matches: (
    code: string,
    valueSet: string,
    systems: readonly string[],
  ) =>
    `The System URI could not be determined for the code '${code}' in the ValueSet ` +
    `'${valueSet}': value set expansion has multiple matches: [${systems.join(', ')}]`,
  Unable_to_resolve_value_Set_: (canonical: string) =>
    `A definition for the value Set '${canonical}' could not be found`,
  VS_EXP_IMPORT_UNK: (url: string) => `Unable to find included value set '${url}'`,
  VS_EXP_IMPORT_UNK_PINNED: (url: string, version: string) =>
    `Unable to find included value set '${url}' version '${version}'`,
  UNKNOWN_CODESYSTEM: (url: string) =>
    `A definition for CodeSystem '${url}' could not be found, so the code cannot be validated`,
  UNKNOWN_CODESYSTEM_EXP: (url: string) =>
    `A definition for CodeSystem '${url}' could not be found, so the value set cannot be expanded`,
  UNKNOWN_CODESYSTEM_VERSION: (url: string, version: string, known: string) =>
    `A definition for CodeSystem '${url}' version '${version}' could not be found, so the code ` +
    `cannot be validated. Valid versions: ${known}`,
  UNKNOWN_CODESYSTEM_VERSION_NONE: (url: string, version: string) =>
    `A definition for CodeSystem '${url}' version '${version}' could not be found, so the code ` +
    'cannot be validated. No versions of this code system are known',
  UNKNOWN_CODESYSTEM_VERSION_EXP: (url: string, version: string, known: string) =>
    `A definition for CodeSystem '${url}' version '${version}' could not be found, so the value ` +
    `set cannot be expanded. Valid versions: ${known}`,
  UNKNOWN_CODESYSTEM_VERSION_EXP_NONE: (url: string, version: string) =>
    `A definition for CodeSystem '${url}' version '${version}' could not be found, so the value ` +
    'set cannot be expanded. No versions of this code system are known',
  VALUESET_VALUE_MISMATCH: (system: string, version: string, given: string) =>
    `The code system '${system}' version '${version}' in the ValueSet include is different to ` +
    `the one in the value ('${given}')`,
  VALUESET_VALUE_MISMATCH_DEFAULT: (system: string, version: string, given: string) =>
    `The code system '${system}' version '${version}' for the versionless include in the ` +
    `ValueSet include is different to the one in the value ('${given}')`,
  VALUESET_VALUE_MISMATCH_CHANGED: (
    system: string,
    version: string,
    original: string,
    given: string,
  ) =>
    `The code system '${system}' version '${version}' resulting from the version '${original}' ` +
    `in the ValueSet include is different to the one in the value ('${given}')`,
  VALUESET_VERSION_CHECK: (system: string, version: string, required: string) =>
    `The version '${version}' is not allowed for system '${system}': required to be ` +
    `'${required}' by a version-check parameter`,
  Terminology_TX_System_ValueSet2: (url: string) =>
    `The Coding references a value set, not a code system ('${url}')`,
  Terminology_TX_System_Relative: () =>
    'Coding.system must be an absolute reference, not a local reference',
  Coding_has_no_system__cannot_validate: () =>
    'Coding has no system. A code with no system has no defined meaning, and it cannot be ' +
    'validated. A system should be provided',
  UNABLE_TO_HANDLE_SYSTEM_FILTER_WITH_NO_VALUE: (system: string, property: string, op: string) =>
    `The system ${system} filter with property = ${property}, op = ${op} has no value`,
  FILTER_NOT_UNDERSTOOD: (system: string, property: string, op: string, value: string) =>
    `The filter "${property} ${op} ${value}" from the value set was not understood in the ` +
    `context of ${system}`,
  VALUESET_CIRCULAR_REFERENCE: (url: string, path: readonly string[]) =>
    `Found a circularity pointing to ${url} processing ValueSet with pathway ` +
    `[${path.join(', ')}]`,
  VALUESET_TOO_COSTLY: (valueSet: string, limit: number) =>
    `The value set '${valueSet}' expansion has too many codes to produce (>${limit})`,
  VALUESET_NOT_ENUMERABLE: (system: string) =>
    `The code system '${system}' has a grammar and cannot be enumerated; filter or list codes`,
  ABSTRACT_CODE_NOT_ALLOWED: (code: string) =>
    `Code '${code}' is abstract, and not allowed in this context`,
  CODE_CASE_DIFFERENCE: (given: string, correct: string, system: string) =>
    `The code '${given}' differs from the correct code '${correct}' by case. Although the code ` +
    `system '${system}' is case insensitive, implementers are strongly encouraged to use the ` +
    'correct case anyway',
  MSG_DEPRECATED: (type: string, what: string) => `Reference to deprecated ${type} ${what}`,
  MSG_WITHDRAWN: (type: string, what: string) => `Reference to withdrawn ${type} ${what}`,
  MSG_RETIRED: (type: string, what: string) => `Reference to retired ${type} ${what}`,
  MSG_EXPERIMENTAL: (type: string, what: string) => `Reference to experimental ${type} ${what}`,
  MSG_DRAFT: (type: string, what: string) => `Reference to draft ${type} ${what}`,
  CLOSURE_TOO_COSTLY: (limit: number) => `A closure table holds at most ${limit} codes`,
  CONCEPT_MAP_NOT_FOUND: (canonical: string) =>
    `A definition for the concept map '${canonical}' could not be found`,
  NOTHING_TO_VALIDATE: () =>
    'Unable to find code to validate (looked for coding | codeableConcept | code+system | ' +
    'code+inferSystem in parameters',
} as const;

export type MessageId = keyof typeof messages;

/** "1", "1 or 2", "1, 2 or 3". */
export function choices(all: readonly string[]): string {
  if (all.length < 2) return all[0] ?? '';
  return `${all.slice(0, -1).join(', ')} or ${all.at(-1)}`;
}
