export { type DateOrder, dateOrderIn, normaliseDate } from './dates.ts';
export { comparableValue, normaliseIdentifiers } from './identifiers.ts';
export { plainLetters, plainWords } from './letters.ts';
export { normalisePerson, rawOf } from './person.ts';
export type { RawAddress, RawIdentifier, RawName, RawPerson } from './raw-person.ts';
export { normaliseEmail, normalisePhone } from './telecom.ts';
