import type { Verdict } from './value-sets.ts';

const shortWords = new Set(['json', 'ttl', 'xml']);
const mediaType = /^[A-Za-z0-9][\w!#$&^.+-]{0,126}\/[A-Za-z0-9*][\w!#$&^.+-]{0,126}( ?;.{1,200})?$/;

/** Code systems that are a grammar or a list that the runtime knows. */
const systems: Readonly<Record<string, (code: string) => boolean>> = {
  // Media types (RFC 6838, section 4.2), with parameters, and FHIR's own short words for three.
  'urn:ietf:bcp:13': (code) => shortWords.has(code) || mediaType.test(code),
  // Language tags (RFC 5646): well-formed is what the standard's set asks.
  'urn:ietf:bcp:47': isLanguage,
  'urn:iso:std:iso:4217': (code) => currencies().has(code),
};

export function inSystem(system: string, code: string): Verdict {
  const knows = Object.hasOwn(systems, system) ? systems[system] : undefined;
  if (knows === undefined) return 'unknown';
  return knows(code) ? 'yes' : 'no';
}

function isLanguage(code: string): boolean {
  try {
    return Intl.getCanonicalLocales(code).length === 1;
  } catch {
    return false;
  }
}

let known: ReadonlySet<string> | undefined;

function currencies(): ReadonlySet<string> {
  known ??= new Set(Intl.supportedValuesOf('currency'));
  return known;
}
