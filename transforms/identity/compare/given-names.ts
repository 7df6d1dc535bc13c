import listed from './given-names.json' with { type: 'json' };
import { nicknameGroups } from './nicknames.ts';

const names = new Set(listed.flatMap((line) => line.split(' ')));

/**
 * Whether people are given this name, in upper-case A-Z: then one letter more or less makes it
 * another name and not a misspelling (Jayden, Kayden). A list of many countries' common names; a
 * rare name is not in it.
 */
export const isGivenName = (text: string): boolean =>
  names.has(text) || nicknameGroups(text).length > 0;
